"""Suppliers, and what they sell."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Select

from common.access import Role
from common.fields import Boolean, Id
from common.http import Field, Link, Resource, Shape, reqparse
from common.http.conditions import ARCHIVED, LIVE
from models import rules
from models.item import Item
from models.supplier import Supplier
from models.supplier_item import SupplierItem
from models.text import Keyed

NEW = reqparse.RequestParser()
NEW.add_argument("name", type=rules.SUPPLIER["name"], required=True)
NEW.add_argument("account_reference", type=rules.SUPPLIER["account_reference"], nullable=True)
NEW.add_argument("email", type=rules.SUPPLIER["email"], nullable=True)
NEW.add_argument("phone", type=rules.SUPPLIER["phone"], nullable=True)
NEW.add_argument("lead_time_days", type=rules.SUPPLIER["lead_time_days"], nullable=True)
NEW.add_argument("note", type=rules.SUPPLIER["note"], nullable=True)
CHANGES = NEW.partial()

SOLD = reqparse.RequestParser()
SOLD.add_argument("sku", type=rules.ITEM["sku"], nullable=True)
SOLD.add_argument("pack_size", type=rules.QUANTITY, default=lambda: Decimal(1))
SOLD.add_argument("unit_cost", type=rules.ITEM["cost"], nullable=True)
SOLD.add_argument("preferred", type=Boolean(), default=False)
SOLD_CHANGES = SOLD.partial()

SUPPLIER = Shape(
    Supplier,
    "/suppliers",
    [
        Field("name", sort=Supplier.name_key, filters=True, by=Supplier.unique_key, rule=Keyed(rules.SUPPLIER["name"])),
        Field("account_reference", filters=True),
        Field("email", filters=True),
        Field("phone"),
        Field("lead_time_days", filters=True),
        Field("note"),
    ],
    archivable=True,
    links=[
        Link("items", "/suppliers/%(id)d/items"),
        Link("orders", "/purchase-orders?supplier_id=%(id)d"),
        Link("history", "/suppliers/%(id)d/history", role=Role.VIEWER),
        Link("revise", "/suppliers/%(id)d", "PATCH", Role.MANAGER, LIVE),
        Link("archive", "/suppliers/%(id)d", "DELETE", Role.MANAGER, LIVE),
        Link("restore", "/suppliers/%(id)d/restoration", "POST", Role.MANAGER, ARCHIVED),
    ],
)

SUPPLIER_ITEM = Shape(
    SupplierItem,
    "/suppliers/%(supplier_id)d/items",
    [
        Field("supplier_id", expand="suppliers"),
        Field("item_id", filters=True, rule=Id(), expand="items"),
        Field("sku", filters=True, by=SupplierItem.sku_key, rule=Keyed(rules.ITEM["sku"])),
        Field("pack_size", filters=True),
        Field("unit_cost", role=Role.MANAGER, filters=True),
        Field("preferred", filters=True),
    ],
    row_path="/suppliers/%(supplier_id)d/items/%(item_id)d",
    links=[
        Link("history", "/suppliers/%(supplier_id)d/items/%(item_id)d/history"),
        Link("revise", "/suppliers/%(supplier_id)d/items/%(item_id)d", "PATCH", Role.MANAGER),
        Link("remove", "/suppliers/%(supplier_id)d/items/%(item_id)d", "DELETE", Role.MANAGER),
    ],
)


class SupplierList(Resource):
    """All suppliers."""

    shape = SUPPLIER
    roles = {"get": Role.VIEWER, "post": Role.MANAGER}
    parsers = {"post": NEW}

    def get(self) -> Select[Any]:
        """List suppliers."""
        return Supplier.visible_to(self.caller)

    def post(self, fields: dict[str, Any]) -> Supplier:
        """Add a supplier."""
        return Supplier.create(self.session, **fields)


class SupplierDetail(Resource):
    """One supplier."""

    shape, rows = SUPPLIER, {"id": Supplier}
    roles = {"get": Role.VIEWER, "put": Role.MANAGER, "patch": Role.MANAGER, "delete": Role.MANAGER}
    parsers = {"put": NEW, "patch": CHANGES}

    def get(self, supplier: Supplier) -> Supplier:
        """Show a supplier."""
        return supplier

    def put(self, supplier: Supplier, fields: dict[str, Any]) -> Supplier:
        """Replace a supplier; what is left out takes its default."""
        return supplier.revise(**fields)

    def patch(self, supplier: Supplier, changes: dict[str, Any]) -> Supplier:
        """Revise a supplier."""
        return supplier.revise(**changes)

    def delete(self, supplier: Supplier) -> Supplier:
        """Archive a supplier; refused while orders to it are not finished."""
        return supplier.archive()


class SupplierRestoration(Resource):
    """The way back for an archived supplier."""

    shape, rows = SUPPLIER, {"id": Supplier}
    roles = {"post": Role.MANAGER}

    def post(self, supplier: Supplier) -> Supplier:
        """Restore an archived supplier."""
        return supplier.restore()


class SupplierItemList(Resource):
    """What a supplier sells."""

    shape, rows = SUPPLIER_ITEM, {"id": Supplier}
    roles = {"get": Role.VIEWER}

    def get(self, supplier: Supplier) -> Select[Any]:
        """List what a supplier sells, under its own SKUs."""
        return SupplierItem.of(supplier)


class SupplierItemDetail(Resource):
    """One item as one supplier sells it."""

    shape, rows, if_match = SUPPLIER_ITEM, {"id": Supplier, "item_id": Item}, False
    roles = {"get": Role.VIEWER, "put": Role.MANAGER, "patch": Role.MANAGER, "delete": Role.MANAGER}
    parsers = {"put": SOLD, "patch": SOLD_CHANGES}

    def target(self, *rows: Any) -> SupplierItem | None:
        """Return how the supplier sells it, where that is known."""
        return SupplierItem.between(self.session, *rows)

    def get(self, supplier: Supplier, item: Item) -> SupplierItem | None:
        """Show how a supplier sells an item; 404 where nothing is known of it."""
        return self.target(supplier, item)

    def put(self, supplier: Supplier, item: Item, fields: dict[str, Any]) -> SupplierItem:
        """Say how a supplier sells an item, or replace what was said."""
        return SupplierItem.put(self.session, supplier, item, **fields)

    def patch(self, supplier: Supplier, item: Item, changes: dict[str, Any]) -> SupplierItem:
        """Revise how a supplier sells an item; 404 where nothing is known of it."""
        return SupplierItem.found(self.session, supplier, item).revise(self.session, supplier, item, **changes)

    def delete(self, supplier: Supplier, item: Item) -> None:
        """Say no more that a supplier sells an item; what was ordered stays."""
        SupplierItem.found(self.session, supplier, item).forget()
