"""How a store lists an item."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from common.access import Role
from common.fields import Id, Money, Quantity
from common.http import Field, Resource, Shape, reqparse
from models.item import Item
from models.listing import Listing
from models.store import Store

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
)


class ListingList(Resource):
    """What a store lists in its own way."""

    shape, rows = LISTING, {"id": Store}
    roles = {"get": Role.VIEWER}

    def get(self, store: Store) -> Select[Any]:
        """List a store's listings."""
        return Listing.of(store)


class ListingDetail(Resource):
    """One item in one store."""

    shape, rows, if_match = LISTING, {"id": Store, "item_id": Item}, False
    roles = {"put": Role.MANAGER}
    parsers = {"put": FIELDS}

    def target(self, *rows: Any) -> Listing | None:
        """Return the listing, where there is one."""
        found: Listing | None = self.session.scalar(Listing.of(rows[0]).where(Listing.item_id == rows[1].id))
        return found

    def put(self, store: Store, item: Item, fields: dict[str, Any]) -> Listing:
        """List an item in a store, or replace how it is listed."""
        return Listing.put(self.session, store, item, **fields)
