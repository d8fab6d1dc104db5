"""What stands in a store: the balances that the ledger keeps. Written by models/ledger.py alone.

1. `on_hand` and `in_transit` are the sums of the ledger's lines of their place, `value` and `transit_value` likewise.
2. `on_hand` is never below zero where the store forbids it (trigger `levels_not_below_zero`).
3. The average cost is value over on_hand; it is not kept.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Select, UniqueConstraint, case, type_coerce
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.access import Caller
from common.database import db
from common.types import MoneyType, QuantityType, Timestamp, ValueType
from models.row import ID, everything, within


class Level(db.Model):
    """One item in one store; in transit means on the way to it. Units as in models/plan.py."""

    __tablename__ = "levels"
    __table_args__ = (
        UniqueConstraint("store_id", "item_id", name="uq_levels_store_id_item_id"),
        CheckConstraint("in_transit >= 0", name="in_transit_not_below_zero"),
        CheckConstraint("on_hand <> 0 OR value = 0", name="nothing_is_worth_nothing"),
        Index("ix_levels_item_id", "item_id"),
    )
    title = "level"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    on_hand: Mapped[Any] = mapped_column(QuantityType, default=0)
    in_transit: Mapped[Any] = mapped_column(QuantityType, default=0)
    value: Mapped[Any] = mapped_column(ValueType, default=0)
    transit_value: Mapped[Any] = mapped_column(ValueType, default=0)
    last_cost: Mapped[int | None] = mapped_column(BigInteger)
    updated_at: Mapped[datetime] = mapped_column(Timestamp, default=clock.now)

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return all levels, or those of the caller's stores where others' stock does not exist for them."""
        return everything(cls) if caller.sees_only is None else within(cls.store_id, caller.sees_only)


_value, _on_hand = type_coerce(Level.value, BigInteger), type_coerce(Level.on_hand, BigInteger)
_rest = _value % _on_hand
AVERAGE = type_coerce(
    case((_on_hand > 0, _value // _on_hand + case((_rest >= _on_hand - _rest, 1), else_=0)), else_=None), MoneyType
)
"""The average cost of what is on hand, rounded for show; null where nothing is."""
