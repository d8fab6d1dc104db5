"""How reports are shown."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func

from common.access import Role
from common.fields import Choice
from common.http import Field, Link, Shape
from common.http.conditions import given
from models.category import Category
from models.item import Item
from models.movement import KINDS
from models.reports import shrinkage
from models.reports.balances import DayBalance
from models.reports.low_stock import LowStock
from models.reports.movements import MovementSum
from models.reports.shrinkage import Shrinkage
from models.reports.slow_movers import SlowMover
from models.reports.valuation import Valuation
from models.store import Store


def _keys(rows: Any) -> dict[str, Any]:
    """Return what rows are told apart by, never null, so that they can be sorted by it."""
    return {c.name: func.coalesce(c, "" if c.name in {"day", "kind", "reason"} else 0) for c in rows.c}


def _links(*nouns: str) -> list[Link]:
    paths = {"store": "/stores/%(store_id)d", "category": "/categories/%(category_id)d", "item": "/items/%(item_id)d"}
    return [Link(noun, paths[noun], when=given(f"{noun}_id")) for noun in nouns]


_VALUED, _VALUED_BY = Valuation.rows.c, _keys(Valuation.rows)

VALUATION = Shape(
    Valuation,
    "/reports/valuation",
    [
        Field("store_id", column=_VALUED.store_id, sort=_VALUED_BY["store_id"]),
        Field("store", column=Store.code),
        Field("category_id", column=_VALUED.category_id, sort=_VALUED_BY["category_id"]),
        Field("category", column=Category.path),
        Field("item_id", column=_VALUED.item_id, sort=_VALUED_BY["item_id"]),
        Field("sku", column=Item.sku),
        Field("name", column=Item.name),
        Field("levels", column=_VALUED.levels, nullable=False),
        Field("on_hand", column=_VALUED.on_hand, sort=_VALUED.on_hand, nullable=False),
        Field("in_transit", column=_VALUED.in_transit, nullable=False),
        Field("value", column=_VALUED.value, sort=_VALUED.value, nullable=False),
        Field("transit_value", column=_VALUED.transit_value, nullable=False),
    ],
    key=tuple(_VALUED_BY[name] for name in ("store_id", "category_id", "item_id")),
    version=None,
    computed=True,
    joins=[
        (Store, Store.id == _VALUED.store_id, True),
        (Category, Category.id == _VALUED.category_id, True),
        (Item, Item.id == _VALUED.item_id, True),
    ],
    links=_links("store", "category", "item"),
)

_MOVED, _MOVED_BY = MovementSum.rows.c, _keys(MovementSum.rows)
_DAY = {"type": "string", "format": "date"}

MOVEMENT_SUMS = Shape(
    MovementSum,
    "/reports/movements",
    [
        Field("day", column=_MOVED.day, sort=_MOVED_BY["day"], schema=_DAY),
        Field("store_id", column=_MOVED.store_id, sort=_MOVED_BY["store_id"]),
        Field("store", column=Store.code),
        Field("item_id", column=_MOVED.item_id, sort=_MOVED_BY["item_id"]),
        Field("sku", column=Item.sku),
        Field("name", column=Item.name),
        Field("kind", column=_MOVED.kind, sort=_MOVED_BY["kind"], rule=Choice(*KINDS)),
        Field("quantity_in", column=_MOVED.quantity_in, sort=_MOVED.quantity_in, nullable=False),
        Field("quantity_out", column=_MOVED.quantity_out, sort=_MOVED.quantity_out, nullable=False),
        Field("value_in", column=_MOVED.value_in, role=Role.MANAGER, nullable=False),
        Field("value_out", column=_MOVED.value_out, role=Role.MANAGER, nullable=False),
        Field("documents", column=_MOVED.documents, nullable=False),
    ],
    key=tuple(_MOVED_BY[name] for name in ("day", "store_id", "item_id", "kind")),
    version=None,
    computed=True,
    joins=[(Store, Store.id == _MOVED.store_id, True), (Item, Item.id == _MOVED.item_id, True)],
    links=_links("store", "item"),
)

_SHRUNK, _SHRUNK_BY = Shrinkage.rows.c, _keys(Shrinkage.rows)

SHRINKAGE = Shape(
    Shrinkage,
    "/reports/shrinkage",
    [
        Field("store_id", column=_SHRUNK.store_id, sort=_SHRUNK_BY["store_id"]),
        Field("store", column=Store.code),
        Field("kind", column=_SHRUNK.kind, sort=_SHRUNK_BY["kind"], rule=Choice(*shrinkage.KINDS)),
        Field("reason", column=_SHRUNK.reason, sort=_SHRUNK_BY["reason"]),
        Field("lost_quantity", column=_SHRUNK.lost_quantity, nullable=False),
        Field("lost_value", column=_SHRUNK.lost_value, sort=_SHRUNK.lost_value, nullable=False),
        Field("found_quantity", column=_SHRUNK.found_quantity, nullable=False),
        Field("found_value", column=_SHRUNK.found_value, nullable=False),
        Field("net_value", column=_SHRUNK.net_value, sort=_SHRUNK.net_value, nullable=False),
        Field("documents", column=_SHRUNK.documents, nullable=False),
    ],
    key=tuple(_SHRUNK_BY[name] for name in ("store_id", "kind", "reason")),
    version=None,
    computed=True,
    joins=[(Store, Store.id == _SHRUNK.store_id, True)],
    links=_links("store"),
)

_SLOW, _SLOW_BY = SlowMover.rows.c, _keys(SlowMover.rows)

SLOW_MOVERS = Shape(
    SlowMover,
    "/reports/slow-movers",
    [
        Field("store_id", column=_SLOW.store_id, sort=_SLOW_BY["store_id"]),
        Field("store", column=Store.code),
        Field("item_id", column=_SLOW.item_id, sort=_SLOW_BY["item_id"], nullable=False),
        Field("sku", column=Item.sku, nullable=False),
        Field("name", column=Item.name, nullable=False),
        Field("on_hand", column=_SLOW.on_hand, sort=_SLOW.on_hand, nullable=False),
        Field("value", column=_SLOW.value, role=Role.MANAGER, sort=_SLOW.value, nullable=False),
        Field("last_sold_at", column=_SLOW.last_sold_at),
    ],
    key=tuple(_SLOW_BY[name] for name in ("store_id", "item_id")),
    version=None,
    computed=True,
    joins=[(Store, Store.id == _SLOW.store_id, True), (Item, Item.id == _SLOW.item_id, False)],
    links=_links("store", "item"),
)

_LOW, _LOW_BY = LowStock.rows.c, _keys(LowStock.rows)

LOW_STOCK = Shape(
    LowStock,
    "/reports/low-stock",
    [
        Field("store_id", column=_LOW.store_id, sort=_LOW_BY["store_id"], nullable=False),
        Field("store", column=Store.code, nullable=False),
        Field("item_id", column=_LOW.item_id, sort=_LOW_BY["item_id"], nullable=False),
        Field("sku", column=Item.sku, nullable=False),
        Field("name", column=Item.name, nullable=False),
        Field("on_hand", column=_LOW.on_hand, sort=_LOW.on_hand, nullable=False),
        *(Field(name, column=_LOW[name], nullable=False) for name in ("in_transit", "on_order", "drafted")),
        Field("reorder_point", column=_LOW.reorder_point, nullable=False),
        Field("reorder_to", column=_LOW.reorder_to),
        Field("wanted", column=_LOW.wanted, sort=_LOW.wanted, nullable=False),
    ],
    key=tuple(_LOW_BY[name] for name in ("store_id", "item_id")),
    version=None,
    computed=True,
    joins=[(Store, Store.id == _LOW.store_id, False), (Item, Item.id == _LOW.item_id, False)],
    links=_links("store", "item"),
)

_ENDED = DayBalance.rows.c

DAY_BALANCES = Shape(
    DayBalance,
    "/reports/balances",
    [
        Field("day", column=_ENDED.day, sort=_ENDED.day, nullable=False),
        Field("levels", column=_ENDED.levels, nullable=False),
        Field("on_hand", column=_ENDED.on_hand, nullable=False),
        Field("value", column=_ENDED.value, role=Role.MANAGER, nullable=False),
    ],
    key=_ENDED.day,
    default_sort="day",
    version=None,
    computed=True,
)
