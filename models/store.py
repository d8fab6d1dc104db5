"""A store.

1. Its code is unique, case aside.
2. It is not archived while goods are in it or on the way to it.
3. It does not begin to forbid negative stock while a level is below zero.
"""

from __future__ import annotations

from typing import Any, Self

from sqlalchemy import Boolean, Exists, String, UniqueConstraint, exists, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.database import db, refusals
from models.level import Level
from models.row import Archivable, Row, duplicate, refuse_duplicate
from models.text import fold, key


class Store(Archivable, Row, db.Model):
    """One shop or warehouse."""

    __tablename__ = "stores"
    __table_args__ = (UniqueConstraint("code_key", name="uq_stores_code_key"),)
    title = "store"

    code: Mapped[str] = mapped_column(String(40))
    code_key: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(600))
    address: Mapped[str | None] = mapped_column(String(1000))
    timezone: Mapped[str] = mapped_column(String(64))
    allow_negative_stock: Mapped[bool] = mapped_column(Boolean, default=False)

    @classmethod
    def create(cls, session: Session, **fields: Any) -> Self:
        """Open a store; raises Duplicate for a code that is taken."""
        store = cls(code_key="", name_key="", **fields)
        store._settle(session)
        session.add(store)
        return store

    def revise(self, **changes: Any) -> Self:
        """Change what is given; raises Archived, Duplicate, or Refused while a level is below zero."""
        self.ensure_live()
        self.assign(changes)
        self._settle(self.session)
        return self

    def archive(self) -> Self:
        """Close the store; raises InUse while goods are in it."""
        goods = exists().where(Level.store_id == self.id, or_(Level.on_hand != 0, Level.in_transit != 0))
        if self._holds(self.session, goods):
            raise errors.InUse("Goods are in this store or on the way to it. Move or write them off first.")
        return super().archive()

    def _settle(self, session: Session) -> None:
        self.assign({"code_key": key(self.code), "name_key": fold(self.name)})
        refuse_duplicate(session, self, Store.code_key, self.code_key, field="code")
        below = exists().where(Level.store_id == self.id, Level.on_hand < 0)
        if self.id is not None and not self.allow_negative_stock and self._holds(session, below):
            raise errors.InUse("Some levels of this store are below zero. Bring them to zero first.")

    def _holds(self, session: Session, levels: Exists) -> bool:
        """Look at its levels once every document that is under way here is recorded (models/ledger.py, _open_store)."""
        session.execute(select(Store.id).where(Store.id == self.id).with_for_update())
        return bool(session.scalar(select(levels)))


refusals["uq_stores_code_key"] = lambda: duplicate("store", "code")
