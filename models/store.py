"""A store.

1. Its code is unique, case aside.
2. It is not archived while goods are in it or on the way to it, or ordered for it.
3. It does not begin to forbid negative stock while a level is below zero.
4. Its name is known to everybody; what is in it may be hidden from other stores' people (Contents).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from sqlalchemy import Boolean, Exists, Select, String, UniqueConstraint, column, exists, or_, select, table
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.access import Caller
from common.database import db, refusals
from common.errors import FieldError
from models.level import Level
from models.row import Archivable, Row, duplicate, refuse_duplicate, seen_by
from models.supplier import UNFINISHED
from models.text import fold, key

_GOODS = "Goods are in this store or on the way to it. Move or write them off first."
_ORDERS = "Orders for this store are not finished. Receive, close or abandon them first."
# Its model is made of this one.
_orders = table("purchase_orders", column("store_id"), column("state"))


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

    @property
    def kept_by(self) -> int:
        """A store is its own people's."""
        return self.id

    def revise(self, **changes: Any) -> Self:
        """Change what is given; raises Archived, Duplicate, or Refused while a level is below zero."""
        self.ensure_live()
        self.assign(changes)
        self._settle(self.session)
        return self

    def archive(self) -> Self:
        """Close the store; raises InUse while goods are in it or ordered for it."""
        goods = or_(Level.on_hand != 0, Level.in_transit != 0)
        for found, message in (
            (exists().where(Level.store_id == self.id, goods), _GOODS),
            (exists().where(_orders.c.store_id == self.id, _orders.c.state.in_(UNFINISHED)), _ORDERS),
        ):
            if self._holds(self.session, found):
                raise errors.InUse(message)
        return super().archive()

    def _settle(self, session: Session) -> None:
        self.assign({"code_key": key(self.code), "name_key": fold(self.name)})
        refuse_duplicate(session, self, Store.code_key, self.code_key, field="code")
        below = exists().where(Level.store_id == self.id, Level.on_hand < 0)
        if self.id is not None and not self.allow_negative_stock and self._holds(session, below):
            raise errors.InUse("Some levels of this store are below zero. Bring them to zero first.")

    def _holds(self, session: Session, found: Exists) -> bool:
        """Look once every document that is under way here is recorded (models/ledger.py, open_store)."""
        session.execute(select(Store.id).where(Store.id == self.id).with_for_update())
        return bool(session.scalar(select(found)))


class Contents:
    """A store as the place of what is in it, for the routes below it: hidden where its stock is."""

    id = Store.id

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the stores whose stock exists for the caller."""
        return seen_by(caller, Store, Store.id)


def open_store(session: Session, caller: Caller | None, store_id: int, field: str) -> Store:
    """Return the store that something is to be done in, held so that it is not archived meanwhile.

    Raises Invalid where it is not there for the caller, NotAllowed where it is not theirs, Archived.
    """
    store = session.get(Store, store_id, with_for_update={"read": True})
    if store is None or (caller is not None and not caller.sees_store(store_id)):
        message = "There is no such store."
        raise errors.Invalid(message, errors=[FieldError(field, "unknown", message)])
    if caller is not None and not caller.may_write_store(store_id):
        raise errors.NotAllowed(f"Your role does not cover the store {store.code}. An administrator can grant it.")
    store.ensure_live()
    return store


def unknown_stores(session: Session, store_ids: Sequence[int]) -> list[FieldError]:
    """Return what is wrong with a user's or a token's `store_ids`: each that is no store."""
    known = set(session.scalars(select(Store.id).where(Store.id.in_(store_ids))))
    return [
        FieldError(f"store_ids/{position}", "unknown", "There is no such store.")
        for position, store in enumerate(store_ids)
        if store not in known
    ]


refusals["uq_stores_code_key"] = lambda: duplicate("store", "code")
