"""How a store lists an item: its own price and when to reorder, where they differ from the item's.

1. One listing a store and item.
2. `reorder_to` is not below `reorder_point`; of an item counted in whole pieces both are whole.
3. What is listed has a level, of zero where nothing ever moved, so that stock shows when to reorder it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from sqlalchemy import ForeignKey, Index, UniqueConstraint, case, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.database import db, refusals
from common.errors import FieldError
from common.types import MoneyType, QuantityType
from models.item import NOT_WHOLE, Item, is_fraction
from models.ledger import open_level
from models.level import Level
from models.per_item import PerItem
from models.row import InStore
from models.store import Store


class Listing(InStore, PerItem, db.Model):
    """One item as one store sells it. Quantities are in the item's unit."""

    __tablename__ = "listings"
    __table_args__ = (
        UniqueConstraint("store_id", "item_id", name="uq_listings_store_id_item_id"),
        Index("ix_listings_item_id", "item_id"),
    )
    title = "listing"
    owner = "store_id"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    price: Mapped[Decimal | None] = mapped_column(MoneyType)
    reorder_point: Mapped[Decimal | None] = mapped_column(QuantityType)
    reorder_to: Mapped[Decimal | None] = mapped_column(QuantityType)

    @classmethod
    def put(cls, session: Session, store: Store, item: Item, **fields: Any) -> Self:
        """List the item in the store, or replace how it is listed."""
        store.ensure_live()
        item.ensure_live()
        listing = cls.between(session, store, item) or cls(store_id=store.id, item_id=item.id)
        listing.assign(fields)
        session.add(listing)
        if listing.reorder_to is not None and listing.reorder_to < (listing.reorder_point or 0):
            message = "What to fill up to cannot be less than where to reorder."
            raise errors.Invalid(message, errors=[FieldError("reorder_to", "too_small", message)])
        _refuse_fractions(session, listing)
        open_level(session, store.id, item.id)
        return listing


def _refuse_fractions(session: Session, listing: Listing) -> None:
    # The unit as it is now; it stays until this listing stands (models/item.py, refuse_unit).
    unit = session.scalar(select(Item.unit).where(Item.id == listing.item_id).with_for_update(read=True))
    levels = {"reorder_point": listing.reorder_point, "reorder_to": listing.reorder_to}
    bad = [name for name, level in levels.items() if level is not None and is_fraction(unit or "", level)]
    if bad:
        raise errors.Invalid(NOT_WHOLE[1], errors=[FieldError(name, *NOT_WHOLE) for name in bad])


# Two who listed it first at the same moment: one of them has to look again.
refusals["uq_listings_store_id_item_id"] = lambda: errors.Stale("Somebody listed it at the same moment.")


def below_reorder(on_hand: Any) -> Any:
    """Return whether it is time to reorder: the level is at the reorder point or below; never where none is set."""
    return case((Listing.reorder_point.is_(None), false()), else_=on_hand <= Listing.reorder_point)


BELOW_REORDER = below_reorder(Level.on_hand)
