"""Proof that stores, items, users and all other recorded rows are what the record says that became of them.

A row's entries, laid one over the other, give what it must be now. Of columns that are never told (secrets, times of
use, what follows from others) nothing is proven. Documents have a proof of their own (models/checking_record.py).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, select, type_coerce

from common.types import JsonText, load_json
from models.audit import HASHED, AuditEntry, recorded_columns, shown
from models.chain import RAW
from models.movement import Movement

_BATCH = 1000
_EVERY_ROW = {"id", "version"}
_NO_MORE: tuple[float, list[Any]] = (float("inf"), [])


def rows(connection: Connection) -> Iterator[str]:
    """Every recorded row is what its entries leave, and every row that they leave is there."""
    for model in _models():
        yield from _of(connection, model)


@cache
def _models() -> list[Any]:
    found = [mapper.class_ for mapper in AuditEntry.registry.mappers]
    recorded = [model for model in found if getattr(model, "recorded", False) and model is not Movement]
    return sorted(recorded, key=lambda model: str(model.__tablename__))


def _of(connection: Connection, model: Any) -> Iterator[str]:
    """Walk the rows and their entries side by side; both come by the row's id."""
    with closing(_pasts(connection, model.__tablename__)) as past:
        yield from _held_against(connection, model, past)


def _held_against(connection: Connection, model: Any, past: Iterator[tuple[float, list[Any]]]) -> Iterator[str]:
    told_of_all = False
    row_id, entries = next(past, _NO_MORE)
    for row in connection.execute(_columns(model), execution_options={"yield_per": _BATCH}):
        while row_id < row.id:
            yield from _gone(model, row_id, entries)
            row_id, entries = next(past, _NO_MORE)
        if row_id == row.id:
            told_of_all = told_of_all or entries[0].kind == "created"
            yield from (f"{model.title} {row.id}: {what}" for what in _differences(model, row, entries))
            row_id, entries = next(past, _NO_MORE)
        elif told_of_all:  # a shop that is older than the record has rows without an entry, but none after the first
            yield f"{model.title} {row.id} is not in the record"
    while entries:
        yield from _gone(model, row_id, entries)
        row_id, entries = next(past, _NO_MORE)


def _columns(model: Any) -> Select[Any]:
    version = [model.version] if hasattr(model, "version") else []
    told = [getattr(model, name) for name in recorded_columns(model) if not name.endswith(HASHED)]
    return select(model.id, *version, *told).order_by(model.id)


def _pasts(connection: Connection, entity: str) -> Generator[tuple[float, list[Any]], None, None]:
    changes: Any = type_coerce(AuditEntry.__table__.c.changes, RAW["changes"])
    columns = AuditEntry.row_id, AuditEntry.kind, AuditEntry.version, changes
    query = select(*columns).where(AuditEntry.entity == entity, AuditEntry.kind != "refused")
    ordered = query.order_by(AuditEntry.row_id, AuditEntry.id)
    with connection.execute(ordered, execution_options={"yield_per": _BATCH}) as found:
        for row_id, entries in groupby(found, key=lambda entry: entry.row_id):
            yield row_id, list(entries)


def _gone(model: Any, row_id: float, entries: list[Any]) -> Iterator[str]:
    if entries[-1].kind != "deleted":
        yield f"{model.title} {row_id} is in the record and is missing"


def _differences(model: Any, row: Any, entries: list[Any]) -> Iterator[str]:
    last = entries[-1]
    if last.kind == "deleted":
        yield "it is there, and was deleted"
        return
    if last.version != getattr(row, "version", 1):
        yield f"it is at version {row.version}, the record at {last.version}"
    values: dict[str, Any] = {}
    for entry in entries:
        values |= {column: after for column, (_, after) in load_json(entry.changes).items()}
    whole = entries[0].kind == "created"
    for column, value in row._mapping.items():  # noqa: SLF001 - SQLAlchemy's public name for it
        if column in _EVERY_ROW or not (whole or column in values):
            continue
        kept = shown(value)
        if kept != values.get(column) and (column in values or kept != _untouched(model, column)):
            yield f"its {column} is not what was recorded"


def _untouched(model: Any, column: str) -> Any:
    """Return what a column that came after the row's entries gave it; None as a rule."""
    of_model = model.__table__.c[column]
    if of_model.server_default is not None and isinstance(of_model.type, JsonText):
        return load_json(str(of_model.server_default.arg))
    default = of_model.default
    return shown(default.arg) if default is not None and default.is_scalar else None


FACTORS = """
SELECT u.username FROM users u WHERE u.second_factor <> (
  EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = u.id)
  OR EXISTS (SELECT 1 FROM totps t WHERE t.user_id = u.id AND t.sealed IS NOT NULL))
ORDER BY u.id
"""
"""Users of whom their row says otherwise than their factors whether they have any."""
