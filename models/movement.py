"""The ledger's rows: documents and their lines. Written by models/ledger.py alone, changed by nobody.

1. A document and its lines are never changed or deleted (the triggers `…_append_only`).
2. A document is reversed at most once (`uq_movements_reverses_id`); a transfer arrives at most once as a whole.
3. The lines of a transfer and of its arrival each sum to zero in quantity, and in value but where an arrival settles a
   level below zero.
4. A document's version is 1 and one more for each later document that names it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    case,
    exists,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column, object_session

from common import clock, errors
from common.access import Caller
from common.database import db, refusals
from common.types import MoneyType, QuantityType, Timestamp, ValueType
from models.row import ID, everything, within

SIGNS = {
    "receipt": 1,
    "sale": -1,
    "return": 1,
    "write_off": -1,
    "adjustment": 1,
    "transfer": -1,
    "arrival": 1,
    "reversal": 1,
}
KINDS = tuple(SIGNS)
ON_HAND, IN_TRANSIT = "on_hand", "in_transit"


class MovementLine(db.Model):
    """One step of one level. `quantity` and `value` are signed; `on_hand_after` is the level right after it."""

    __tablename__ = "movement_lines"
    __table_args__ = (
        CheckConstraint("quantity <> 0", name="moves_something"),
        Index("ix_movement_lines_movement_id", "movement_id", "id"),
        Index("ix_movement_lines_item_id_store_id_id", "item_id", "store_id", "id"),
        Index("ix_movement_lines_store_id_id", "store_id", "id"),
    )
    title = "movement line"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    movement_id: Mapped[int] = mapped_column(ForeignKey("movements.id"))
    position: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(String(12))
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    quantity: Mapped[Decimal] = mapped_column(QuantityType)
    value: Mapped[Decimal] = mapped_column(ValueType)
    unit_cost: Mapped[Decimal] = mapped_column(MoneyType)
    unit_price: Mapped[Decimal | None] = mapped_column(MoneyType)
    on_hand_after: Mapped[Decimal] = mapped_column(QuantityType)

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the lines of the stores that the caller sees."""
        return everything(cls) if caller.sees_only is None else within(cls.store_id, caller.sees_only)


class Movement(db.Model):
    """One document: a receipt, a sale, … or the reversal of one."""

    __tablename__ = "movements"
    __table_args__ = (
        CheckConstraint("kind IN (" + ", ".join(f"'{kind}'" for kind in KINDS) + ")", name="kind_known"),
        Index("uq_movements_reverses_id", "reverses_id", unique=True),
        Index("ix_movements_transfer_id", "transfer_id"),
        Index("ix_movements_kind_id", "kind", "id"),
        Index("ix_movements_store_id_id", "store_id", "id"),
        Index("ix_movements_reference", "reference"),
        Index("ix_movements_occurred_at_id", "occurred_at", "id"),
    )
    title = "movement"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    to_store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    reference: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(String(1000))
    reason: Mapped[str | None] = mapped_column(String(200))
    occurred_at: Mapped[datetime] = mapped_column(Timestamp)
    recorded_at: Mapped[datetime] = mapped_column(Timestamp, default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("movements.id"))
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("movements.id"))

    @property
    def version(self) -> int:
        """1, and one more for each later document that names it."""
        session = object_session(self)
        return (session and session.scalar(select(VERSION).where(Movement.id == self.id))) or 1

    @property
    def updated_at(self) -> datetime:
        """When it was recorded, or the last document that names it."""
        session = object_session(self)
        return (session and session.scalar(select(UPDATED).where(Movement.id == self.id))) or self.recorded_at

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the documents that touch a store the caller sees."""
        return _documents(caller.sees_only, None)

    @classmethod
    def of_kind(cls, caller: Caller, kind: str) -> Select[Any]:
        """Return the visible documents of one kind."""
        return _documents(caller.sees_only, kind)


@lru_cache(maxsize=256)
def _documents(stores: frozenset[int] | None, kind: str | None) -> Select[Any]:
    found = select(Movement)
    if stores is not None:
        touched = sorted(stores)
        found = found.where(or_(Movement.store_id.in_(touched), Movement.to_store_id.in_(touched)))
    return found if kind is None else found.where(Movement.kind == kind)


class Transfer:
    """A movement of kind transfer, for the routes that speak of transfers alone."""

    id = Movement.id

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the visible transfers."""
        return Movement.of_kind(caller, "transfer")


_reversal, _arrival, _undoing, _later, _last = (aliased(Movement) for _ in range(5))

REVERSED_BY = select(_reversal.id).where(_reversal.reverses_id == Movement.id).scalar_subquery()
"""The id of the reversal of a document, where there is one."""

ARRIVED_BY = (
    select(func.max(_arrival.id))
    .where(_arrival.transfer_id == Movement.id)
    .where(~exists().where(_undoing.reverses_id == _arrival.id))
    .scalar_subquery()
)
"""The id of the arrival of a transfer that has not been reversed, where there is one."""

VERSION = (
    1
    + select(func.count(_later.id))
    .where(or_(_later.reverses_id == Movement.id, _later.transfer_id == Movement.id))
    .scalar_subquery()
)
"""A document itself never changes; what is shown of it does, once for each later document that names it."""

UPDATED = func.coalesce(
    select(func.max(_last.recorded_at))
    .where(or_(_last.reverses_id == Movement.id, _last.transfer_id == Movement.id))
    .scalar_subquery(),
    Movement.recorded_at,
)
"""When what is shown of a document changed last."""

DOCUMENT_QUANTITY = type_coerce(
    type_coerce(MovementLine.quantity, BigInteger)
    * case((Movement.kind.in_([kind for kind, sign in SIGNS.items() if sign < 0]), -1), else_=1),
    QuantityType,
)
"""A line's quantity as its document says it: how many were sold, not what that did to the level."""

refusals["uq_movements_reverses_id"] = errors.AlreadyReversed
