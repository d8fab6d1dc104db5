"""Categories as a file of items names them: by path, or by a name that is the only one of its kind."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.fields import FieldProblem
from models import rules
from models.category import DEEPEST, SEPARATOR, Category
from models.text import key

_BETWEEN = re.compile(r"\s+[/>]\s+")


def steps(text: str) -> list[str]:
    """Return the names of a path from the root; `Food / Tea` and `Food > Tea` are the same one."""
    names = [rules.CATEGORY["name"](name) for name in _BETWEEN.split(text)]
    if len(names) > DEEPEST:
        raise FieldProblem("too_many", f"Categories stand at most {DEEPEST} deep.")
    return names


class Categories:
    """The categories as they stand in this transaction; those that a file names first are made."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._by_path: dict[str, Category] = {}
        self._by_name: dict[str, list[Category]] = {}
        self._held: set[Category] = set()
        for category in session.scalars(select(Category).order_by(Category.archived_at.isnot(None), Category.id)):
            self._keep(category)

    def id(self, names: list[str]) -> int:
        """Return the id of a category, made where there is none.

        Raises FieldProblem where it is archived, or its name alone does not tell which one is meant.
        """
        path = self._by_path.get(key(SEPARATOR.join(names)))
        found = self._only(names[0]) if path is None and len(names) == 1 else path
        return self._make(names) if found is None else self._live(found).id

    def _only(self, name: str) -> Category | None:
        live = [category for category in self._by_name.get(key(name), []) if category.archived_at is None]
        if len(live) > 1:
            raise FieldProblem("ambiguous", "Several categories have this name. Write the path, such as Food / Tea.")
        return live[0] if live else None

    def _make(self, names: list[str]) -> int:
        parent = None
        for depth, name in enumerate(names, start=1):
            path = key(SEPARATOR.join(names[:depth]))
            if path not in self._by_path:
                self._keep(Category.create(self._session, name=name, parent_id=parent))
                self._session.flush()
            parent = self._live(self._by_path[path]).id
        return parent or 0

    def _keep(self, category: Category) -> None:
        self._by_path.setdefault(key(category.path), category)
        self._by_name.setdefault(key(category.name), []).append(category)

    def _live(self, category: Category) -> Category:
        """It is held from now on, so that nobody puts it away before the items stand in it."""
        if category not in self._held:
            self._session.refresh(category, with_for_update={"read": True})
            self._held.add(category)
        if category.archived_at is not None:
            raise FieldProblem("archived", "This category is archived. Restore it first.")
        return category
