"""Stock: what stands where, one row a store and item."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_

from common.access import Role
from common.fields import Boolean, Id
from common.http import Field, Link, Resource, Shape
from common.http.searching import Searchable, searchables
from common.quantities import money_wire
from models import search
from models.item import Item
from models.level import AVERAGE, Level
from models.listing import BELOW_REORDER, Listing

searchables["stock"] = Searchable(search.expression, search.match, Level.item_id)

STOCK = Shape(
    Level,
    "/stock",
    [
        Field("store_id", filters=True, rule=Id(), sort=Level.store_id, expand="stores"),
        Field("item_id", filters=True, rule=Id(), sort=Level.item_id, expand="items"),
        Field("sku", column=Item.sku, sort=Item.sku_key),
        Field("name", column=Item.name, sort=Item.name_key),
        Field("category_id", column=Item.category_id, filters=True, rule=Id(), hidden=True),
        Field("on_hand", filters=True, sort=Level.on_hand),
        Field("in_transit", filters=True),
        Field("average_cost", column=AVERAGE, wire=money_wire, role=Role.MANAGER),
        Field("value", role=Role.MANAGER),
        Field("reorder_point", column=Listing.reorder_point),
        Field("below_reorder", column=BELOW_REORDER, filters=True, rule=Boolean(), nullable=False),
        Field("updated_at", sort=True, filters=True),
    ],
    key=Level.id,
    version=None,
    joins=[
        (Item, Item.id == Level.item_id, False),
        (Listing, and_(Listing.store_id == Level.store_id, Listing.item_id == Level.item_id), True),
    ],
    search="stock",
    links=[
        Link("store", "/stores/%(store_id)d"),
        Link("item", "/items/%(item_id)d"),
        Link("movement_lines", "/movement-lines?store_id=%(store_id)d&item_id=%(item_id)d"),
    ],
)


class StockList(Resource):
    """Levels."""

    shape = STOCK
    roles = {"get": Role.VIEWER}

    def get(self) -> Select[Any]:
        """List what stands in the stores."""
        return Level.visible_to(self.caller)
