"""Stock documents: a document is its movement. And the flat ledger of their lines."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Select, exists
from sqlalchemy.orm import aliased

from common.access import Role
from common.fields import Choice, Id, ListOf, Object, Property, Quantity
from common.http import Field, Link, Resource, Shape, reqparse
from common.http.shapes import Many, When
from models import ledger, rules
from models.item import Item
from models.movement import (
    ARRIVED_BY,
    DOCUMENT_QUANTITY,
    KINDS,
    ON_HAND,
    REVERSED_BY,
    UPDATED,
    VERSION,
    Movement,
    MovementLine,
    Transfer,
)


def line(*, signed: bool = False) -> Object:
    """Return the rule of one line; only adjustments are signed."""
    return Object(
        {
            "item_id": Property(Id()),
            "sku": Property(rules.LINE["sku"]),
            "barcode": Property(rules.LINE["barcode"]),
            "quantity": Property(rules.SIGNED_QUANTITY if signed else rules.LINE["quantity"], required=True),
            "unit_cost": Property(rules.LINE["unit_cost"], nullable=True),
            "unit_price": Property(rules.LINE["unit_price"], nullable=True),
            "expected_on_hand": Property(Quantity(signed=True, zero=True), nullable=True),
        }
    )


WORDS = reqparse.RequestParser(optional=True)
WORDS.add_argument("reference", type=rules.DOCUMENT["reference"], nullable=True)
WORDS.add_argument("note", type=rules.DOCUMENT["note"], nullable=True)
WORDS.add_argument("occurred_at", type=rules.DOCUMENT["occurred_at"], nullable=True)

DOCUMENT = WORDS.but(optional=False)
DOCUMENT.add_argument("store_id", type=Id(), required=True)
DOCUMENT.add_argument("lines", type=ListOf(line(), max=rules.MOST_LINES, min=1), required=True)

REASONED = DOCUMENT.but()
REASONED.add_argument("reason", type=rules.DOCUMENT["reason"], required=True)

ADJUSTMENT = REASONED.but("lines")
ADJUSTMENT.add_argument("lines", type=ListOf(line(signed=True), max=rules.MOST_LINES, min=1), required=True)

TRANSFER = DOCUMENT.but()
TRANSFER.add_argument("to_store_id", type=Id(), required=True)

LINE = Shape(
    MovementLine,
    "",
    [
        Field("item_id"),
        Field("sku", column=Item.sku),
        Field("name", column=Item.name),
        Field("quantity", column=DOCUMENT_QUANTITY, nullable=False),
        Field("unit_cost", role=Role.MANAGER),
        Field("unit_price"),
        Field("on_hand_after"),
    ],
    version=None,
    joins=[(Item, Item.id == MovementLine.item_id, False), (Movement, Movement.id == MovementLine.movement_id, False)],
    key=MovementLine.id,
    bare=True,
)

UNTOUCHED = (When("reversed_by_id"), When("arrived_by_id"))
_touching = aliased(MovementLine)

MOVEMENT = Shape(
    Movement,
    "/movements",
    [
        Field("kind", filters=True, rule=Choice(*KINDS)),
        Field("store_id", filters=True, rule=Id(), expand="stores"),
        Field("to_store_id", filters=True, rule=Id(), expand="stores"),
        Field("reference", filters=True, rule=rules.DOCUMENT["reference"]),
        Field("note"),
        Field("reason", filters=True),
        Field("occurred_at", sort=True, filters=True),
        Field("recorded_at", sort=Movement.id, filters=True),
        Field("recorded_by", filters=True, rule=Id(), expand="users"),
        Field("user_id", column=Movement.recorded_by, filters=True, rule=Id(), filter_only=True),
        Field(
            "item_id",
            filters=True,
            rule=Id(),
            filter_only=True,
            by=lambda test: exists().where(_touching.movement_id == Movement.id, test(_touching.item_id)),
        ),
        Field("reverses_id", filters=True, rule=Id()),
        Field("reversed_by_id", column=REVERSED_BY),
        Field("transfer_id", filters=True, rule=Id()),
        Field("arrived_by_id", column=ARRIVED_BY),
        Field("created_at", column=Movement.recorded_at),
        Field("updated_at", column=UPDATED),
    ],
    version=VERSION,
    default_sort="-id",
    many=[Many("lines", LINE, MovementLine.movement_id, MovementLine.id, MovementLine.place == ON_HAND)],
    links=[
        Link("store", "/stores/%(store_id)d"),
        Link("lines", "/movement-lines?movement_id=%(id)d"),
        Link(
            "reversal",
            "/movements/%(id)d/reversal",
            "POST",
            Role.CLERK,
            (When("kind", "reversal", same=False), *UNTOUCHED),
        ),
        Link(
            "arrival",
            "/transfers/%(id)d/arrival",
            "POST",
            Role.CLERK,
            (When("kind", "transfer"), *UNTOUCHED),
        ),
    ],
)


class DocumentList(Resource):
    """Documents of one kind."""

    shape = MOVEMENT
    roles = {"get": Role.VIEWER, "post": Role.CLERK}
    parsers = {"post": DOCUMENT}
    kind: ClassVar[str]

    def get(self) -> Select[Any]:
        """List documents of this kind, newest first."""
        return Movement.of_kind(self.caller, self.kind)

    def post(self, fields: dict[str, Any]) -> Movement:
        """Record a document: all its lines or none."""
        return ledger.post(self.session, self.caller, kind=self.kind, **fields)


class ReceiptList(DocumentList):
    """Goods that came in; they move the average cost."""

    kind = "receipt"


class SaleList(DocumentList):
    """Goods that were sold."""

    kind = "sale"


class ReturnList(DocumentList):
    """Goods that customers brought back."""

    kind = "return"


class WriteOffList(DocumentList):
    """Goods that are lost, with the reason."""

    kind = "write_off"
    parsers = {"post": REASONED}


class AdjustmentList(DocumentList):
    """Corrections up or down, with the reason."""

    kind = "adjustment"
    parsers = {"post": ADJUSTMENT}


class TransferList(DocumentList):
    """Goods on the way from one store to another."""

    kind = "transfer"
    parsers = {"post": TRANSFER}


class TransferArrival(Resource):
    """The arrival of a transfer."""

    shape, rows = MOVEMENT, {"id": Transfer}
    roles = {"post": Role.CLERK}
    parsers = {"post": WORDS}

    def post(self, transfer: Movement, fields: dict[str, Any]) -> Movement:
        """Record that all goods of a transfer came."""
        return ledger.arrive(self.session, self.caller, transfer, **fields)


class MovementList(Resource):
    """Documents of all kinds."""

    shape = MOVEMENT
    roles = {"get": Role.VIEWER}

    def get(self) -> Select[Any]:
        """List documents with their lines, newest first."""
        return Movement.visible_to(self.caller)


class MovementDetail(Resource):
    """One document; it is never changed, only reversed."""

    shape, rows = MOVEMENT, {"id": Movement}
    roles = {"get": Role.VIEWER}

    def get(self, movement: Movement) -> Movement:
        """Show a document with its lines."""
        return movement


class MovementReversal(Resource):
    """The reversal of a document."""

    shape, rows = MOVEMENT, {"id": Movement}
    roles = {"post": Role.CLERK}
    parsers = {"post": WORDS}

    def post(self, movement: Movement, fields: dict[str, Any]) -> Movement:
        """Record the opposite of a document, once."""
        return ledger.reverse(self.session, self.caller, movement, **fields)
