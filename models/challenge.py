"""Challenges for passkeys: what a browser is to sign, once and soon.

1. A challenge is 256 random bits; only a SHA-256 is kept, of it and of whom it was made for: no other can use it.
2. It serves once and for a few minutes.
3. Anybody may ask for one, so there are never more than a few for one address, and never too many in all: the oldest
   make room.

They stand in the database, so that whichever process the answer reaches knows them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import ColumnElement, Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import clock, errors
from common.database import db, refusals
from common.digests import digest
from common.passkeys import TIMEOUT_SECONDS, new_challenge, not_signed, text_of
from common.types import Timestamp
from models.row import ID

LIFE = timedelta(seconds=TIMEOUT_SECONDS)
MOST_OF_ONE_ADDRESS = 50
MOST = 5_000


class PasskeyChallenge(db.Model):
    """One challenge that is open."""

    __tablename__ = "passkey_challenges"
    __table_args__ = (
        Index("uq_passkey_challenges_challenge_hash", "challenge_hash", unique=True),
        Index("ix_passkey_challenges_place", "place"),
        Index("ix_passkey_challenges_ends_at", "ends_at"),
    )
    title = "challenge"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    challenge_hash: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(64))
    ends_at: Mapped[datetime] = mapped_column(Timestamp)

    @classmethod
    def begin(cls, session: Session, *, place: str, user_id: int | None = None) -> tuple[Self, bytes]:
        """Return a new one and what is to be signed; `user_id` is for whom a passkey is to be made."""
        moment, challenge = clock.now(), new_challenge()
        session.execute(delete(cls).where(cls.ends_at < moment))
        cls._make_room(session, MOST_OF_ONE_ADDRESS, cls.place == place[:64])
        cls._make_room(session, MOST)
        row = cls(challenge_hash=_hash(challenge, user_id), place=place[:64], ends_at=moment + LIFE)
        session.add(row)
        return row, challenge

    @classmethod
    def _make_room(cls, session: Session, most: int, *which: ColumnElement[bool]) -> None:
        too_old = select(cls.id).where(*which).order_by(cls.id.desc()).offset(most - 1)
        session.execute(delete(cls).where(cls.id.in_(list(session.scalars(too_old)))))

    @classmethod
    def find(cls, session: Session, challenge: bytes, *, user_id: int | None = None) -> int | None:
        """Return the id of a challenge that is open for this user, or, without one, for signing in."""
        still_open = (cls.challenge_hash == _hash(challenge, user_id), cls.ends_at > clock.now())
        return session.scalar(select(cls.id).where(*still_open))

    @classmethod
    def spend(cls, session: Session, challenge_id: int) -> None:
        """Use a challenge up; raises WrongFactor where somebody was faster. Of two at once the database lets one."""
        if session.scalar(delete(cls).where(cls.id == challenge_id).returning(cls.id)) is None:
            raise not_signed()


def _hash(challenge: bytes, user_id: int | None) -> str:
    return digest(f"{user_id or 'anybody'}\0{text_of(challenge)}")


refusals["uq_passkey_challenges_challenge_hash"] = errors.Stale  # of 256 random bits: never
