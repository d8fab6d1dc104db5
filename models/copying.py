"""A whole shop from one database into another, of whatever engine.

1. The source is read in one transaction: as it was at one moment, whoever goes on writing to it. It is not changed.
2. The target is empty before and after a copy that fails: its rows are kept at one stroke, when all has been proven.
3. Every row arrives as it was, ids and the record's hashes too; of each table the rows are counted and digested on both
   sides. Ids that were given out once are not given again. What the search knows is written anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, Connection, Engine, MetaData, Table, and_, func, insert, inspect, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator

from common import clock, errors, schema, time_limits
from common.anchors import Anchors
from common.database import WRITE, db, session_on
from common.ids import given_ids, never_give_again
from common.types import JsonText, Scaled
from models import checking, search
from models.chain import Unsealed
from models.item import Item

BATCH = 1000
_OTHERS = {"alembic_version", "item_search"}
_WHOLE = 1 << 256


@dataclass(slots=True)
class Sum:
    """How many rows a table has, and a digest of them in whatever order."""

    rows: int = 0
    digest: int = 0

    def add(self, row: Sequence[Any]) -> None:
        """Count a row."""
        content = orjson.dumps([_plain(value) for value in row])
        self.rows += 1
        self.digest = (self.digest + int.from_bytes(hashlib.sha256(content).digest(), "big")) % _WHOLE


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.wire(value)
    return ["bytes", value.hex()] if isinstance(value, bytes) else value


def copy(source: Engine, target: Engine, anchors: Anchors | None = None) -> dict[str, Sum]:
    """Copy all rows, prove the copy and keep it; return what went over, by table.

    Raises Refused where the target is not empty or the copy is not what the source is, DBAPIError where one of the
    databases fails. The target is then as it was.
    """
    made = _make_ready(target)
    try:
        with source.connect().execution_options(**{WRITE: False}) as old:
            checking.hold_still(old)
            _refuse_unfinished(old)
            ids = given_ids(old)
            with target.begin() as new:
                time_limits.extend(new)
                never_give_again(new, ids, before=True)
                sums = {table.name: _carry(old, new, table) for table in _tables()}
                old.close()
                _index(new)
                never_give_again(new, ids, before=False)
                _prove(new, sums, anchors)
    except BaseException:
        if made:
            with suppress(DBAPIError):  # what cut the copy off may have cut this off too
                _unmake(target)
        raise
    return sums


def _make_ready(target: Engine) -> bool:
    """Make the schema, unless it is there with nothing in it; return whether it was made."""
    file = target.url.database if target.dialect.name == "sqlite" else None
    if file and Path(file).exists() and Path(file).stat().st_size:
        raise errors.Refused(f"The file {file} is there already. A shop is copied into a new one.")
    there = set(inspect(target).get_table_names())
    if not there:
        try:
            schema.migrate(target)
        except BaseException:
            with suppress(DBAPIError):
                _unmake(target)
            raise
        return True
    with target.connect() as connection:
        ready = there >= db.metadata.tables.keys() and schema.is_current(connection)
        full = [name for name in db.metadata.tables if ready and connection.scalar(_first(name)) is not None]
    if not ready or full:
        raise errors.Refused("The database to copy into is not empty. Make a new one, or empty it.")
    return False


def _first(name: str) -> Any:
    table = db.metadata.tables[name]
    return select(next(iter(table.primary_key))).limit(1)


def _unmake(target: Engine) -> None:
    """Take back what `_make_ready` made."""
    target.dispose()
    if target.dialect.name == "sqlite":
        for ending in ("", "-wal", "-shm"):
            Path(f"{target.url.database}{ending}").unlink(missing_ok=True)
    else:
        schema.unmake(target)


def _refuse_unfinished(old: Connection) -> None:
    if not schema.is_current(old):
        raise errors.Refused("The database's schema is not this version's. Bring it up to date: python wsgi.py migrate")
    if old.scalar(select(func.count()).select_from(Unsealed)):
        raise errors.Refused("Changes wait for their seal in the record. Try again, or stop the servers first.")
    unknown = set(inspect(old).get_table_names()) - db.metadata.tables.keys() - _OTHERS
    unknown = {name for name in unknown if not search.is_ours(name)}
    if unknown:
        raise errors.Refused(f"The database has tables that are not this program's: {', '.join(sorted(unknown))}.")


def _tables() -> Iterator[Table]:
    """Yield every table after those that it refers to, with its columns as they are kept."""
    apart = MetaData()
    for table in db.metadata.sorted_tables:
        columns = [Column(c.name, _kept(c.type), primary_key=c.primary_key, autoincrement=False) for c in table.columns]
        yield Table(table.name, apart, *columns)


def _kept(type_: Any) -> Any:
    """Return the type that neither reads nor writes a value anew: units as units, JSON as its text."""
    if isinstance(type_, Scaled):
        return BigInteger()
    return type_.impl if isinstance(type_, TypeDecorator) and isinstance(type_, JsonText) else type_


def _carry(old: Connection, new: Connection, table: Table) -> Sum:
    """Copy a table's rows, each after the row that it refers to in its own table; they come by their ids."""
    found, waiting = Sum(), dict[Any, dict[str, Any]]()
    keys = db.metadata.tables[table.name].foreign_keys
    above = [key.parent.name for key in keys if key.column.table.name == table.name]
    for batch in _batches(old, table):
        rows = [row._asdict() for row in batch]
        for row in batch:
            found.add(row)
        late = [row for row in rows if any(_comes_later(row, row[name], waiting) for name in above)]
        waiting |= {row["id"]: row for row in late}
        _insert(new, table, [row for row in rows if row not in late] if late else rows)
    while waiting:
        ready = [row for row in waiting.values() if not any(row[name] in waiting for name in above)]
        if not ready:
            raise errors.Refused(f"Rows of {table.name} refer to each other in a circle.")
        _insert(new, table, ready)
        for row in ready:
            del waiting[row["id"]]
    return found


def _comes_later(row: dict[str, Any], parent: Any, waiting: dict[Any, dict[str, Any]]) -> bool:
    return parent is not None and (parent >= row["id"] or parent in waiting)


def _insert(new: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        new.execute(insert(table), rows)


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    """Yield the rows by their key, so many at a time that memory does not grow with the table."""
    keys = list(table.primary_key)
    query, last = select(table).order_by(*keys).limit(BATCH), None
    while True:
        batch = connection.execute(query if last is None else query.where(_beyond(keys, last))).all()
        if batch:
            yield batch
        if len(batch) < BATCH:
            return
        last = [getattr(batch[-1], key.name) for key in keys]


def _beyond(keys: list[Any], last: list[Any]) -> Any:
    steps = []
    for place, key in enumerate(keys):
        same = [keys[before] == last[before] for before in range(place)]
        steps.append(and_(*same, key > last[place]))
    return or_(*steps)


def _index(new: Connection) -> None:
    """Write the search anew."""
    session, last = session_on(new), 0
    while items := session.scalars(select(Item).where(Item.id > last).order_by(Item.id).limit(BATCH)).all():
        search.index(new, [(item.id, item.search_text) for item in items])
        last = items[-1].id
        session.expunge_all()


def _prove(new: Connection, sums: dict[str, Sum], anchors: Anchors | None) -> None:
    """Raise Refused unless the target has just the rows that were read, and keeps every promise of a shop."""
    for table in _tables():
        found = Sum()
        for batch in _batches(new, table):
            for row in batch:
                found.add(row)
        if found != sums[table.name]:
            raise errors.Refused(
                f"The copy of {table.name} is not what was read: {found.rows} of {sums[table.name].rows} rows, "
                "or other ones. Nothing was kept."
            )
    for finding in checking.prove(new, anchors):
        if not finding.holds:
            raise errors.Refused(f"The copy is wrong: {finding.title}: {finding.offenders[0]}. Does check say so here?")
