"""What every row has, and the rules that several nouns share.

1. A row's version starts at 1 and moves by exactly 1 with each change; `updated_at` moves with it.
2. An archived row stays as it was until it is restored.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, Self

from sqlalchemy import BigInteger, Integer, Select, event, exists, select
from sqlalchemy.orm import Mapped, Mapper, Session, declared_attr, mapped_column, object_session

from common import clock, errors
from common.access import Caller
from common.database import db
from common.errors import FieldError
from common.types import Timestamp

ID = BigInteger().with_variant(Integer, "sqlite")
NEVER_AGAIN = {"sqlite_autoincrement": True}
"""For tables whose rows are erased: else SQLite would give the id of the last one to the next, which is another."""


class Row:
    """Identity, version and times; to be mixed into a model."""

    title: ClassVar[str] = "row"
    recorded: ClassVar[bool] = True
    """Whether each change is told in the record (models/audit.py)."""

    @declared_attr
    def id(cls) -> Mapped[int]:  # noqa: N805 - a declared_attr belongs to the class
        """Unique within the noun, never used again."""
        return mapped_column(ID, primary_key=True)

    @declared_attr
    def version(cls) -> Mapped[int]:  # noqa: N805
        """From 1, by exactly 1 a change."""
        return mapped_column(Integer, default=1)

    @declared_attr
    def created_at(cls) -> Mapped[datetime]:  # noqa: N805
        """In UTC."""
        return mapped_column(Timestamp, default=clock.now)

    @declared_attr
    def updated_at(cls) -> Mapped[datetime]:  # noqa: N805
        """In UTC; moves with the version."""
        return mapped_column(Timestamp, default=clock.now)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the select of the rows that this caller may see; its where-clauses say which."""
        del caller
        return everything(cls)

    @property
    def kept_by(self) -> int | None:
        """The store whose people alone may change the row; None where it belongs to the whole chain."""
        return None

    @property
    def session(self) -> Session:
        """The session that this row was loaded into."""
        session = object_session(self)
        if session is None:
            raise RuntimeError("a rule was asked of a row that stands in no session")
        return session

    def assign(self, changes: dict[str, Any]) -> None:
        """Set what differs; an equal value is no change and moves no version."""
        for name, value in changes.items():
            if getattr(self, name) != value:
                setattr(self, name, value)


class InStore:
    """A row of one store, which `store_id` names; to be mixed in before Row.

    For a caller who sees only some stores, others' rows do not exist; who sees them all still changes only their own.
    """

    store_id: Mapped[int]

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return all rows, or those of the caller's stores where others' do not exist for them."""
        return seen_by(caller, cls, cls.store_id)

    @property
    def kept_by(self) -> int:
        """The store whose people may change the row."""
        return self.store_id


_everything: dict[type[Any], Select[Any]] = {}


def everything(model: type[Any]) -> Select[Any]:
    """Return one and the same select for each model, so that lists built on it are built once."""
    if model not in _everything:
        _everything[model] = select(model)
    return _everything[model]


def seen_by(caller: Caller, model: type[Any], store: Any) -> Select[Any]:
    """Return all rows of a model, or those whose `store` exists for the caller where others' do not."""
    return everything(model) if caller.sees_only is None else _within(store, caller.sees_only)


@lru_cache(maxsize=256)
def _within(column: Any, stores: frozenset[int]) -> Select[Any]:
    """Return the select of a model's rows in some stores; one and the same for the same stores."""
    return select(column.class_).where(column.in_(sorted(stores)))


@event.listens_for(Mapper, "before_update")
def _touch(_mapper: Mapper[Any], _connection: object, target: object) -> None:
    if isinstance(target, Row) and object_session(target).is_modified(target):  # type: ignore[union-attr]
        target.updated_at = max(clock.now(), target.created_at)


class Archivable:
    """A row that is put away instead of erased."""

    title: ClassVar[str]

    @declared_attr
    def archived_at(cls) -> Mapped[datetime | None]:  # noqa: N805
        """In UTC; null while the row is live."""
        return mapped_column(Timestamp)

    def archive(self) -> Self:
        """Put the row away; archiving it again changes nothing."""
        if self.archived_at is None:
            self.archived_at = clock.now()
        return self

    def restore(self) -> Self:
        """Bring the row back; restoring a live one changes nothing."""
        self.archived_at = None
        return self

    def ensure_live(self) -> None:
        """Raise Archived where the row is put away."""
        if self.archived_at is not None:
            raise errors.Archived(f"This {self.title} is archived. Restore it first.")


def refuse_duplicate(session: Session, row: Row | None, column: Any, value: Any, *, field: str) -> None:
    """Raise Duplicate when another row than `row` holds `value` in `column`."""
    refuse_duplicates(taken(session, row, column, value, field=field))


def refuse_duplicates(problems: list[FieldError]) -> None:
    """Raise one Duplicate with all that was found, where something was."""
    if problems:
        detail = " ".join(dict.fromkeys(problem.message for problem in problems))
        raise errors.Duplicate(detail, errors=problems)


def taken(session: Session, row: Row | None, column: Any, value: Any, *, field: str) -> list[FieldError]:
    """Return the problem where another row than `row` holds `value` in `column`, for who has more to look at."""
    model = column.class_
    others = exists().where(column == value)
    if row is not None and row.id is not None:
        others = others.where(model.id != row.id)
    if not session.scalar(select(others)):
        return []
    return [FieldError(field, "duplicate", f"Another {model.title} has this {field.replace('_', ' ')} already.")]


def unknown(field: str, title: str) -> errors.Invalid:
    """Return the refusal of a reference to a row that is not there."""
    message = f"There is no such {title}."
    return errors.Invalid(message, errors=[FieldError(field, "unknown", message)])


def duplicate(title: str, field: str) -> errors.Duplicate:
    """Return the refusal for a race that the database decided."""
    message = f"Another {title} has this {field} already."
    return errors.Duplicate(message, errors=[FieldError(field, "duplicate", message)])


__all__ = [
    "ID",
    "NEVER_AGAIN",
    "Archivable",
    "InStore",
    "Row",
    "db",
    "duplicate",
    "everything",
    "refuse_duplicate",
    "refuse_duplicates",
    "seen_by",
    "taken",
    "unknown",
]
