"""What stands in a store: the balances that the ledger keeps. Written by models/ledger.py alone.

1. `on_hand` and `in_transit` are the sums of the ledger's lines of their place, `value` and `transit_value` likewise.
2. `on_hand` is never below zero where the store forbids it (trigger `levels_not_below_zero`).
3. The average cost is value over on_hand; it is not kept.
4. `updated_at` never goes back: it is when the last line counts from (models/movement.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, case, type_coerce
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.database import db
from common.types import Milliseconds, MoneyType, QuantityType, Timestamp, ValueType
from models.row import ID, InStore


class Level(InStore, db.Model):
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
    # From when on it stands in lists. Null only within the transaction that records its first line.
    created_at: Mapped[datetime | None] = mapped_column(Milliseconds)
    updated_at: Mapped[datetime] = mapped_column(Timestamp, default=clock.now)


def average(on_hand: Any, value: Any) -> Any:
    """Return the average cost of what is on hand, rounded for show; null where nothing is."""
    units, worth = type_coerce(on_hand, BigInteger), type_coerce(value, BigInteger)
    rest = worth % units
    rounded = quotient(worth, units) + case((rest >= units - rest, 1), else_=0)
    return type_coerce(case((units > 0, rounded), else_=None), MoneyType)


def quotient(number: Any, by: Any) -> Any:
    """Return how many whole times a number holds another, towards zero, alike on every engine.

    MariaDB divides to four decimals, rounds these, and SQLAlchemy takes the floor of that: 0.99999 would be 1, and
    -1.5 be -2. What has no rest leaves it nothing to round.
    """
    return (number - number % by) // by


AVERAGE = average(Level.on_hand, Level.value)
