"""The chain over the record: each seal holds the hash of its entry's content and of the seal before it.

1. Positions run from 1 without a gap, in the order in which changes became visible; each entry has one seal.
2. A seal's hash is the SHA-256 of the hash before it, a line's end, and its position and its entry's content as JSON.
3. Seals are never changed or deleted (the triggers `…_append_only`).

SQLite's writers come one after the other, so there an entry is sealed in its own transaction. On a server writers would
queue for the chain's head; there an entry waits in a table until its transaction stands, and is sealed at once after it
by whoever holds the lock. So a reader who has seen position 7 will never find that 6 came later.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    Connection,
    Engine,
    ForeignKey,
    Index,
    String,
    case,
    delete,
    event,
    func,
    insert,
    select,
    type_coerce,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from common import clock, news
from common.database import db, one_at_a_time
from common.types import RawTimestamp
from models.row import ID

logger = logging.getLogger("storekeeper.record")

GENESIS = "0" * 64
BATCH = 1000
_LOCK = 5_318_008_116_455_173_481  # any number that nobody else locks by
_RECORDED = "recorded"
RAW = {"at": RawTimestamp, "changes": String}
CONTENT = (
    *("id", "at", "entity", "row_id", "version", "kind", "user_id", "username", "session_id", "token_id", "place"),
    *("request_id", "store_id", "to_store_id", "changes"),
)


class AuditSeal(db.Model):
    """One entry's place in the chain."""

    __tablename__ = "audit_seals"
    __table_args__ = (Index("uq_audit_seals_entry_id", "entry_id", unique=True),)

    position: Mapped[int] = mapped_column(ID, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entries.id"))
    hash: Mapped[str] = mapped_column(String(64))


class Unsealed(db.Model):
    """An entry that waits for its seal; on servers alone."""

    __tablename__ = "audit_unsealed"

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entries.id"), primary_key=True, autoincrement=False)


_before = aliased(AuditSeal)
BEFORE = func.coalesce(
    select(_before.hash).where(_before.position == AuditSeal.position - 1).scalar_subquery(),
    case((AuditSeal.position == 1, GENESIS)),
)
"""The hash of the seal before."""


class Head(NamedTuple):
    """The last seal."""

    position: int = 0
    hash: str = GENESIS
    entry_id: int = 0


def head(connection: Connection) -> Head:
    """Return the last seal; before the first one position 0."""
    last = select(AuditSeal.position, AuditSeal.hash, AuditSeal.entry_id).order_by(AuditSeal.position.desc()).limit(1)
    found = connection.execute(last).first()
    return Head(*found) if found else Head()


def contents() -> list[Any]:
    """Return the columns that a seal vouches for, raw, in their order."""
    columns = db.metadata.tables["audit_entries"].c
    return [type_coerce(columns[name], RAW[name]).label(name) if name in RAW else columns[name] for name in CONTENT]


def hash_of(before: str, position: int, content: Sequence[Any]) -> str:
    """Return the hash of an entry at a position; TypeError for what no entry holds, such as bytes."""
    values = [clock.wire(value) if isinstance(value, datetime) else value for value in content]
    return hashlib.sha256(before.encode("utf-8") + b"\n" + orjson.dumps([position, *values])).hexdigest()


def follow(session: Session, entry_ids: Sequence[int]) -> None:
    """See to it that these entries of the session's transaction are sealed: in it, or as soon as it stands."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        connection.execute(insert(Unsealed), [{"entry_id": entry_id} for entry_id in entry_ids])
    session.info[_RECORDED] = True


@event.listens_for(Session, "before_commit")
def _seal_own(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    if session.info.get(_RECORDED) and session.connection().dialect.name == "sqlite":
        session.info[_RECORDED] = _seal_rest(session.connection())


@event.listens_for(Session, "after_commit")
def _stands(session: Session) -> None:
    if session.in_nested_transaction() or _RECORDED not in session.info:
        return
    engine, last = session.get_bind().engine, session.info.pop(_RECORDED)
    try:
        _follow_up(engine, last if isinstance(last, Head) else sealer(engine).seal())
    except Exception:  # the change stands, and whoever made it must be told so; what is not sealed now is with the next
        logger.exception("the record could not be sealed now")


def _follow_up(engine: Engine, last: Head | None) -> None:
    anchors = getattr(engine, "anchors", None)
    if last is not None and anchors is not None:
        anchors.keep(last.position, last.hash)
    news.tell()


@event.listens_for(Session, "after_rollback")
def _fell(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_RECORDED, None)


def _seal_rest(connection: Connection) -> Head:
    """Seal every entry after the last sealed one; for an engine whose writers come one after the other."""
    last, id_ = head(connection), db.metadata.tables["audit_entries"].c.id
    while True:
        entries = connection.execute(select(*contents()).where(id_ > last.entry_id).order_by(id_).limit(BATCH)).all()
        last = _extend(connection, last, entries)
        if len(entries) < BATCH:
            return last


def _extend(connection: Connection, last: Head, entries: Sequence[Any]) -> Head:
    seals = []
    for entry in entries:
        position = last.position + 1
        last = Head(position, hash_of(last.hash, position, entry), entry[0])
        seals.append(last._asdict())
    if seals:
        connection.execute(insert(AuditSeal), seals)
    return last


class Sealer:
    """Seals what waits, one thread of this process at a time; a thread that comes meanwhile leaves it to that one."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._lock, self._wanted = engine, threading.Lock(), False

    def seal(self) -> Head | None:
        """Seal what waits; None where another thread does it, or where nothing waits any more."""
        self._wanted, last = True, None
        while self._wanted and self._lock.acquire(blocking=False):
            try:
                self._wanted = False
                while (sealed := self._batch()) is not None:
                    last = sealed
            finally:
                self._lock.release()
        return last

    def _batch(self) -> Head | None:
        """Seal the oldest of what waits. The look comes after the lock, so it sees what others have sealed."""
        waiting, id_ = Unsealed.__table__, db.metadata.tables["audit_entries"].c.id
        with one_at_a_time(self._engine, "seal", _LOCK) as connection:
            oldest = select(waiting.c.entry_id).order_by(waiting.c.entry_id).limit(BATCH)
            ids = connection.scalars(oldest).all()
            if not ids:
                return None
            connection.execute(delete(Unsealed).where(Unsealed.entry_id.in_(ids)))
            wanted = select(*contents()).where(id_.in_(ids)).order_by(id_)
            entries = connection.execute(wanted).all()
            return _extend(connection, head(connection), entries)


def catch_up(engine: Engine) -> None:
    """Seal what a process that ended left waiting, and keep the file of heads within bounds."""
    if engine.dialect.name != "sqlite":
        sealer(engine).seal()
    anchors = getattr(engine, "anchors", None)
    if anchors is not None:
        anchors.thin()


def sealer(engine: Engine) -> Sealer:
    """Return the one sealer of an engine."""
    return engine.__dict__.setdefault("sealer", Sealer(engine))  # type: ignore[no-any-return]
