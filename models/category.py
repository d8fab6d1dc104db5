"""A category of items.

1. Categories form a tree without loops, at most 20 deep.
2. `path` is the names from the root, joined by " / "; it moves with every name above it.
3. A category is not archived while live items or live categories stand in it, and nothing live is put or brought back
   into one that is.
"""

from __future__ import annotations

from typing import Any, Self

from sqlalchemy import ForeignKey, Index, String, column, exists, or_, select, table
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.database import alone_in, db
from common.errors import FieldError
from models.row import Archivable, Row, unknown
from models.text import fold

DEEPEST = 20
SEPARATOR = " / "
# Items know their category; this is the one look back, and it needs no model.
_items = table("items", column("category_id"), column("archived_at"))


class Category(Archivable, Row, db.Model):
    """A shelf label."""

    __tablename__ = "categories"
    __table_args__ = (Index("ix_categories_parent_id", "parent_id"),)
    title = "category"

    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(600))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    path: Mapped[str] = mapped_column(String(5000))

    @classmethod
    def create(cls, session: Session, **fields: Any) -> Self:
        """Add a category; raises Invalid where its parent is unknown or too deep, Archived where it is put away."""
        alone_in(session, cls)
        category = cls(name_key="", path="", **fields)
        category._settle(session)
        session.add(category)
        return category

    def revise(self, **changes: Any) -> Self:
        """Rename or move it; raises Archived for itself or its parent, or Invalid for a loop."""
        self._take()
        self.ensure_live()
        self.assign(changes)
        self._carry_down(self._settle(self.session))
        return self

    def archive(self) -> Self:
        """Put it away; raises InUse while live items or categories stand in it."""
        self._take()
        inside = exists().where(_items.c.category_id == self.id, _items.c.archived_at.is_(None))
        below = exists().where(Category.parent_id == self.id, Category.archived_at.is_(None))
        if self.session.scalar(select(or_(inside, below))):
            raise errors.InUse("Items or categories still stand in it. Move them first.")
        return super().archive()

    def restore(self) -> Self:
        """Bring it back; raises Archived while its parent is put away."""
        self._take()
        if self.parent_id is not None:
            self._parent(self.session).ensure_open()
        return super().restore()

    def ensure_open(self, field: str | None = None) -> None:
        """Raise Archived where something is to stand in it and it is put away; `field` is the one that names it."""
        if self.archived_at is not None:
            message = f"The category {self.name} is archived. Restore it first."
            raise errors.Archived(message, errors=[FieldError(field, "archived", message)] if field else [])

    def _take(self) -> None:
        """Hold the tree still, and whoever is about to put an item into this category."""
        alone_in(self.session, Category)
        self.session.refresh(self, with_for_update=True)

    def _settle(self, session: Session) -> int:
        """Return how deep it stands, from 1."""
        names = [self.name]
        if self.parent_id is not None:
            self._parent(session).ensure_open("parent_id")
            names = [*self._names_above(session), self.name]
        self.assign({"name_key": fold(self.name), "path": SEPARATOR.join(names)})
        return len(names)

    def _parent(self, session: Session) -> Category:
        parent = session.get(Category, self.parent_id)
        if parent is None:
            raise unknown("parent_id", "category")
        return parent

    def _names_above(self, session: Session) -> list[str]:
        names: list[str] = []
        above = self._parent(session) if self.parent_id is not None else None
        while above is not None:
            if above is self or len(names) == DEEPEST - 1:
                raise _misplaced()
            names.insert(0, above.name)
            above = above._parent(session) if above.parent_id is not None else None  # noqa: SLF001 - of its own class
        return names

    def _carry_down(self, depth: int) -> None:
        for child in self.session.scalars(select(Category).where(Category.parent_id == self.id)):
            if depth == DEEPEST:
                raise _misplaced()
            child.assign({"path": SEPARATOR.join([self.path, child.name])})
            child._carry_down(depth + 1)  # noqa: SLF001 - of its own class


def _misplaced() -> errors.Invalid:
    message = "A category cannot stand inside itself, nor more than 20 deep."
    return errors.Invalid(message, errors=[FieldError("parent_id", "loop", message)])
