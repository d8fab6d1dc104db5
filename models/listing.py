"""How a store lists an item: its own price and when to reorder, where they differ from the item's.

1. One listing a store and item.
2. `reorder_to` is not below `reorder_point`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from sqlalchemy import ForeignKey, Index, Select, UniqueConstraint, case, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.database import db, refusals
from common.errors import FieldError
from common.types import MoneyType, QuantityType
from models.item import Item
from models.level import Level
from models.row import Row
from models.store import Store


class Listing(Row, db.Model):
    """One item as one store sells it. Quantities are in the item's unit."""

    __tablename__ = "listings"
    __table_args__ = (
        UniqueConstraint("store_id", "item_id", name="uq_listings_store_id_item_id"),
        Index("ix_listings_item_id", "item_id"),
    )
    title = "listing"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    price: Mapped[Decimal | None] = mapped_column(MoneyType)
    reorder_point: Mapped[Decimal | None] = mapped_column(QuantityType)
    reorder_to: Mapped[Decimal | None] = mapped_column(QuantityType)

    @classmethod
    def of(cls, store: Store) -> Select[Any]:
        """Return the listings of a store."""
        return select(cls).where(cls.store_id == store.id)

    @classmethod
    def put(cls, session: Session, store: Store, item: Item, **fields: Any) -> Self:
        """List the item in the store, or replace how it is listed."""
        store.ensure_live()
        item.ensure_live()
        of_both = select(cls).where(cls.store_id == store.id, cls.item_id == item.id)
        listing = session.scalar(of_both) or cls(store_id=store.id, item_id=item.id)
        listing.assign(fields)
        session.add(listing)
        if listing.reorder_to is not None and listing.reorder_to < (listing.reorder_point or 0):
            message = "What to fill up to cannot be less than where to reorder."
            raise errors.Invalid(message, errors=[FieldError("reorder_to", "too_small", message)])
        return listing


# Two who listed it first at the same moment: one of them has to look again.
refusals["uq_listings_store_id_item_id"] = lambda: errors.Stale("Somebody listed it at the same moment.")

BELOW_REORDER = case((Listing.reorder_point.is_(None), false()), else_=Level.on_hand <= Listing.reorder_point)
"""Whether it is time to reorder: the level is at the reorder point or below; never where none is set."""
