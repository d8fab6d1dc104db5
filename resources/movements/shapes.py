"""How documents are shown."""

from __future__ import annotations

from sqlalchemy import BigInteger, and_, case, exists, or_, type_coerce
from sqlalchemy.orm import aliased

from common.access import Role
from common.fields import Boolean, Choice, Id
from common.http import Field, Link, Shape
from common.http.conditions import Own, When, given
from common.http.shapes import Many
from common.types import QuantityType
from models import rules, transfer
from models.batch import Batch, BatchMove
from models.item import Item
from models.movement import (
    ARRIVED_BY,
    BORROWED,
    DOCUMENT_QUANTITY,
    IN_TRANSIT,
    KINDS,
    LOST_BY,
    ON_HAND,
    OUTGOING,
    RECALLED_BY,
    REVERSED_BY,
    UPDATED,
    VERSION,
    Movement,
    MovementLine,
)
from models.receiving import OF_LEDGER_LINE, ReceivingLine
from models.user import User

# A line shows it as the document says it, as it does its own quantity.
_TOLD = type_coerce(
    type_coerce(BatchMove.quantity, BigInteger) * case((Movement.kind.in_(OUTGOING), -1), else_=1), QuantityType
)

BATCH = Shape(
    BatchMove,
    "",
    [
        Field("lot", column=Batch.lot),
        Field("expires_on", column=Batch.expires_on, schema={"type": "string", "format": "date"}),
        Field("quantity", column=_TOLD, nullable=False),
    ],
    version=None,
    joins=[
        (Batch, Batch.id == BatchMove.batch_id, False),
        (MovementLine, MovementLine.id == BatchMove.movement_line_id, False),
        (Movement, Movement.id == MovementLine.movement_id, False),
    ],
    key=BatchMove.id,
    bare=True,
)

LINE = Shape(
    MovementLine,
    "",
    [
        Field("item_id"),
        Field("sku", column=Item.sku),
        Field("name", column=Item.name),
        Field("quantity", column=DOCUMENT_QUANTITY, nullable=False),
        Field("unit_cost", role=Role.MANAGER, of_store=MovementLine.store_id),
        Field("unit_price"),
        Field(
            "on_hand_after",
            column=case((MovementLine.place == ON_HAND, MovementLine.on_hand_after), else_=None),
            of_store=MovementLine.store_id,
        ),
        Field("order_line", column=ReceivingLine.order_line_id),
        Field("landed_cost", column=ReceivingLine.landed, role=Role.MANAGER),
        Field("batched", column=case((Movement.batches_digest.is_not(None), MovementLine.id)), hidden=True),
    ],
    version=None,
    joins=[
        (Item, Item.id == MovementLine.item_id, False),
        (Movement, Movement.id == MovementLine.movement_id, False),
        (ReceivingLine, OF_LEDGER_LINE, True),
    ],
    many=[Many("batches", BATCH, BatchMove.movement_line_id, BatchMove.id, row="batched")],
    key=MovementLine.id,
    bare=True,
)

PROGRESS = Shape(
    MovementLine,
    "",
    [
        Field("item_id"),
        Field("sku", column=Item.sku),
        Field("name", column=Item.name),
        Field("sent", column=transfer.SENT, nullable=False),
        Field("arrived", column=transfer.ARRIVED, nullable=False),
        Field("in_transit", column=transfer.STILL_IN_TRANSIT, nullable=False),
        Field("lost", column=transfer.LOST, nullable=False),
        Field("recalled", column=transfer.RECALLED, nullable=False),
    ],
    version=None,
    joins=[(Item, Item.id == MovementLine.item_id, False), (Movement, Movement.id == MovementLine.movement_id, False)],
    key=MovementLine.id,
    bare=True,
)

UNTOUCHED = tuple(When(name) for name in ("reversed_by_id", "arrived_by_id", "lost_by_id", "recalled_by_id"))
UNDER_WAY = When("under_way", value=True)
_touching, _lost = aliased(MovementLine), aliased(Movement)
# A loss moves what is in transit and no shelf, and so does its reversal; of all others the shelf's lines are shown.
SAID = or_(
    MovementLine.place == ON_HAND,
    Movement.kind == "loss",
    and_(Movement.kind == "reversal", exists().where(_lost.id == Movement.reverses_id, _lost.kind == "loss")),
)

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
        Field("recorded_by_name", column=User.username),
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
        Field("lost_by_id", column=LOST_BY),
        Field("recalled_by_id", column=RECALLED_BY),
        Field("under_way", column=transfer.UNDER_WAY, filters=True, rule=Boolean(), nullable=False),
        Field("purchase_order_id", filters=True, rule=Id(), expand="purchase-orders"),
        Field("landed_cost", role=Role.MANAGER),
        Field("created_at", column=Movement.recorded_at),
        Field("updated_at", column=UPDATED),
    ],
    version=VERSION,
    borrowed=BORROWED,
    joins=[(User, User.id == Movement.recorded_by, True)],
    default_sort="-id",
    many=[
        Many("lines", LINE, MovementLine.movement_id, MovementLine.id, SAID),
        Many(
            "progress",
            PROGRESS,
            MovementLine.movement_id,
            MovementLine.id,
            and_(Movement.kind == "transfer", MovementLine.place == IN_TRANSIT),
            of=("kind", "transfer"),
        ),
    ],
    links=[
        Link("store", "/stores/%(store_id)d"),
        Link("lines", "/movement-lines?movement_id=%(id)d"),
        Link("history", "/movements/%(id)d/history"),
        Link("transfer", "/movements/%(transfer_id)d", when=given("transfer_id")),
        Link("outcomes", "/movements?transfer_id=%(id)d", when=(When("kind", "transfer"),)),
        Link("order", "/purchase-orders/%(purchase_order_id)d", when=given("purchase_order_id")),
        Link("reverses", "/movements/%(reverses_id)d", when=given("reverses_id")),
        Link(
            "reversal",
            "/movements/%(id)d/reversal",
            "POST",
            Role.CLERK,
            (When("kind", "reversal", same=False), *UNTOUCHED, Own("store_id")),
        ),
        Link("arrival", "/transfers/%(id)d/arrival", "POST", Role.CLERK, (UNDER_WAY, Own("to_store_id"))),
        Link("loss", "/transfers/%(id)d/loss", "POST", Role.CLERK, (UNDER_WAY, Own("to_store_id"))),
        Link("recall", "/transfers/%(id)d/recall", "POST", Role.CLERK, (UNDER_WAY, Own("store_id"))),
    ],
)
