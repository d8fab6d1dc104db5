"""Sessions: who is signed in, from where, until when.

1. The reference in the cookie is 256 random bits; only its SHA-256 is kept.
2. A session ends when it is idle too long, when its absolute time is over, or at once when its row is deleted.
3. A session that was used in the future is none: the clock has been set back, which must not make it live longer.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self

import orjson
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Dialect,
    ForeignKey,
    Index,
    Select,
    String,
    bindparam,
    false,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import clock
from common.access import Caller, Role
from common.database import db
from common.digests import digest
from common.prepared import Prepared
from common.types import RawTimestamp, Timestamp, from_raw
from models.row import ID, NEVER_AGAIN, everything

_SWEPT = 100  # sessions that are over, at each sign-in: nobody is to wait for a long sweep
TOUCH_AFTER = timedelta(minutes=1)
CLOCK_SKEW = timedelta(minutes=5)  # a clock that is put right by so little is no reason to sign in again


class SignIn(db.Model):
    """One signed-in browser."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id", "user_id"), NEVER_AGAIN)
    title = "session"
    recorded = True
    unrecorded = frozenset({"last_used_at", "idle_until"})

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    reference_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    place: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=clock.now)
    last_used_at: Mapped[datetime] = mapped_column(Timestamp, default=clock.now)
    idle_until: Mapped[datetime] = mapped_column(Timestamp)
    ends_at: Mapped[datetime] = mapped_column(Timestamp)
    by_sign_on: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    @classmethod
    def begin(
        cls,
        session: Session,
        user_id: int,
        *,
        idle: timedelta,
        absolute: timedelta,
        place: str,
        agent: str,
        by_sign_on: bool = False,
    ) -> tuple[Self, str]:
        """Return the new session and its reference, which is known to nobody afterwards.

        `by_sign_on`: an OpenID provider has said who it is, and whether that takes a second factor is its matter.
        """
        reference = secrets.token_urlsafe(32)
        moment = clock.now()
        cls._end_all(session, cls.ends_at < moment, most=_SWEPT)
        row = cls(
            reference_hash=digest(reference),
            user_id=user_id,
            place=place[:64],
            agent=agent[:400],
            idle_until=moment + idle,
            ends_at=moment + absolute,
            by_sign_on=by_sign_on,
        )
        session.add(row)
        return row, reference

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the caller's own sessions, all for an administrator of all stores, none for a token.

        What is over is no session.
        """
        if caller.token_id is not None:
            return _living().where(false())
        if caller.may(Role.ADMIN) and not caller.store_ids:
            return _living()
        return _living().where(cls.user_id == caller.user_id)

    @classmethod
    def end(cls, session: Session, session_id: int | None) -> None:
        """End a session."""
        cls._end_all(session, cls.id == session_id)

    @classmethod
    def end_of_user(cls, session: Session, user_id: int, *, but: int | None = None) -> None:
        """End every session of a user; `but` is the id of one that stays."""
        cls._end_all(session, cls.user_id == user_id, cls.id != (but or 0))

    @classmethod
    def _end_all(cls, session: Session, *which: ColumnElement[bool], most: int | None = None) -> None:
        """One by one, so that the record tells of each."""
        for row in session.scalars(select(cls).where(*which).limit(most).with_for_update()):
            session.delete(row)
        session.flush()

    @classmethod
    def touch(cls, session: Session, session_id: int, idle: timedelta) -> None:
        """Note that the session is in use."""
        moment = clock.now()
        session.execute(update(cls).where(cls.id == session_id).values(last_used_at=moment, idle_until=moment + idle))


@cache
def _living() -> Select[Any]:
    now = bindparam("living_now", callable_=clock.now, type_=Timestamp)
    return everything(SignIn).where(SignIn.idle_until > now, SignIn.ends_at > now)


def whose(connection: Connection, reference: str) -> tuple[Caller, bool] | None:
    """Return who holds this reference, and whether its use should be noted; None where it is unknown or over."""
    moment = clock.now()
    found = _whose(connection.dialect).fetch(connection, {"hash": digest(reference), "now": moment})
    if not found:
        return None
    id_, user_id, last_used, by_sign_on, username, role, stores, sees_all, factor = found[0]
    unused_for = moment - from_raw(last_used)
    if unused_for < -CLOCK_SKEW:
        return None
    allowed = frozenset(orjson.loads(stores))
    caller = Caller(user_id, username, Role.named(role), allowed, bool(sees_all), id_, reference)
    caller.second_factor, caller.by_sign_on = bool(factor), bool(by_sign_on)
    return caller, unused_for > TOUCH_AFTER


@cache
def _whose(dialect: Dialect) -> Prepared:
    """Built at first use: the table of users is defined after this one."""
    mine, table = SignIn.__table__.c, db.metadata.tables["users"]
    users, now = table.c, bindparam("now", type_=Timestamp)
    store_ids = type_coerce(users.store_ids, String).label("store_ids")
    last_used = type_coerce(mine.last_used_at, RawTimestamp).label("last_used_at")
    held = (users.username, users.role, store_ids, users.sees_all_stores, users.second_factor)
    whole = (
        select(mine.id, mine.user_id, last_used, mine.by_sign_on, *held)
        .join(table, users.id == mine.user_id)
        .where(mine.reference_hash == bindparam("hash"), users.active, mine.idle_until > now, mine.ends_at > now)
    )
    return Prepared(whole, dialect)
