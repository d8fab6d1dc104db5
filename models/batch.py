"""Batches: goods of an item that share a lot, a day of expiry or both, and how much of each stands where.

1. A batch is of one item, which has no other of the same lot (case aside) and day; one of the two is named at least.
   The first document that names it makes it, and it stays (the triggers `…_append_only`).
2. `on_hand` and `in_transit` of a batch in a store are the sums of what lines of that place moved of it, never below
   zero. All batches of a level together are never more than the level has; what they leave of it is without a lot.
3. Written by the ledger alone (models/ledger_batches.py), under the lock of the level that they are part of.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.database import db
from common.types import QuantityType
from models.row import ID, InStore
from models.text import key

LOT_LENGTH = 50


class Batch(db.Model):
    """A lot of an item, a day on which goods of it expire (as text, 2026-11-30, which sorts as days do), or both."""

    __tablename__ = "batches"
    __table_args__ = (
        UniqueConstraint("item_id", "batch_key", name="uq_batches_item_id_batch_key"),
        CheckConstraint("lot IS NOT NULL OR expires_on IS NOT NULL", name="named"),
        Index("ix_batches_item_id_lot_key", "item_id", "lot_key"),
    )
    title = "batch"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    lot: Mapped[str | None] = mapped_column(String(LOT_LENGTH))
    lot_key: Mapped[str] = mapped_column(String(3 * LOT_LENGTH))
    expires_on: Mapped[str | None] = mapped_column(String(10))
    batch_key: Mapped[str] = mapped_column(String(3 * LOT_LENGTH + 11))


class BatchLevel(InStore, db.Model):
    """How much of a batch stands in a store and is on its way there; without a row, nothing."""

    __tablename__ = "batch_levels"
    __table_args__ = (
        UniqueConstraint("store_id", "item_id", "batch_id", name="uq_batch_levels_store_id_item_id_batch_id"),
        CheckConstraint("on_hand >= 0", name="on_hand_not_below_zero"),
        CheckConstraint("in_transit >= 0", name="in_transit_not_below_zero"),
        # A document looks at what stands there, however many batches of the item came and went.
        Index("ix_batch_levels_store_id_item_id_on_hand", "store_id", "item_id", "on_hand"),
        Index("ix_batch_levels_item_id", "item_id"),
        Index("ix_batch_levels_batch_id", "batch_id"),
    )
    title = "level of a batch"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    on_hand: Mapped[Decimal] = mapped_column(QuantityType, default=0)
    in_transit: Mapped[Decimal] = mapped_column(QuantityType, default=0)


class BatchMove(db.Model):
    """How much of a batch a line of the ledger moved, signed as the line is, and never more than the line."""

    __tablename__ = "batch_moves"
    __table_args__ = (
        CheckConstraint("quantity <> 0", name="moves_something"),
        Index("ix_batch_moves_movement_line_id", "movement_line_id"),
        Index("ix_batch_moves_batch_id", "batch_id"),
    )
    title = "move of a batch"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    movement_line_id: Mapped[int] = mapped_column(ForeignKey("movement_lines.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    quantity: Mapped[Decimal] = mapped_column(QuantityType)


def lot_key(lot: str | None) -> str:
    """Return the form under which two spellings of a lot are the same; that of no lot is empty."""
    return "" if lot is None else key(lot)


def batch_key(lot: str | None, expires_on: str | None) -> str:
    """Return what tells a batch of an item from every other."""
    return f"{expires_on or ''} {lot_key(lot)}"
