"""Recovery codes: the way in for whoever has lost the phone or the passkey.

1. A user has ten at the most. Each is 80 random bits, kept as a SHA-256 and told once, when they are made.
2. Each serves once. New ones take the place of all that are left.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from typing import Self

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.database import db, refusals
from common.digests import digest
from common.types import JsonText
from models.row import NEVER_AGAIN, Row, duplicate

COUNT = 10
_BYTES = 10
_GROUP = 4
_LENGTH = 16
_BETWEEN = re.compile(r"[\s-]")


class RecoveryCodes(Row, db.Model):
    """The codes of one user that are left."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index("uq_recovery_codes_user_id", "user_id", unique=True), NEVER_AGAIN)
    title = "recovery codes"
    unrecorded = frozenset({"hashes"})

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    hashes: Mapped[list[str]] = mapped_column(JsonText, default=list)
    unused: Mapped[int] = mapped_column(default=0)

    @classmethod
    def of(cls, session: Session, user_id: int, *, lock: bool = False) -> Self | None:
        """Return what a user has; with `lock` nobody else uses one until the transaction ends."""
        found = select(cls).where(cls.user_id == user_id)
        if lock:
            found = found.with_for_update().execution_options(populate_existing=True)
        return session.scalar(found)

    @classmethod
    def make(cls, session: Session, user_id: int) -> list[str]:
        """Return ten new codes, which nobody knows afterwards; those before serve no more."""
        codes = [_new() for _ in range(COUNT)]
        row = cls.of(session, user_id, lock=True)
        if row is None:
            row = cls(user_id=user_id)
            session.add(row)
        row.hashes, row.unused = [_hash(user_id, code) for code in codes], COUNT
        return codes

    def proof(self, code: str) -> RecoveryProof | None:
        """Return the proof that a right code is; None for one that is wrong or was used."""
        hash_ = _hash(self.user_id, code)
        return RecoveryProof(self.user_id, hash_) if hash_ in self.hashes else None


@dataclass(frozen=True, slots=True)
class RecoveryProof:
    """A right code, until it is used."""

    user_id: int
    hash: str

    def use(self, session: Session) -> None:
        """Use the code up; raises WrongFactor where it was used, or all were made anew, meanwhile."""
        row = RecoveryCodes.of(session, self.user_id, lock=True)
        if row is None or self.hash not in row.hashes:
            raise errors.WrongFactor("This recovery code was used already.")
        row.hashes = [one for one in row.hashes if one != self.hash]
        row.unused = len(row.hashes)


def _new() -> str:
    text = base64.b32encode(secrets.token_bytes(_BYTES)).decode("ascii").lower()
    return "-".join(text[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def plain(code: str) -> str:
    """Return a code without what people put between its characters, in lower case."""
    return _BETWEEN.sub("", code).lower()


def _hash(user_id: int, code: str) -> str:
    return digest(f"{user_id}\0{plain(code)}")


refusals["uq_recovery_codes_user_id"] = lambda: duplicate("list of recovery codes", "user_id")
