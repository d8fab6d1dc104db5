"""Authenticator apps: codes of six digits that change every thirty seconds (TOTP, RFC 6238).

1. A user has one app at the most. A new one is proposed first and takes the old one's place when its code was right.
2. The secret is kept sealed (common/sealed.py), told once, when it is made, and never recorded.
3. A code serves once: each that is taken is of a later step than the one before. A step of drift each way is let pass.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Self, cast

import pyotp
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Table, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import clock, errors
from common.database import db, refusals
from common.sealed import Seal
from common.types import Timestamp
from models.row import NEVER_AGAIN, Row, duplicate

logger = logging.getLogger("storekeeper.second_factor")

DRIFT = 1
DIGITS = 6


class Totp(Row, db.Model):
    """A user's authenticator app."""

    __tablename__ = "totps"
    __table_args__ = (
        Index("uq_totps_user_id", "user_id", unique=True),
        CheckConstraint("(sealed IS NULL) = (confirmed_at IS NULL)", name="confirmed"),
        NEVER_AGAIN,
    )
    title = "authenticator app"
    unrecorded = frozenset({"sealed", "proposed", "last_step"})

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    sealed: Mapped[str | None] = mapped_column(String(200))
    proposed: Mapped[str | None] = mapped_column(String(200))
    confirmed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)

    @classmethod
    def of(cls, session: Session, user_id: int) -> Self | None:
        """Return the app of a user, confirmed or proposed."""
        return session.scalar(select(cls).where(cls.user_id == user_id))

    @classmethod
    def propose(cls, session: Session, user_id: int, seal: Seal) -> str:
        """Return a new secret, which is in force once a code of it was right; any other proposal is forgotten."""
        row, secret = cls.of(session, user_id), pyotp.random_base32()
        if row is None:
            row = cls(user_id=user_id)
            session.add(row)
        row.proposed = seal.close(secret, about=_about(user_id))
        return secret

    def proposed_step(self, seal: Seal, code: str) -> int | None:
        """Return the step of a right code of the proposed secret; None for a wrong one."""
        return _step(self._opened(seal, self.proposed), code, after=0)

    def confirm(self, step: int) -> None:
        """Put what was proposed in force; raises Refused where nothing is."""
        if self.proposed is None:
            raise nothing_proposed()
        self.sealed, self.proposed = self.proposed, None
        self.confirmed_at, self.last_step = clock.now(), step

    def proof(self, seal: Seal, code: str) -> TotpProof | None:
        """Return the proof that a right code is; None for one that is wrong or was used."""
        step = _step(self._opened(seal, self.sealed), code, after=self.last_step)
        return None if step is None else TotpProof(self.id, self.sealed or "", step)

    def _opened(self, seal: Seal, sealed: str | None) -> str | None:
        if sealed is None:
            return None
        secret = seal.open(sealed, about=_about(self.user_id))
        if secret is None:
            logger.warning("the secret of user %d's app was sealed under another secret key", self.user_id)
        return secret


@dataclass(frozen=True, slots=True)
class TotpProof:
    """A right code, until it is used."""

    totp_id: int
    sealed: str
    step: int

    def use(self, session: Session) -> None:
        """Use the code up; raises WrongFactor where it was used meanwhile. Of two at once the database lets one."""
        table = cast("Table", Totp.__table__)
        unused = (table.c.id == self.totp_id, table.c.sealed == self.sealed, table.c.last_step < self.step)
        # Nobody sees it, so the row's version stays.
        if session.connection().execute(update(table).where(*unused).values(last_step=self.step)).rowcount == 0:
            raise errors.WrongFactor("The code was used already. Wait for the next one.")


def uri(secret: str, *, account: str, issuer: str) -> str:
    """Return what an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def nothing_proposed() -> errors.Refused:
    """Return the refusal of a code where no app is being set up."""
    return errors.Refused("No authenticator app is being set up. Begin by POST to /users/{id}/totp.")


def _step(secret: str | None, code: str, *, after: int) -> int | None:
    if secret is None:
        return None
    try:
        step = pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=clock.now(), valid_window=DRIFT)
    except pyotp.OTPVerificationError:
        return None
    return step if step > after else None


def _about(user_id: int) -> str:
    return f"authenticator app of user {user_id}"


refusals["uq_totps_user_id"] = lambda: duplicate("authenticator app", "user_id")
