"""The record: one entry for each change of each recorded row, in the change's own transaction.

1. Whatever adds, changes or deletes a recorded row through a session writes an entry; no rule has to think of it.
2. An entry tells who, through what, from where, and what was before and is after; never a secret.
3. Entries are never changed or deleted (the triggers `…_append_only`); models/chain.py seals them.

A model says by `recorded` that it is recorded, and by `unrecorded` which of its columns are not. Columns called `…_key`
follow from others and are never told; of those called `…_hash` only that they changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, Select, String, event, false, func, insert, inspect, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import clock
from common.access import Caller, Role
from common.acting import acting
from common.database import db
from common.types import JsonText, Timestamp
from models import chain
from models.row import ID, everything

ENTITIES = (
    *("stores", "categories", "items", "item_groups", "listings", "movements", "counts"),
    *("suppliers", "supplier_items", "purchase_orders", "purchase_order_lines"),
    *("users", "sessions", "tokens", "totps", "passkeys", "recovery_codes", "identities"),
    "requests",  # what was refused to somebody, whatever it was about
)
KINDS = ("created", "changed", "archived", "restored", "deleted", "refused")
_OF_ADMINISTRATORS = ENTITIES[ENTITIES.index("users") :]
HIDDEN = "***"
HASHED = "_hash"
_EVERY_ROW = {"id", "version", "created_at", "updated_at"}


class AuditEntry(db.Model):
    """One change, or one thing that was refused."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_entity_row_id_id", "entity", "row_id", "id"),
        Index("ix_audit_entries_user_id_id", "user_id", "id"),
    )
    title = "audit entry"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    at: Mapped[datetime] = mapped_column(Timestamp)
    entity: Mapped[str] = mapped_column(String(30))
    row_id: Mapped[int | None] = mapped_column(ID)
    version: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    username: Mapped[str | None] = mapped_column(String(64))
    session_id: Mapped[int | None] = mapped_column(ID)
    token_id: Mapped[int | None] = mapped_column(ID)
    place: Mapped[str | None] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(String(128))
    store_id: Mapped[int | None] = mapped_column(ID)
    to_store_id: Mapped[int | None] = mapped_column(ID)
    changes: Mapped[Any] = mapped_column(JsonText)

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the record for an administrator, without what stands in stores that are hidden from them."""
        return _seen(caller.sees_only) if caller.may(Role.ADMIN) else everything(cls).where(false())

    @classmethod
    def changes_for(cls, caller: Caller) -> Select[Any]:
        """Return the changes of rows that the caller may read; what was refused is no change."""
        return _changes(caller.may(Role.ADMIN), caller.sees_only)

    @classmethod
    def of(cls, row: Any) -> Select[Any]:
        """Return the entries of a row, or of the row that an entry tells of."""
        entity, row_id = (row.entity, row.row_id) if isinstance(row, cls) else (row.__tablename__, row.id)
        return select(cls).where(cls.entity == entity, cls.row_id == row_id)

    @classmethod
    def of_whole(cls, row: Any, parts: str, ids: Select[Any]) -> Select[Any]:
        """Return the entries of a row and of its parts, which stand in a table of their own under these ids."""
        of_row = (cls.entity == row.__tablename__) & (cls.row_id == row.id)
        return select(cls).where(of_row | ((cls.entity == parts) & cls.row_id.in_(ids)))


class Past:
    """A row of a table whose rows are erased, as the record knows it: by its first entry, there or not any more."""

    id = AuditEntry.row_id
    entity: str

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the first entry of each row, for an administrator."""
        of_entity = select(func.min(AuditEntry.id)).where(AuditEntry.entity == cls.entity)
        firsts = of_entity.where(AuditEntry.kind != "refused").group_by(AuditEntry.row_id)
        return AuditEntry.visible_to(caller).where(AuditEntry.id.in_(firsts))


class PastSignIn(Past):
    """A session."""

    entity = "sessions"


class PastToken(Past):
    """A token."""

    entity = "tokens"


@lru_cache(maxsize=256)
def _seen(stores: frozenset[int] | None) -> Select[Any]:
    if stores is None:
        return everything(AuditEntry)
    own = sorted(stores)
    here = or_(AuditEntry.store_id.in_(own), AuditEntry.to_store_id.in_(own))
    return select(AuditEntry).where(or_(AuditEntry.store_id.is_(None), here))


@lru_cache(maxsize=256)
def _changes(everybody: bool, stores: frozenset[int] | None) -> Select[Any]:  # noqa: FBT001 - a key of the cache
    found = _seen(stores).where(AuditEntry.kind != "refused")
    return found if everybody else found.where(AuditEntry.entity.not_in(_OF_ADMINISTRATORS))


Entry = dict[str, Any]


def note(session: Session, kind: str, entity: str, changes: dict[str, Any], *, row_id: int | None = None) -> None:
    """Record what is no change of a row, such as a sign-in that was refused."""
    _write(session, [_entry(kind, entity, row_id, None, changes)])


def _entry(kind: str, entity: str, row_id: int | None, version: int | None, changes: dict[str, Any]) -> Entry:
    who = acting()
    return {
        "at": clock.now(),
        "entity": entity,
        "row_id": row_id,
        "version": version,
        "kind": kind,
        "user_id": who.user_id,
        "username": who.username,
        "session_id": who.session_id,
        "token_id": who.token_id,
        "place": who.place,
        "request_id": who.request_id,
        "store_id": None,
        "to_store_id": None,
        "changes": changes,
    }


@event.listens_for(Session, "after_flush")
def _record(session: Session, _context: object) -> None:
    """Write the entries of what a flush has written; the histories of its rows are still at hand."""
    entries = [
        *_entries(session.new, "created", created),
        *_entries([row for row in session.dirty if session.is_modified(row)], "changed", _changed),
        *_entries(session.deleted, "deleted", _deleted),
    ]
    for row in session.new:
        if hasattr(row, "also_changes"):
            also = row.also_changes(session.connection())
            entries += [_of(row, "changed", id_, version, changes) | places for id_, version, changes, places in also]
    if entries:
        _write(session, entries)


def _entries(rows: Iterable[Any], kind: str, changes_of: Callable[[Any], dict[str, Any]]) -> Iterator[Entry]:
    for row in rows:
        if getattr(row, "recorded", False):
            changes, version = changes_of(row), getattr(row, "version", 1)
            # That it is gone is a change too, and one that comes after its last version.
            yield _of(row, _kind(kind, changes), row.id, version + (kind == "deleted"), changes)


def _kind(kind: str, changes: dict[str, Any]) -> str:
    if kind == "changed" and "archived_at" in changes:
        return "restored" if changes["archived_at"][1] is None else "archived"
    return kind


def _of(row: Any, kind: str, row_id: int, version: int, changes: dict[str, Any]) -> Entry:
    places = {"store_id": getattr(row, "store_id", None), "to_store_id": getattr(row, "to_store_id", None)}
    return _entry(kind, row.__tablename__, row_id, version, changes) | places


def created(row: Any) -> dict[str, Any]:
    """Return what the record tells of a row that was added as it is."""
    values = {name: getattr(row, name) for name in recorded_columns(type(row)) if not name.endswith(HASHED)}
    return {name: [None, shown(value)] for name, value in values.items() if value is not None}


def _deleted(row: Any) -> dict[str, Any]:
    return {name: [value, None] for name, (_, value) in created(row).items()}


def _changed(row: Any) -> dict[str, Any]:
    state, changes = inspect(row), {}
    for name in recorded_columns(type(row)):
        history = state.attrs[name].history
        if history.has_changes():
            before = history.deleted[0] if history.deleted else None
            values = [shown(before), shown(getattr(row, name))]
            changes[name.removesuffix(HASHED)] = [HIDDEN, HIDDEN] if name.endswith(HASHED) else values
    return changes


def shown(value: Any) -> Any:
    """Return a value as the record keeps it, exact."""
    if isinstance(value, datetime):
        return clock.wire(value)
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


_recorded: dict[type[Any], tuple[str, ...]] = {}


def recorded_columns(model: type[Any]) -> tuple[str, ...]:
    """Return the columns whose changes are told; those that follow from others (`…_key`) are not among them."""
    if model not in _recorded:
        left = _EVERY_ROW | getattr(model, "unrecorded", frozenset())
        names = [attribute.key for attribute in inspect(model).column_attrs]
        _recorded[model] = tuple(name for name in names if name not in left and not name.endswith("_key"))
    return _recorded[model]


def _write(session: Session, entries: list[Entry]) -> None:
    connection = session.connection()
    added = insert(AuditEntry).returning(AuditEntry.id, sort_by_parameter_order=True)
    chain.follow(session, list(connection.scalars(added, entries)))
