"""Orders to suppliers: from the draft to what came of it. What comes is recorded by /receipts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from common.access import Role
from common.fields import Choice, Id, ListOf
from common.http import Field, Link, Resource, Shape, reqparse
from common.http.conditions import Own, When
from common.http.shapes import Many, registry
from models import rules
from models.item import Item
from models.purchase_order import (
    BORROWED,
    DRAFT,
    OPEN,
    OUTSTANDING,
    OVER,
    SHORT,
    STATES,
    PurchaseOrder,
    PurchaseOrderLine,
)

NEW = reqparse.RequestParser()
NEW.add_argument("supplier_id", type=Id(), required=True)
NEW.add_argument("store_id", type=Id(), required=True)
NEW.add_argument("reference", type=rules.DOCUMENT["reference"], nullable=True)
NEW.add_argument("note", type=rules.DOCUMENT["note"], nullable=True)
NEW.add_argument("expected_at", type=rules.DOCUMENT["occurred_at"], nullable=True)
NEW.add_argument("lines", type=ListOf(rules.ORDER_LINE, max=rules.MOST_LINES, min=1), required=True)
CHANGES = NEW.partial()

CLOSING = reqparse.RequestParser(optional=True)
CLOSING.add_argument("reason", type=rules.DOCUMENT["reason"], nullable=True)

LINE = Shape(
    PurchaseOrderLine,
    "",
    [
        Field("id"),
        Field("item_id"),
        Field("sku", column=Item.sku),
        Field("name", column=Item.name),
        Field("supplier_sku"),
        Field("pack_size"),
        Field("quantity"),
        Field("unit_cost", role=Role.MANAGER),
        Field("received"),
        Field("outstanding", column=OUTSTANDING, nullable=False),
        Field("over", column=OVER, nullable=False),
        Field("short", column=SHORT, nullable=False),
    ],
    version=None,
    joins=[
        (Item, Item.id == PurchaseOrderLine.item_id, False),
        (PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id, False),
    ],
    key=PurchaseOrderLine.id,
    bare=True,
    called="PurchaseOrderLine",
)
registry[PurchaseOrderLine.__tablename__] = LINE  # so that the record keeps their costs from clerks

DRAFTED = (When("state", DRAFT), Own("store_id"))
OPENED = (When("is_open", value=True), Own("store_id"))

ORDER = Shape(
    PurchaseOrder,
    "/purchase-orders",
    [
        Field("supplier_id", filters=True, rule=Id(), expand="suppliers"),
        Field("store_id", filters=True, rule=Id(), expand="stores"),
        Field("state", filters=True, rule=Choice(*STATES)),
        Field("is_open", column=PurchaseOrder.state.in_(OPEN), hidden=True),
        Field("reference", filters=True, rule=rules.DOCUMENT["reference"]),
        Field("note"),
        Field("expected_at", filters=True),
        Field("sent_at", filters=True),
        Field("closed_at", filters=True),
        Field("reason"),
    ],
    borrowed=BORROWED,
    default_sort="-id",
    many=[Many("lines", LINE, PurchaseOrderLine.order_id, PurchaseOrderLine.position)],
    links=[
        Link("supplier", "/suppliers/%(supplier_id)d"),
        Link("store", "/stores/%(store_id)d"),
        Link("receipts", "/receipts?purchase_order_id=%(id)d"),
        Link("history", "/purchase-orders/%(id)d/history", role=Role.VIEWER),
        Link("revise", "/purchase-orders/%(id)d", "PATCH", Role.MANAGER, DRAFTED),
        Link("abandon", "/purchase-orders/%(id)d", "DELETE", Role.MANAGER, DRAFTED),
        Link("sending", "/purchase-orders/%(id)d/sending", "POST", Role.MANAGER, DRAFTED),
        Link("closing", "/purchase-orders/%(id)d/closing", "POST", Role.MANAGER, OPENED),
        Link("receive", "/receipts", "POST", Role.CLERK, OPENED),
    ],
)


class PurchaseOrderList(Resource):
    """Orders to suppliers."""

    shape = ORDER
    roles = {"get": Role.VIEWER, "post": Role.MANAGER}
    parsers = {"post": NEW}

    def get(self) -> Select[Any]:
        """List orders with their lines, newest first."""
        return PurchaseOrder.visible_to(self.caller)

    def post(self, fields: dict[str, Any]) -> PurchaseOrder:
        """Draft an order; costs and pack sizes that are left out are the supplier's."""
        return PurchaseOrder.create(self.session, self.caller, **fields)


class PurchaseOrderDetail(Resource):
    """One order."""

    shape, rows = ORDER, {"id": PurchaseOrder}
    roles = {"get": Role.VIEWER, "put": Role.MANAGER, "patch": Role.MANAGER, "delete": Role.MANAGER}
    parsers = {"put": NEW, "patch": CHANGES}

    def get(self, order: PurchaseOrder) -> PurchaseOrder:
        """Show an order with its lines: what was ordered, what came, what is missing or too much."""
        return order

    def put(self, order: PurchaseOrder, fields: dict[str, Any]) -> PurchaseOrder:
        """Replace a draft; what is left out takes its default."""
        return order.revise(self.caller, **fields)

    def patch(self, order: PurchaseOrder, changes: dict[str, Any]) -> PurchaseOrder:
        """Revise a draft; `lines` are all of them."""
        return order.revise(self.caller, **changes)

    def delete(self, order: PurchaseOrder) -> None:
        """Abandon a draft; what was sent is closed instead."""
        order.abandon()


class PurchaseOrderSending(Resource):
    """The sending of an order."""

    shape, rows = ORDER, {"id": PurchaseOrder}
    roles = {"post": Role.MANAGER}

    def post(self, order: PurchaseOrder) -> PurchaseOrder:
        """Say that a draft was sent to its supplier; from then on it stays as it is and goods may come of it."""
        return order.send()


class PurchaseOrderClosing(Resource):
    """The end of an order of which not all came."""

    shape, rows = ORDER, {"id": PurchaseOrder}
    roles = {"post": Role.MANAGER}
    parsers = {"post": CLOSING}

    def post(self, order: PurchaseOrder, fields: dict[str, Any]) -> PurchaseOrder:
        """Expect no more of an order; what has not come is kept as short."""
        return order.close(**fields)
