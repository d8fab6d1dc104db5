"""What opens something once: kept from its use until it would not open anything any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import clock
from common.database import db, insert_first
from common.digests import digest
from common.types import Timestamp


class Spent(db.Model):
    """A secret that has been used, by its digest."""

    __tablename__ = "spent_secrets"
    __table_args__ = (Index("ix_spent_secrets_kept_until", "kept_until"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    kept_until: Mapped[datetime] = mapped_column(Timestamp)


def spend(session: Session, secret: str, *, until: datetime) -> bool:
    """Use a secret that is over at `until`; False where it has been used before, also by another process."""
    session.execute(delete(Spent).where(Spent.kept_until < clock.now()))
    return insert_first(session, Spent, {"key": digest(secret), "kept_until": until})
