"""What is at its reorder point or below, and what is already on its way.

`wanted` is what is missing up to where the listing fills up to (its reorder point where it says nothing else), once
all that is in transit, on order and drafted has come.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Select, and_, case, func, select, type_coerce

from common.access import Caller
from common.types import QuantityType
from models.item import Item
from models.level import Level
from models.listing import BELOW_REORDER, Listing
from models.reports import among, named, result, seen, units
from models.reports.buying import on_order
from models.store import Store

_QUANTITIES = ("on_hand", "in_transit", "on_order", "drafted", "reorder_point", "reorder_to", "wanted")


class LowStock:
    """The rows of this report."""

    __tablename__ = "low_stock"
    rows = result(
        __tablename__,
        store_id=BigInteger(),
        item_id=BigInteger(),
        **dict.fromkeys(_QUANTITIES, QuantityType()),
    )


def low_stock(caller: Caller, asked: dict[str, Any]) -> Select[Any]:
    """Return the levels at or below their reorder point, of live items in live stores."""
    ordered = on_order()
    coming = {name: func.coalesce(ordered.c[name], 0) for name in ("on_order", "drafted")}
    target = func.coalesce(units(Listing.reorder_to), units(Listing.reorder_point))
    missing = target - units(Level.on_hand) - units(Level.in_transit) - coming["on_order"] - coming["drafted"]
    statement: Select[Any] = (
        select(
            Level.store_id,
            Level.item_id,
            Level.on_hand,
            Level.in_transit,
            *(type_coerce(column, QuantityType).label(name) for name, column in coming.items()),
            Listing.reorder_point,
            Listing.reorder_to,
            type_coerce(case((missing > 0, missing), else_=0), QuantityType).label("wanted"),
        )
        .join(Listing, and_(Listing.store_id == Level.store_id, Listing.item_id == Level.item_id))
        .join(Item, and_(Item.id == Level.item_id, Item.archived_at.is_(None)))
        .join(Store, and_(Store.id == Level.store_id, Store.archived_at.is_(None)))
        .outerjoin(ordered, and_(ordered.c.store_id == Level.store_id, ordered.c.item_id == Level.item_id))
        .where(BELOW_REORDER)
    )
    statement = seen(caller, statement, Level.store_id)
    for name, column in (
        ("store_id", Level.store_id),
        ("item_id", Level.item_id),
        ("category_id", Item.category_id),
    ):
        statement = among(statement, column, asked[name])
    return named(LowStock.rows, statement)
