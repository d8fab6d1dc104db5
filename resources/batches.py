"""Batches in stock: what stands of each where, and what expires."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func

from common import clock
from common.access import Role
from common.fields import Integer
from common.http import Field, Link, Shape
from common.http.asked import Asked
from common.http.report import NARROWED, Report
from common.http.searching import Searchable, searchables
from models import search
from models.item import Item
from models.reports import batches
from models.reports.batches import BatchStock
from models.store import Store

LONGEST_DAYS = 3650
_ROWS = BatchStock.rows.c
searchables["batches"] = Searchable(search.expression, search.match, _ROWS.item_id)


def _shape(path: str, called: str, *more: Field, default_sort: str) -> Shape:
    return Shape(
        BatchStock,
        path,
        [
            Field("store_id", column=_ROWS.store_id, sort=_ROWS.store_id, nullable=False),
            Field("store", column=Store.code, nullable=False),
            Field("item_id", column=_ROWS.item_id, sort=_ROWS.item_id, nullable=False),
            Field("sku", column=Item.sku, nullable=False),
            Field("name", column=Item.name, nullable=False),
            Field("lot", column=_ROWS.lot),
            Field(
                "expires_on",
                column=_ROWS.expires_on,
                sort=func.coalesce(_ROWS.expires_on, "9999-99-99"),  # what never expires comes last
                schema={"type": "string", "format": "date"},
            ),
            Field("days_left", column=_ROWS.days_left),
            Field("on_hand", column=_ROWS.on_hand, sort=_ROWS.on_hand, nullable=False),
            *more,
            Field("value", column=_ROWS.value, role=Role.MANAGER, nullable=False),
        ],
        key=(_ROWS.store_id, _ROWS.item_id, _ROWS.batch_id),
        version=None,
        computed=True,
        called=called,
        search="batches",
        default_sort=default_sort,
        joins=[(Store, Store.id == _ROWS.store_id, False), (Item, Item.id == _ROWS.item_id, False)],
        links=[
            Link("store", "/stores/%(store_id)d"),
            Link("item", "/items/%(item_id)d"),
            Link("stock", "/stock?store_id=%(store_id)d&item_id=%(item_id)d"),
        ],
    )


BATCHES = _shape(
    "/stock/batches",
    "StockBatch",
    Field("in_transit", column=_ROWS.in_transit, nullable=False),
    default_sort="expires_on",
)
EXPIRING = _shape("/stock/expiring", "ExpiringBatch", default_sort="expires_on")


class BatchList(Report):
    """Batches of the items that track them: what stands of each in a store, and what is on its way there.

    `days_left` counts from the store's own day, and is below zero for what has expired.
    """

    shape = BATCHES
    roles = {"get": Role.VIEWER}
    asks = NARROWED

    def get(self, asked: dict[str, Any]) -> Select[Any]:
        """List the batches that are in stock or on their way, what expires first at the top."""
        return batches.standing(self.connection, self.caller, clock.now(), asked)


class ExpiringList(Report):
    """Batches on the shelf that expire soon or have expired, by each store's own day."""

    shape = EXPIRING
    roles = {"get": Role.VIEWER}
    asks = {
        **NARROWED,
        "within": Asked(Integer(0, LONGEST_DAYS), "What expires within so many days, or has expired.", 30),
    }

    def get(self, asked: dict[str, Any]) -> Select[Any]:
        """List what expires, the first at the top."""
        return batches.expiring(self.connection, self.caller, clock.now(), asked)
