"""Stock documents: a document is its movement."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Select

from common.access import Role
from common.fields import Id, ListOf, Object
from common.fields import Property as Property
from common.fields import Quantity as Quantity
from common.http import Resource, reqparse
from models import ledger, receiving, rules
from models.movement import Movement, Transfer
from resources.movements.shapes import MOVEMENT

WORDS = reqparse.RequestParser(optional=True)
WORDS.add_argument("reference", type=rules.DOCUMENT["reference"], nullable=True)
WORDS.add_argument("note", type=rules.DOCUMENT["note"], nullable=True)
WORDS.add_argument("occurred_at", type=rules.DOCUMENT["occurred_at"], nullable=True)

DOCUMENT = WORDS.but(optional=False)
DOCUMENT.add_argument("store_id", type=Id(), required=True)
DOCUMENT.add_argument("lines", type=ListOf(rules.document_line(), max=rules.MOST_LINES, min=1), required=True)

REASONED = DOCUMENT.but()
REASONED.add_argument("reason", type=rules.DOCUMENT["reason"], required=True)

ADJUSTMENT = REASONED.but("lines")
ADJUSTMENT.add_argument(
    "lines", type=ListOf(rules.document_line(signed=True), max=rules.MOST_LINES, min=1), required=True
)

RECEIPT = DOCUMENT.but("lines")
RECEIPT.add_argument("purchase_order_id", type=Id(), nullable=True)
RECEIPT.add_argument("landed_cost", type=rules.LINE["unit_cost"], nullable=True)
RECEIPT.add_argument("lines", type=ListOf(rules.RECEIPT_LINE, max=rules.MOST_LINES, min=1), required=True)

TRANSFER = DOCUMENT.but()
TRANSFER.add_argument("to_store_id", type=Id(), required=True)

PART = Object({name: rules.document_line().properties[name] for name in ("item_id", "sku", "barcode", "quantity")})
OUTCOME = WORDS.but()
OUTCOME.add_argument("lines", type=ListOf(PART, max=rules.MOST_LINES, min=1))

LOSS = OUTCOME.but(optional=False)
LOSS.add_argument("reason", type=rules.DOCUMENT["reason"], required=True)


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
    parsers = {"post": RECEIPT}

    def post(self, fields: dict[str, Any]) -> Movement:
        """Record what came in, of an order where `purchase_order_id` names one: all its lines or none."""
        return receiving.receive(self.session, self.caller, **fields)


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


class Following(Resource):
    """A document that follows from another; it belongs to the people of one store of that, as `of_store` names it."""

    shape = MOVEMENT
    roles = {"post": Role.CLERK}
    of_store: ClassVar[str] = "store_id"

    def permit(self, movement: Movement) -> None:
        """Refuse whom the store is hidden from (404), or who may not change it (403)."""
        ledger.refuse_elsewhere(self.caller, getattr(movement, self.of_store))


class TransferArrival(Following):
    """What came of a transfer: the lines, of items that it holds, or all that is still on its way.

    It may be called again until nothing is in transit. An item is taken from the transfer's lines in their order; the
    same one may stand in several lines. For who may receive at the destination.
    """

    rows, of_store = {"id": Transfer}, "to_store_id"
    roles = {"post": Role.CLERK}
    parsers = {"post": OUTCOME}

    def post(self, transfer: Movement, fields: dict[str, Any]) -> Movement:
        """Record what of a transfer came."""
        return ledger.arrive(self.session, self.caller, transfer, **fields)


class TransferLoss(Following):
    """What of a transfer will never come, with the reason: the lines, or all that is still on its way.

    It leaves transit and the books. For who may receive at the destination.
    """

    rows, of_store = {"id": Transfer}, "to_store_id"
    roles = {"post": Role.CLERK}
    parsers = {"post": LOSS}

    def post(self, transfer: Movement, fields: dict[str, Any]) -> Movement:
        """Write off what of a transfer will never come."""
        return ledger.lose(self.session, self.caller, transfer, **fields)


class TransferRecall(Following):
    """What of a transfer goes back to the shelf that it came from, at its value: the lines, or all still on its way.

    For who may change the store that sent it.
    """

    rows = {"id": Transfer}
    roles = {"post": Role.CLERK}
    parsers = {"post": OUTCOME}

    def post(self, transfer: Movement, fields: dict[str, Any]) -> Movement:
        """Call goods back that are on their way."""
        return ledger.recall(self.session, self.caller, transfer, **fields)


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


class MovementReversal(Following):
    """The reversal of a document; of a transfer as long as nothing of it arrived, was lost or was recalled."""

    rows = {"id": Movement}
    roles = {"post": Role.CLERK}
    parsers = {"post": WORDS}

    def post(self, movement: Movement, fields: dict[str, Any]) -> Movement:
        """Record the opposite of a document, once."""
        return receiving.reverse(self.session, self.caller, movement, **fields)
