"""Items of the catalogue, and the way to them by barcode."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func

from common.access import Role
from common.fields import Boolean, Id
from common.http import Field, Link, Resource, Shape, reqparse
from common.http.conditions import ARCHIVED, LIVE, given
from common.http.searching import Searchable, searchables
from models import rules, search
from models.item import Item
from models.text import Keyed

NEW = reqparse.RequestParser()
NEW.add_argument("sku", type=rules.ITEM["sku"], required=True)
NEW.add_argument("name", type=rules.ITEM["name"], required=True)
NEW.add_argument("description", type=rules.ITEM["description"], nullable=True)
NEW.add_argument("category_id", type=rules.ITEM["category_id"], nullable=True)
NEW.add_argument("unit", type=rules.ITEM["unit"], default="each")
NEW.add_argument("price", type=rules.ITEM["price"], nullable=True)
NEW.add_argument("cost", type=rules.ITEM["cost"], nullable=True)
NEW.add_argument("tax_rate", type=rules.ITEM["tax_rate"], nullable=True)
NEW.add_argument("barcodes", type=rules.ITEM["barcodes"], default=[])
NEW.add_argument("attributes", type=rules.ITEM["attributes"], default={})
NEW.add_argument("packs", type=rules.ITEM_PACKS, default=[])
NEW.add_argument("group_id", type=Id(), nullable=True)
NEW.add_argument("options", type=rules.ITEM_OPTIONS, default={})
NEW.add_argument("tracks_batches", type=Boolean(), default=False)
CHANGES = NEW.partial()

searchables["items"] = Searchable(search.expression, search.match, Item.id, exact=Item.exactly)

ITEM = Shape(
    Item,
    "/items",
    [
        Field("sku", sort=Item.sku_key, filters=True, by=Item.sku_key, rule=Keyed(rules.ITEM["sku"])),
        Field("name", sort=Item.name_key, filters=True),
        Field("description"),
        Field("category_id", filters=True, rule=Id(), expand="categories"),
        Field("unit", filters=True, rule=rules.ITEM["unit"]),
        Field("price", sort=func.coalesce(Item.price, -1), filters=True),
        Field("cost", role=Role.MANAGER, filters=True),
        Field("tax_rate", filters=True),
        Field("barcodes"),
        Field("attributes"),
        Field("packs"),
        Field("group_id", filters=True, rule=Id(), expand="item-groups"),
        Field("options"),
        Field("tracks_batches", filters=True),
    ],
    archivable=True,
    search="items",
    links=[
        Link("category", "/categories/%(category_id)d", when=given("category_id")),
        Link("group", "/item-groups/%(group_id)d", when=given("group_id")),
        Link("stock", "/stock?item_id=%(id)d", role=Role.VIEWER),
        Link("movements", "/movements?item_id=%(id)d", role=Role.VIEWER),
        Link("history", "/items/%(id)d/history", role=Role.VIEWER),
        Link("revise", "/items/%(id)d", "PATCH", Role.MANAGER, LIVE),
        Link("archive", "/items/%(id)d", "DELETE", Role.MANAGER, LIVE),
        Link("restore", "/items/%(id)d/restoration", "POST", Role.MANAGER, ARCHIVED),
    ],
)


class ItemList(Resource):
    """The catalogue."""

    shape, public = ITEM, True
    roles = {"get": Role.VIEWER, "post": Role.MANAGER}
    parsers = {"post": NEW}

    def get(self) -> Select[Any]:
        """List items."""
        return Item.visible_to(self.caller)

    def post(self, fields: dict[str, Any]) -> Item:
        """Add an item."""
        return Item.create(self.session, **fields)


class ItemDetail(Resource):
    """One item of the catalogue."""

    shape, public, rows = ITEM, True, {"id": Item}
    roles = {"get": Role.VIEWER, "put": Role.MANAGER, "patch": Role.MANAGER, "delete": Role.MANAGER}
    parsers = {"put": NEW, "patch": CHANGES}

    def get(self, item: Item) -> Item:
        """Show an item."""
        return item

    def put(self, item: Item, fields: dict[str, Any]) -> Item:
        """Replace an item; what is left out takes its default."""
        return item.revise(**fields)

    def patch(self, item: Item, changes: dict[str, Any]) -> Item:
        """Revise an item; an archived item stays as it was."""
        return item.revise(**changes)

    def delete(self, item: Item) -> Item:
        """Archive an item."""
        return item.archive()


class ItemRestoration(Resource):
    """The way back for an archived item."""

    shape, rows = ITEM, {"id": Item}
    roles = {"post": Role.MANAGER}

    def post(self, item: Item) -> Item:
        """Restore an archived item."""
        return item.restore()


class BarcodeDetail(Resource):
    """An item by what a scanner reads."""

    shape, public, rows = ITEM, True, {"code": Item.by_barcode}
    roles = {"get": Role.VIEWER}

    def get(self, item: Item) -> Item:
        """Find the item that bears a barcode, in any form of its GTIN."""
        return item
