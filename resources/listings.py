"""How a store lists an item."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from common.access import Role
from common.fields import Id, Money, Quantity
from common.http import Field, Link, Resource, Shape, reqparse
from models.item import Item
from models.listing import Listing
from models.store import Contents, Store

FIELDS = reqparse.RequestParser()
FIELDS.add_argument("price", type=Money(), nullable=True)
FIELDS.add_argument("reorder_point", type=Quantity(zero=True), nullable=True)
FIELDS.add_argument("reorder_to", type=Quantity(zero=True), nullable=True)

LISTING = Shape(
    Listing,
    "/stores/%(store_id)d/listings",
    [
        Field("store_id", expand="stores"),
        Field("item_id", filters=True, rule=Id(), expand="items"),
        Field("price", filters=True),
        Field("reorder_point", filters=True),
        Field("reorder_to", filters=True),
    ],
    row_path="/stores/%(store_id)d/listings/%(item_id)d",
    links=[Link("history", "/stores/%(store_id)d/listings/%(item_id)d/history")],
)


class ListingList(Resource):
    """What a store lists in its own way."""

    shape, rows = LISTING, {"id": Contents}
    roles = {"get": Role.VIEWER}

    def get(self, store: Store) -> Select[Any]:
        """List a store's listings."""
        return Listing.of(store)


class ListingDetail(Resource):
    """One item in one store."""

    shape, rows, if_match = LISTING, {"id": Contents, "item_id": Item}, False
    roles = {"get": Role.VIEWER, "put": Role.MANAGER}
    parsers = {"put": FIELDS}

    def target(self, *rows: Any) -> Listing | None:
        """Return the listing, where there is one."""
        return Listing.between(self.session, *rows)

    def get(self, store: Store, item: Item) -> Listing | None:
        """Show how a store lists an item; 404 where it has no listing of its own."""
        return self.target(store, item)

    def put(self, store: Store, item: Item, fields: dict[str, Any]) -> Listing:
        """List an item in a store, or replace how it is listed."""
        return Listing.put(self.session, store, item, **fields)
