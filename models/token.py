"""Tokens: what programs and spreadsheets sign in with, instead of a person's password.

1. A token is 256 random bits behind a prefix that scanners for leaked secrets can look for, and a checksum; only its
   SHA-256 is kept, and it is shown once.
2. It never may more than its owner may now: the lower of the two roles, the stores that both cover. A token whose owner
   is deactivated is dead.
3. It ends a year after it was made at the latest, and at once when its row is deleted.
"""

from __future__ import annotations

import binascii
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self, cast

import orjson
from sqlalchemy import (
    Connection,
    Dialect,
    ForeignKey,
    Index,
    Select,
    String,
    Table,
    bindparam,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import clock, errors
from common.access import Caller, Role
from common.database import db, refusals
from common.digests import digest
from common.errors import FieldError
from common.prepared import Prepared
from common.types import JsonText, RawTimestamp, Timestamp, from_raw
from models.row import NEVER_AGAIN, Row, everything
from models.sign_in import TOUCH_AFTER
from models.store import unknown_stores

PREFIX = "stk_"
LONGEST_LIFE = timedelta(days=366)
LIFE = timedelta(days=365)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM_LENGTH = 6
_NO_STORE = frozenset({0})
_SHOWN = 12


class Token(Row, db.Model):
    """One token. `shown` is its beginning, by which its owner knows it again."""

    __tablename__ = "tokens"
    __table_args__ = (
        Index("uq_tokens_secret_hash", "secret_hash", unique=True),
        Index("ix_tokens_user_id", "user_id"),
        NEVER_AGAIN,
    )
    title = "token"
    unrecorded = frozenset({"last_used_at"})

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(10))
    store_ids: Mapped[list[int]] = mapped_column(JsonText, default=list)
    secret_hash: Mapped[str] = mapped_column(String(64))
    shown: Mapped[str] = mapped_column(String(16))
    expires_at: Mapped[datetime] = mapped_column(Timestamp)
    last_used_at: Mapped[datetime | None] = mapped_column(Timestamp)

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the caller's own tokens, for a token itself alone; all of them for an administrator of all stores.

        What leaks must not be able to end what its owner would notice it by.
        """
        if caller.token_id is not None:
            return everything(cls).where(cls.id == caller.token_id)
        if caller.may(Role.ADMIN) and not caller.store_ids:
            return everything(cls)
        return everything(cls).where(cls.user_id == caller.user_id)

    @classmethod
    def create(
        cls, session: Session, caller: Caller, *, name: str, role: str, store_ids: Sequence[int], expires_at: Any
    ) -> tuple[Self, str]:
        """Return a new token of the caller's and its secret, which is known to nobody afterwards.

        Raises NotAllowed for more than the caller may, and for a caller that is a token itself; Invalid for a store
        that is not there, and for an end that is past or too far away.
        """
        _refuse_more(caller, Role.named(role), store_ids)
        moment = clock.now()
        expires_at = expires_at or moment + LIFE
        _refuse_odd(session, store_ids, expires_at, moment)
        secret = new_secret()
        row = cls(
            user_id=caller.user_id,
            name=name,
            role=role,
            store_ids=list(store_ids),
            secret_hash=digest(secret),
            shown=secret[:_SHOWN],
            expires_at=expires_at,
        )
        session.add(row)
        return row, secret

    @classmethod
    def touch(cls, session: Session, token_id: int) -> None:
        """Note that the token is in use; no change of the row, so its version stays."""
        table = cast("Table", cls.__table__)
        session.execute(update(table).where(table.c.id == token_id).values(last_used_at=clock.now()))


refusals["uq_tokens_secret_hash"] = errors.Stale  # of 256 random bits: never, but the table names every key


def _refuse_more(caller: Caller, role: Role, store_ids: Sequence[int]) -> None:
    if caller.token_id is not None:
        raise errors.NotAllowed("A token makes no tokens. Sign in with your password to make one.")
    if not caller.may(role):
        raise errors.NotAllowed("A token's role is no higher than its owner's.")
    if caller.store_ids and not caller.store_ids.issuperset(store_ids):
        raise errors.NotAllowed("A token covers no more stores than its owner's role.")


def _refuse_odd(session: Session, store_ids: Sequence[int], expires_at: datetime, moment: datetime) -> None:
    wrong = unknown_stores(session, store_ids)
    if not moment < expires_at <= moment + LONGEST_LIFE:
        wrong.append(FieldError("expires_at", "range", "It must lie ahead, by a year at most."))
    if wrong:
        raise errors.Invalid(errors=wrong)


def new_secret() -> str:
    """Return a new secret with its checksum."""
    body = secrets.token_urlsafe(32)
    return f"{PREFIX}{body}{_checksum(body)}"


def is_whole(secret: str) -> bool:
    """Tell whether something is a token at all and not one that was cut or mistyped; costs no look at the database."""
    body = secret.removeprefix(PREFIX)[:-_CHECKSUM_LENGTH]
    return secret.isascii() and secret == f"{PREFIX}{body}{_checksum(body)}"


def _checksum(body: str) -> str:
    rest, digits = binascii.crc32(body.encode("utf-8", "replace")), ""
    for _ in range(_CHECKSUM_LENGTH):
        rest, digit = divmod(rest, len(_DIGITS))
        digits += _DIGITS[digit]
    return digits


def whose(
    connection: Connection, *, secret: str | None = None, token_id: int | None = None
) -> tuple[Caller, bool] | None:
    """Return who holds a token, by its secret or its id, and whether its use should be noted; None where it is over."""
    if secret is not None and not is_whole(secret):
        return None
    moment = clock.now()
    by = {"hash": digest(secret)} if secret is not None else {"id": token_id}
    found = _whose(connection.dialect, next(iter(by))).fetch(connection, by | {"now": moment})
    if not found:
        return None
    id_, own_role, own_stores, last_used, user_id, username, role, stores, sees_all = found[0]
    allowed = _both(frozenset(orjson.loads(stores)), frozenset(orjson.loads(own_stores)))
    caller = Caller(
        user_id,
        username,
        min(Role.named(role), Role.named(own_role)),
        allowed,
        sees_all_stores=bool(sees_all) and own_stores == "[]",
        token_id=id_,
    )
    used = from_raw(last_used)
    return caller, used is None or moment - used > TOUCH_AFTER


def _both(stores: frozenset[int], own: frozenset[int]) -> frozenset[int]:
    """Return the stores that both cover; empty means all, so what covers none is said by a store that never is."""
    return (stores & own or _NO_STORE) if stores and own else stores or own


@cache
def _whose(dialect: Dialect, by: str) -> Prepared:
    """Built at first use: the table of users is defined after this one."""
    mine, users = Token.__table__.c, db.metadata.tables["users"].c
    named = mine.secret_hash == bindparam("hash") if by == "hash" else mine.id == bindparam("id")
    whole = (
        select(
            mine.id,
            mine.role.label("own_role"),
            type_coerce(mine.store_ids, String).label("own_stores"),
            type_coerce(mine.last_used_at, RawTimestamp).label("last_used_at"),
            mine.user_id,
            users.username,
            users.role,
            type_coerce(users.store_ids, String).label("store_ids"),
            users.sees_all_stores,
        )
        .join(db.metadata.tables["users"], users.id == mine.user_id)
        .where(named, users.active, mine.expires_at > bindparam("now", type_=Timestamp))
    )
    return Prepared(whole, dialect)
