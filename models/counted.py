"""What was counted of each item in a stocktake: tallies, and what they come to.

1. A tally is never changed or deleted; a recount leaves it and lets it count no more (`superseded`).
2. A row per item keeps what its living tallies come to, and the level at the first and the last of them, read while
   nobody could move it. `check` holds both against the tallies.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Select,
    UniqueConstraint,
    and_,
    case,
    column,
    func,
    literal_column,
    select,
    table,
    type_coerce,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import clock
from common.access import Caller
from common.database import db
from common.types import QuantityType, Timestamp
from models.item import Item
from models.row import ID


class Tally(db.Model):
    """What somebody counted of an item at one place, or took back from a tally that was wrong (below zero)."""

    __tablename__ = "tallies"
    __table_args__ = (Index("ix_tallies_count_id_item_id_id", "count_id", "item_id", "id"),)
    title = "tally"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    count_id: Mapped[int] = mapped_column(ForeignKey("counts.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    quantity: Mapped[Decimal] = mapped_column(QuantityType)
    counted: Mapped[Decimal] = mapped_column(QuantityType)
    on_hand: Mapped[Decimal] = mapped_column(QuantityType)
    superseded: Mapped[bool] = mapped_column(Boolean, default=False)
    tallied_at: Mapped[datetime] = mapped_column(Timestamp, default=clock.now)
    tallied_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the tallies of stocktakes in the stores that exist for the caller."""
        counts = table("counts", column("id"), column("store_id"))
        if caller.sees_only is None:
            return select(cls)
        seen = select(counts.c.id).where(counts.c.store_id.in_(sorted(caller.sees_only)))
        return select(cls).where(cls.count_id.in_(seen))

    @property
    def version(self) -> int:
        """1, and 2 once it counts no more."""
        return 2 if self.superseded else 1

    @property
    def updated_at(self) -> datetime:
        """When it was tallied; that it counts no more is told by its version."""
        return self.tallied_at


class CountItem(db.Model):
    """One item of a stocktake: `listed` at its opening, or counted since.

    `counted` is null until it was tallied, and again from the moment that a recount is wanted. `on_hand_first` and
    `on_hand_last` are its level at the first and the last living tally; of an item without one, the level at opening.
    `line_last` is the last line of the ledger that the last tally saw; before there is one, that the opening saw.
    """

    __tablename__ = "count_items"
    __table_args__ = (
        UniqueConstraint("count_id", "item_id", name="uq_count_items_count_id_item_id"),
        CheckConstraint("counted IS NULL OR counted >= 0", name="counted_not_below_zero"),
    )
    title = "counted item"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    count_id: Mapped[int] = mapped_column(ForeignKey("counts.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    listed: Mapped[bool] = mapped_column(Boolean, default=False)
    counted: Mapped[Decimal | None] = mapped_column(QuantityType)
    on_hand_first: Mapped[Decimal] = mapped_column(QuantityType)
    on_hand_last: Mapped[Decimal] = mapped_column(QuantityType)
    line_last: Mapped[int] = mapped_column(ID, default=0)
    moved_between: Mapped[bool] = mapped_column(Boolean, default=False)
    tallies: Mapped[int] = mapped_column(Integer, default=0)
    recounts: Mapped[int] = mapped_column(Integer, default=0)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(Timestamp, default=clock.now, onupdate=clock.now)

    @classmethod
    def between(cls, session: Session, count: Any, item: Any) -> CountItem | None:
        """Return what a stocktake knows of an item; None where it was neither listed nor counted."""
        return session.scalar(select(cls).where(cls.count_id == count.id, cls.item_id == item.id))

    @property
    def difference(self) -> Decimal:
        """What is there more than the level said at the last tally; of what nobody counted, that nothing is there."""
        return (self.counted or Decimal(0)) - self.on_hand_last


TALLY_VERSION = case((Tally.superseded, 2), else_=1)


def _units(column: Any) -> Any:
    return type_coerce(column, BigInteger)


def _once_counted(expression: Any) -> Any:
    return type_coerce(case((CountItem.counted.is_not(None), expression)), QuantityType)


EXPECTED = _once_counted(_units(CountItem.on_hand_last))
"""What the level said at the last tally; null until there is one, as are the next two."""
DIFFERENCE = _once_counted(_units(CountItem.counted) - _units(CountItem.on_hand_last))
MOVED = _once_counted(_units(CountItem.on_hand_last) - _units(CountItem.on_hand_first))
"""By how much the level moved between the first tally and the last."""
AWAITS_RECOUNT = and_(CountItem.counted.is_(None), CountItem.recounts > 0)


def _number_of(*which: Any) -> Any:
    """Return how many items of the stocktake that a row is (of the table `counts`) there are."""
    here = select(func.count(CountItem.id)).where(CountItem.count_id == literal_column("counts.id"), *which)
    return here.scalar_subquery()


LISTED = _number_of()
"""How many items it has: what stood there at its opening, and what was counted besides."""
COUNTED = _number_of(CountItem.counted.is_not(None))
TALLIED = (
    select(func.max(CountItem.updated_at)).where(CountItem.count_id == literal_column("counts.id")).scalar_subquery()
)
"""When one of its items was tallied last, or was to be counted again."""
RENAMED = select(Item.updated_at).where(Item.id == CountItem.item_id).scalar_subquery()
TALLY_RENAMED = select(Item.updated_at).where(Item.id == Tally.item_id).scalar_subquery()
"""When the item that is shown by its code and name of today changed last."""
