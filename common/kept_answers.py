"""The table of first answers under an Idempotency-Key; common/http/idempotency.py says how it is used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.database import db
from common.types import JsonText, Timestamp


class KeptAnswer(db.Model):
    """The first answer under a key; scope is caller, method and address."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    scope: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=clock.now)
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None] = mapped_column(JsonText)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    key: Mapped[str] = mapped_column(Text)
