"""What a store, or a supplier, says of an item: one row a pair."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from sqlalchemy import ForeignKey, Select, select
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from common import errors
from models.item import Item
from models.row import Row


class PerItem(Row):
    """How one row of another noun has one item; to be mixed into a model."""

    owner: ClassVar[str]
    """The column of whose row it is."""

    @declared_attr
    def item_id(cls) -> Mapped[int]:  # noqa: N805 - a declared_attr belongs to the class
        """Which item."""
        return mapped_column(ForeignKey("items.id"))

    @classmethod
    def of(cls, owner: Row) -> Select[Any]:
        """Return all that one has."""
        return select(cls).where(getattr(cls, cls.owner) == owner.id)

    @classmethod
    def between(cls, session: Session, owner: Row, item: Item) -> Self | None:
        """Return how one has an item; None where nothing was said of it."""
        row: Self | None = session.scalar(cls.of(owner).where(cls.item_id == item.id))
        return row

    @classmethod
    def found(cls, session: Session, owner: Row, item: Item) -> Self:
        """Return the same; raises NotFound where there is none."""
        row = cls.between(session, owner, item)
        if row is None:
            raise errors.NotFound("There is no such row.")
        return row
