"""Sessions: who is signed in, from where, until when.

1. The reference in the cookie is 256 random bits; only its SHA-256 is kept.
2. A session ends when it is idle too long, when its absolute time is over, or at once when its row is deleted.
3. A session that was used in the future is none: the clock has been set back, which must not make it live longer.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self

import orjson
from sqlalchemy import (
    Connection,
    Dialect,
    ForeignKey,
    Index,
    Select,
    String,
    bindparam,
    delete,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import clock
from common.access import Caller, Role
from common.database import db
from common.prepared import Prepared
from common.types import Timestamp
from models.row import ID, everything

TOUCH_AFTER = timedelta(minutes=1)
CLOCK_SKEW = timedelta(minutes=5)  # a clock that is put right by so little is no reason to sign in again


class SignIn(db.Model):
    """One signed-in browser."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id", "user_id"),)
    title = "session"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    reference_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    place: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=clock.now)
    last_used_at: Mapped[datetime] = mapped_column(Timestamp, default=clock.now)
    idle_until: Mapped[datetime] = mapped_column(Timestamp)
    ends_at: Mapped[datetime] = mapped_column(Timestamp)

    @classmethod
    def begin(
        cls, session: Session, user_id: int, *, idle: timedelta, absolute: timedelta, place: str, agent: str
    ) -> tuple[Self, str]:
        """Return the new session and its reference, which is known to nobody afterwards."""
        reference = secrets.token_urlsafe(32)
        moment = clock.now()
        session.execute(delete(cls).where(cls.ends_at < moment))
        row = cls(
            reference_hash=digest(reference),
            user_id=user_id,
            place=place[:64],
            agent=agent[:400],
            idle_until=moment + idle,
            ends_at=moment + absolute,
        )
        session.add(row)
        return row, reference

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the caller's own sessions; all of them for an administrator."""
        return everything(cls) if caller.may(Role.ADMIN) else everything(cls).where(cls.user_id == caller.user_id)

    @classmethod
    def end(cls, session: Session, session_id: int | None) -> None:
        """End a session."""
        session.execute(delete(cls).where(cls.id == session_id))

    @classmethod
    def touch(cls, session: Session, session_id: int, idle: timedelta) -> None:
        """Note that the session is in use."""
        moment = clock.now()
        session.execute(update(cls).where(cls.id == session_id).values(last_used_at=moment, idle_until=moment + idle))


def digest(reference: str) -> str:
    """Return what is kept of a reference."""
    return hashlib.sha256(reference.encode("utf-8")).hexdigest()


def whose(connection: Connection, reference: str) -> tuple[Caller, bool] | None:
    """Return who holds this reference, and whether its use should be noted; None where it is unknown or over."""
    moment = clock.now()
    found = _whose(connection.dialect).fetch(
        connection,
        {
            "hash": digest(reference),
            "now": moment,
            "recently": moment - TOUCH_AFTER,
            "soon": moment + CLOCK_SKEW,
        },
    )
    if not found:
        return None
    id_, user_id, used_recently, username, role, stores, sees_all = found[0]
    caller = Caller(
        user_id, username, Role.named(role), frozenset(orjson.loads(stores)), bool(sees_all), id_, reference
    )
    return caller, not used_recently


@cache
def _whose(dialect: Dialect) -> Prepared:
    """Built at first use: the table of users is defined after this one."""
    mine, table = SignIn.__table__.c, db.metadata.tables["users"]
    users, now = table.c, bindparam("now", type_=Timestamp)
    store_ids = type_coerce(users.store_ids, String).label("store_ids")
    recently = mine.last_used_at >= bindparam("recently", type_=Timestamp)
    whole = (
        select(mine.id, mine.user_id, recently, users.username, users.role, store_ids, users.sees_all_stores)
        .join(table, users.id == mine.user_id)
        .where(mine.reference_hash == bindparam("hash"), users.active, mine.idle_until > now, mine.ends_at > now)
        .where(mine.last_used_at <= bindparam("soon", type_=Timestamp))
    )
    return Prepared(whole, dialect)
