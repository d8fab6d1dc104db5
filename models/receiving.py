"""What receipts bring of orders, and how freight and duty come into what goods are worth.

1. A receipt of an order names a line of it with each of its own; what that brings is added to the line's `received` in
   the same transaction, and taken off again by the receipt's reversal. The order's state follows.
2. The order's row is held first, before the store's, the items' and the levels', so that two receipts of one order add
   up and never wait for each other in a circle.
3. A receipt's `landed_cost` is shared over its lines by what the goods cost (quantity x unit cost; by quantity where
   all of it was free), exactly: the lines up to each one have together what is due to them, rounded to the seventh
   decimal, so the last line brings the sum to the whole. It goes into the average with the goods.
4. Lines of receipts are never changed or deleted (the triggers `…_append_only`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, Select, and_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.access import Caller
from common.database import db
from common.errors import FieldError
from common.quantities import MONEY_PLACES, QUANTITY_PLACES, VALUE_PLACES, scale, unscale
from common.types import QuantityType, ValueType
from models import ledger
from models.costing import divide
from models.document_lines import NAMES, Line
from models.movement import Movement, MovementLine
from models.order_lines import counted, named
from models.purchase_order import PurchaseOrder, PurchaseOrderLine
from models.row import ID, everything, unknown

_ONLY_OF_ORDERS = ("packs", "order_line")


class ReceivingLine(db.Model):
    """What the ledger's line does not say: which line of an order it is of, and its share of freight and duty."""

    __tablename__ = "receiving_lines"
    __table_args__ = (Index("ix_receiving_lines_order_line_id", "order_line_id"),)
    title = "line of a receipt"

    movement_id: Mapped[int] = mapped_column(ForeignKey("movements.id"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    order_line_id: Mapped[int | None] = mapped_column(ID, ForeignKey("purchase_order_lines.id"))
    quantity: Mapped[Decimal] = mapped_column(QuantityType)
    landed: Mapped[Decimal] = mapped_column(ValueType)


OF_LEDGER_LINE = and_(
    ReceivingLine.movement_id == MovementLine.movement_id, ReceivingLine.position == MovementLine.position
)
"""Which of them is of a line of the ledger."""


def receive(
    session: Session,
    caller: Caller,
    *,
    lines: Sequence[dict[str, Any]],
    purchase_order_id: int | None = None,
    landed_cost: Decimal | None = None,
    **fields: Any,
) -> Movement:
    """Record what came in, of an order or of none; `fields` are the document's.

    Raises as `ledger.post`; Invalid for an order that is not there or is another store's, and for lines that it does
    not have; Refused for a draft, Closed where nothing more was to come.
    """
    if purchase_order_id is None:
        _refuse_of_orders(lines)
    if purchase_order_id is None and landed_cost is None:
        return ledger.post(session, caller, kind="receipt", lines=lines, **fields)
    order = _open_order(session, caller, purchase_order_id, fields["store_id"]) if purchase_order_id else None
    found = named(session, _named_by_order(order, lines) if order else lines)
    targets = _matched(order, found) if order else [None] * len(found)
    wanted = [_wanted(line, target) for line, target in zip(_counted(found, targets), targets, strict=True)]
    shares = _shares(wanted, found, landed_cost)
    if order is not None:
        order.ensure_open()
    posted = [line | {"landed": share} for line, share in zip(wanted, shares, strict=True)]
    about = {"purchase_order_id": purchase_order_id, "landed_cost": landed_cost, **fields}
    movement = ledger.post(session, caller, kind="receipt", lines=posted, **about)
    for position, (line, target, share) in enumerate(zip(wanted, targets, shares, strict=True)):
        told = {"quantity": line["quantity"], "landed": unscale(share, VALUE_PLACES)}
        session.add(
            ReceivingLine(movement_id=movement.id, position=position, order_line_id=target and target.id, **told)
        )
        if target is not None:
            target.received += line["quantity"]
    if order is not None:
        order.follow()
    return movement


def reverse(session: Session, caller: Caller, movement: Movement, **words: Any) -> Movement:
    """Record the opposite of any document, as `ledger.reverse`; what it brought of an order is outstanding again."""
    order_id = movement.purchase_order_id
    order = _held(session, everything(PurchaseOrder), order_id) if order_id else None
    undone = ledger.reverse(session, caller, movement, **words)
    if order is not None:
        brought = select(ReceivingLine).where(ReceivingLine.movement_id == movement.id)
        of_line = {line.id: line for line in order.lines()}
        for line in session.scalars(brought):
            of_line[line.order_line_id or 0].received -= line.quantity
        order.follow()
    return undone


def _held(session: Session, orders: Select[Any], order_id: int) -> PurchaseOrder | None:
    held = orders.where(PurchaseOrder.id == order_id).with_for_update().execution_options(populate_existing=True)
    order: PurchaseOrder | None = session.scalars(held).one_or_none()
    return order


def _open_order(session: Session, caller: Caller, order_id: int, store_id: int) -> PurchaseOrder:
    order = _held(session, PurchaseOrder.visible_to(caller), order_id)
    if order is None:
        raise unknown("purchase_order_id", "order")
    if not caller.may_write_store(order.store_id):
        raise errors.NotAllowed("Your role does not cover the store of this order. An administrator can grant it.")
    if order.store_id != store_id:
        message = "This order is for another store."
        raise errors.Invalid(message, errors=[FieldError("store_id", "other_store", message)])
    return order


def _refuse_of_orders(lines: Sequence[dict[str, Any]]) -> None:
    message = "Only a receipt of an order says this: name its purchase_order_id."
    bad = [(position, name) for position, line in enumerate(lines) for name in _ONLY_OF_ORDERS if name in line]
    if bad:
        raise errors.Invalid(message, errors=[FieldError(f"lines/{at}/{name}", "choice", message) for at, name in bad])


def _named_by_order(order: PurchaseOrder, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines; of those that name a line of the order and no item, the item is that line's."""
    items = {line.id: line.item_id for line in order.lines()}
    return [
        line | {"item_id": items[line["order_line"]]}
        if line.get("order_line") in items and not any(line.get(name) is not None for name in NAMES)
        else line
        for line in lines
    ]


def _matched(order: PurchaseOrder, found: Sequence[Line]) -> list[PurchaseOrderLine]:
    """Return the order's line that each line is of; raises Invalid for those that are of none, or of one of several."""
    lines = order.lines()
    of_item: dict[int, list[PurchaseOrderLine]] = defaultdict(list)
    for line in lines:
        of_item[line.item_id].append(line)
    matched = [_match(position, line, of_item, lines) for position, line in enumerate(found)]
    problems = [match for match in matched if isinstance(match, FieldError)]
    if problems:
        raise errors.Invalid(errors=problems)
    return [match for match in matched if not isinstance(match, FieldError)]


def _match(
    position: int, line: Line, of_item: dict[int, list[PurchaseOrderLine]], lines: Sequence[PurchaseOrderLine]
) -> PurchaseOrderLine | FieldError:
    field, named_line = f"lines/{position}/order_line", line.fields.get("order_line")
    if named_line is not None:
        one = next((one for one in lines if one.id == named_line), None)
        if one is None:
            return FieldError(field, "unknown", "This order has no such line.")
        return one if one.item_id == line.item_id else FieldError(field, "other_item", "It orders another item.")
    fitting = of_item.get(line.item_id, [])
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        return FieldError(field, "required", "Several lines of this order have the item. Name one of them.")
    message = "This item is not in the order. Record it in a receipt of its own."
    return FieldError(f"lines/{position}/{line.named}", "not_ordered", message)


def _counted(found: Sequence[Line], targets: Sequence[PurchaseOrderLine | None]) -> list[dict[str, Any]]:
    counts = [
        counted(position, line.fields, target and target.pack_size)
        for position, (line, target) in enumerate(zip(found, targets, strict=True))
    ]
    problems = [count for count in counts if isinstance(count, FieldError)]
    if problems:
        raise errors.Invalid(errors=problems)
    return [line.fields | {"quantity": count} for line, count in zip(found, counts, strict=True)]


def _wanted(line: dict[str, Any], target: PurchaseOrderLine | None) -> dict[str, Any]:
    """Return the line as the ledger takes it, at the order's cost where it states none."""
    fields = {name: value for name, value in line.items() if name not in _ONLY_OF_ORDERS}
    if fields.get("unit_cost") is None and target is not None:
        fields["unit_cost"] = target.unit_cost
    return fields


def _shares(lines: Sequence[dict[str, Any]], found: Sequence[Line], landed_cost: Decimal | None) -> list[int]:
    """Return each line's share in units of value, and state the catalogue's cost where a share needs one."""
    if not landed_cost:
        return [0] * len(lines)
    for line, known in zip(lines, found, strict=True):
        if line.get("unit_cost") is None and known.fallback_cost is not None:
            line["unit_cost"] = unscale(known.fallback_cost, MONEY_PLACES)
    bad = [position for position, line in enumerate(lines) if line.get("unit_cost") is None]
    if bad:
        message = "Freight and duty are shared by what goods cost, and nobody knows what these do. Say it."
        fields = [FieldError(f"lines/{position}/unit_cost", "required", message) for position in bad]
        raise errors.Invalid(message, errors=fields)
    quantities = [scale(line["quantity"], QUANTITY_PLACES) for line in lines]
    costs = [scale(line["unit_cost"], MONEY_PLACES) for line in lines]
    worth = [quantity * cost for quantity, cost in zip(quantities, costs, strict=True)]
    return shared(scale(landed_cost, VALUE_PLACES), worth if any(worth) else quantities)


def shared(whole: int, weights: Sequence[int]) -> list[int]:
    """Return the whole in shares by weights, none below zero, that sum to exactly the whole."""
    shares, due, before = [], 0, 0
    for weight in weights:
        due += weight
        upto = divide(whole * due, sum(weights))
        shares.append(upto - before)
        before = upto
    return shares
