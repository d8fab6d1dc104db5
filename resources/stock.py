"""Stock: what stands where, one row a store and item."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, true

from common.access import Role
from common.fields import Boolean, Id, Timestamp
from common.http import Field, Link, Resource, Shape
from common.http.asked import Asked
from common.http.searching import Searchable, searchables
from common.http.shapes import AT
from common.quantities import money_wire
from models import levels_at, search
from models.item import Item
from models.level import AVERAGE, Level
from models.listing import BELOW_REORDER, Listing, below_reorder

searchables["stock"] = Searchable(search.expression, search.match, Level.item_id)


def _stock(told: dict[str, Any], sought: dict[str, Any], *, there: Any, late: Any = ()) -> Shape:
    """Return the shape of the levels that are `there`: what is told of them, and what filters and orders look at."""
    of_both = and_(Listing.store_id == Level.store_id, Listing.item_id == Level.item_id)
    balance = {
        name: {"column": told[name], "by": sought[name], "filters": True, "nullable": False}
        for name in ("on_hand", "in_transit", "below_reorder", "updated_at")
    }
    return Shape(
        Level,
        "/stock",
        [
            Field("store_id", filters=True, rule=Id(), sort=Level.store_id, expand="stores"),
            Field("item_id", filters=True, rule=Id(), sort=Level.item_id, expand="items"),
            Field("sku", column=Item.sku, sort=Item.sku_key),
            Field("name", column=Item.name, sort=Item.name_key),
            Field("category_id", column=Item.category_id, filters=True, rule=Id(), hidden=True),
            Field("on_hand", sort=sought["on_hand"], **balance["on_hand"]),
            Field("in_transit", **balance["in_transit"]),
            Field("average_cost", column=told["average_cost"], wire=money_wire, role=Role.MANAGER),
            Field("value", column=told["value"], role=Role.MANAGER, nullable=False),
            Field("reorder_point", column=Listing.reorder_point),
            Field("below_reorder", rule=Boolean(), **balance["below_reorder"]),
            Field("updated_at", sort=sought["updated_at"], **balance["updated_at"]),
        ],
        key=Level.id,
        version=None,
        joins=[(Item, and_(Item.id == Level.item_id, there), False), (Listing, of_both, True)],
        late=late,
        search="stock",
        links=[
            Link("store", "/stores/%(store_id)d"),
            Link("item", "/items/%(item_id)d"),
            Link("movement_lines", "/movement-lines?store_id=%(store_id)d&item_id=%(item_id)d"),
        ],
    )


_NOW = {
    "on_hand": Level.on_hand,
    "in_transit": Level.in_transit,
    "average_cost": AVERAGE,
    "value": Level.value,
    "below_reorder": BELOW_REORDER,
    "updated_at": Level.updated_at,
}
_THEN = {
    "on_hand": levels_at.ON_HAND_THEN,
    "in_transit": levels_at.IN_TRANSIT_THEN,
    "average_cost": levels_at.AVERAGE_THEN,
    "value": levels_at.VALUE_THEN,
    "below_reorder": below_reorder(levels_at.ON_HAND_THEN),
    "updated_at": levels_at.UPDATED_THEN,
}
_SOUGHT = {
    "on_hand": levels_at.ON_HAND_SOUGHT,
    "in_transit": levels_at.IN_TRANSIT_SOUGHT,
    "below_reorder": below_reorder(levels_at.ON_HAND_SOUGHT),
    "updated_at": levels_at.UPDATED_SOUGHT,
}
STOCK = _stock(_NOW, _NOW, there=true())
STOCK.then = _stock(_THEN, _SOUGHT, there=levels_at.THERE, late=[(*line, True) for line in levels_at.LINES])


class StockList(Resource):
    """Levels."""

    shape = STOCK
    roles = {"get": Role.VIEWER}
    asks = {AT: Asked(Timestamp(future=False), "As it stood at this time, which is not in the future.")}

    def get(self) -> Select[Any]:
        """List what stands in the stores, or what stood there at a time (`at`)."""
        return Level.visible_to(self.caller)
