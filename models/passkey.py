"""Passkeys: keys that stay in a phone, a computer or a stick, and sign what this service asks (WebAuthn).

1. A passkey belongs to one user and to one host; its public key is kept, there is nothing secret about it.
2. Each signature answers a challenge of ours that was open, and uses it up (models/challenge.py).
3. A sign count that does not rise is refused: the passkey was copied, or the answer is an old one. One that is always
   zero is not counted, as the standard has it for passkeys that live on several devices.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, cast

from sqlalchemy import BigInteger, ForeignKey, Index, Select, String, Table, Text, false, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import clock, errors, passkeys
from common.access import Caller, Role
from common.database import db, refusals
from common.digests import digest
from common.passkeys import RelyingParty
from common.types import Timestamp
from models.challenge import PasskeyChallenge
from models.row import NEVER_AGAIN, Row, duplicate, everything, refuse_duplicate

MOST = 20


class Passkey(Row, db.Model):
    """One passkey."""

    __tablename__ = "passkeys"
    __table_args__ = (
        Index("uq_passkeys_credential_hash", "credential_hash", unique=True),
        Index("ix_passkeys_user_id", "user_id"),
        NEVER_AGAIN,
    )
    title = "passkey"
    unrecorded = frozenset({"credential_id", "sign_count", "last_used_at"})

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(100))
    host: Mapped[str] = mapped_column(String(253))
    credential_id: Mapped[str] = mapped_column(Text)
    credential_hash: Mapped[str] = mapped_column(String(64))
    public_key: Mapped[str] = mapped_column(Text)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    last_used_at: Mapped[datetime | None] = mapped_column(Timestamp)

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the caller's own passkeys, none for a token; all of them for an administrator."""
        if caller.token_id is not None:
            return everything(cls).where(false())
        return everything(cls) if caller.may(Role.ADMIN) else everything(cls).where(cls.user_id == caller.user_id)

    @classmethod
    def of(cls, session: Session, user_id: int) -> list[Self]:
        """Return a user's passkeys."""
        return list(session.scalars(select(cls).where(cls.user_id == user_id).order_by(cls.id)))

    @classmethod
    def register(
        cls, session: Session, user_id: int, party: RelyingParty, *, name: str, credential: dict[str, Any]
    ) -> None:
        """Keep what a browser made; raises Invalid where its answer is not right, Refused where there are too many."""
        challenge = passkeys.challenge_of(credential, passkeys.not_made)
        challenge_id = PasskeyChallenge.find(session, challenge, user_id=user_id)
        if challenge_id is None:
            raise passkeys.not_made()
        made = passkeys.registered(party, credential, challenge)
        PasskeyChallenge.spend(session, challenge_id)
        if (session.scalar(select(func.count()).where(cls.user_id == user_id)) or 0) >= MOST:
            raise errors.Refused(f"Nobody needs more than {MOST} passkeys. Remove one first.")
        hash_ = digest(made.credential_id)
        refuse_duplicate(session, None, cls.credential_hash, hash_, field="credential")
        session.add(cls(user_id=user_id, name=name, host=party.id, credential_hash=hash_, **made._asdict()))


@dataclass(frozen=True, slots=True)
class PasskeyProof:
    """A right signature, until it is used."""

    user_id: int
    passkey_id: int
    challenge_id: int
    sign_count: int

    def use(self, session: Session) -> None:
        """Use the challenge up, and count; raises WrongFactor where one of them was used meanwhile."""
        PasskeyChallenge.spend(session, self.challenge_id)
        table = cast("Table", Passkey.__table__)
        rising = (table.c.sign_count < self.sign_count) | (table.c.sign_count + self.sign_count == 0)
        used = {"sign_count": self.sign_count, "last_used_at": clock.now()}  # no change of the row that it is known by
        mine = update(table).where(table.c.id == self.passkey_id, rising).values(used)
        if session.connection().execute(mine).rowcount == 0:
            raise passkeys.not_signed()


def proof_of(session: Session, party: RelyingParty, credential: dict[str, Any], *, alone: bool) -> PasskeyProof:
    """Return the proof that a right signature is; raises WrongFactor for every other, in the same words.

    Who it is follows from the key alone. The handle that comes along is not asked: it would tell nothing more.
    """
    challenge = passkeys.challenge_of(credential, passkeys.not_signed)
    challenge_id = PasskeyChallenge.find(session, challenge)
    row = session.scalar(select(Passkey).where(Passkey.credential_hash == digest(credential["id"])))
    if challenge_id is None or row is None or row.host != party.id:
        raise passkeys.not_signed()
    known = {"public_key": row.public_key, "sign_count": row.sign_count}
    count = passkeys.asserted(party, credential, challenge, **known, alone=alone)
    return PasskeyProof(row.user_id, row.id, challenge_id, count)


refusals["uq_passkeys_credential_hash"] = lambda: duplicate("passkey", "credential")
