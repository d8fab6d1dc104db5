"""An order to a supplier, for one store.

1. It is a draft, sent, partly_received, received or closed. Between the last four nobody chooses: what was sent is
   `partly_received` once something of it came, and `received` once everything of each line did; `closed` is what
   somebody has given up.
2. A draft alone is changed or abandoned; what was sent stays as it was sent.
3. What is received or closed takes no more. A receipt that is reversed takes `received` back, `closed` stays.
4. When it is sent, its store and its items are live; its supplier is from the draft on (models/supplier.py).
5. A line's `received` is the sum of what receipts brought for it, less their reversals (models/receiving.py). What is
   beyond the order is `over`, what is missing `outstanding`, and `short` once the order is closed.
6. Its version moves with its lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Select, String, and_, case, func, select
from sqlalchemy import type_coerce as coerced
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import flag_modified

from common import clock, errors
from common.access import Caller
from common.database import db
from common.errors import FieldError
from common.gathering import gathered
from common.types import MoneyType, QuantityType, Timestamp
from models.item import Item
from models.order_lines import priced
from models.row import NEVER_AGAIN, InStore, Row
from models.store import open_store
from models.supplier import UNFINISHED, Supplier

DRAFT, SENT, PARTLY_RECEIVED = UNFINISHED
RECEIVED, CLOSED = "received", "closed"
STATES = (*UNFINISHED, RECEIVED, CLOSED)
OPEN = (SENT, PARTLY_RECEIVED)
NOTHING = Decimal(0)


class PurchaseOrder(InStore, Row, db.Model):
    """One order. `expected_at` is when the goods should come; `reason` is why it was closed before all of them did."""

    __tablename__ = "purchase_orders"
    __table_args__ = (
        CheckConstraint("state IN (" + ", ".join(f"'{state}'" for state in STATES) + ")", name="state_known"),
        CheckConstraint("(state = 'draft') = (sent_at IS NULL)", name="sent_at_some_time"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at_some_time"),
        Index("ix_purchase_orders_store_id_id", "store_id", "id"),
        Index("ix_purchase_orders_supplier_id_id", "supplier_id", "id"),
        Index("ix_purchase_orders_state_id", "state", "id"),
        Index("ix_purchase_orders_reference", "reference"),
        NEVER_AGAIN,
    )
    title = "order"

    supplier_id: Mapped[int] = mapped_column(ForeignKey("suppliers.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    state: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(String(1000))
    expected_at: Mapped[datetime | None] = mapped_column(Timestamp)
    sent_at: Mapped[datetime | None] = mapped_column(Timestamp)
    closed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    reason: Mapped[str | None] = mapped_column(String(200))

    @classmethod
    def create(cls, session: Session, caller: Caller, *, lines: Sequence[dict[str, Any]], **fields: Any) -> Self:
        """Draft an order; raises Invalid for what is unknown, Archived, NotAllowed for a store not the caller's."""
        order = cls(state=DRAFT)
        kept = order._checked(session, caller, {**fields, "lines": lines})
        order.assign(fields)
        session.add(order)
        session.flush()
        order._lay(session, kept)
        return order

    def revise(self, caller: Caller, **changes: Any) -> Self:
        """Change a draft; raises as `create`, and Closed for what was sent."""
        self._take()
        self._refuse_sent()
        kept = self._checked(self.session, caller, changes)
        self.assign({name: value for name, value in changes.items() if name != "lines"})
        if "lines" in changes and self._lay(self.session, kept):
            self.touch()
        return self

    def send(self) -> Self:
        """Let a draft be the order that it says; raises Closed where it was sent, Archived for its store or items."""
        self._take()
        self._refuse_sent()
        self._refuse_archived()
        self.state, self.sent_at = SENT, clock.now()
        return self

    def close(self, *, reason: str | None = None) -> Self:
        """Give up what has not come; raises Refused for a draft, Closed where nothing more was to come."""
        self._take()
        self.ensure_open()
        self.state, self.closed_at, self.reason = CLOSED, clock.now(), reason
        return self

    def abandon(self) -> None:
        """Erase a draft, which nobody outside ever saw; raises Closed for what was sent."""
        self._take()
        self._refuse_sent()
        for line in self.lines():
            self.session.delete(line)
        self.session.flush()
        self.session.delete(self)

    def ensure_open(self) -> None:
        """Raise Refused or Closed where nothing can come of it."""
        if self.state == DRAFT:
            raise errors.Refused("This order is a draft. Send it first; what should not be sent is deleted.")
        if self.state not in OPEN:
            said = "is closed" if self.state == CLOSED else "has been received"
            raise errors.Closed(f"This order {said}; nothing more is expected of it.")

    def follow(self) -> None:
        """Bring the state after what its lines have received; a closed order stays closed."""
        lines = self.lines()
        if self.state != CLOSED:
            came = [line.received > 0 for line in lines]
            done = all(line.received >= line.quantity for line in lines)
            self.state = RECEIVED if done else PARTLY_RECEIVED if any(came) else SENT
        self.touch()

    def lines(self) -> Sequence[PurchaseOrderLine]:
        """Return its lines in their order."""
        of_order = select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == self.id)
        return self.session.scalars(of_order.order_by(PurchaseOrderLine.position)).all()

    def touch(self) -> None:
        """Move the version: what is shown of it changes with its lines."""
        flag_modified(self, "updated_at")

    def _take(self) -> None:
        """Hold it until the transaction ends; raises Stale where somebody has changed it since it was read."""
        held = select(PurchaseOrder.version).where(PurchaseOrder.id == self.id).with_for_update()
        version = self.session.scalar(held)
        if version != self.version:
            raise errors.Stale("Somebody changed it at the same moment.", version=version)

    def _refuse_sent(self) -> None:
        if self.state != DRAFT:
            raise errors.Closed("This order was sent, and stays as it was sent.")

    def _refuse_archived(self) -> None:
        open_store(self.session, None, self.store_id, "store_id")
        items = {line.position: line.item_id for line in self.lines()}
        archived = select(Item.id).where(Item.id.in_(items.values()), Item.archived_at.is_not(None))
        gone = set(self.session.scalars(archived))
        if gone:
            message = "This item is archived. Restore it first."
            fields = [
                FieldError(f"lines/{at}/item_id", "archived", message) for at, id_ in items.items() if id_ in gone
            ]
            raise errors.Archived(message, errors=fields)

    def _checked(self, session: Session, caller: Caller, given: dict[str, Any]) -> list[dict[str, Any]]:
        """Look at what is given, all of it before anything is told; return the lines as they are to be kept."""
        supplier_id = given.get("supplier_id", self.supplier_id)
        steps: dict[str, Any] = {
            "supplier_id": lambda: Supplier.taken(session, supplier_id),
            "store_id": lambda: open_store(session, caller, given["store_id"], "store_id"),
            "lines": lambda: priced(session, supplier_id, given["lines"]),
        }
        found = gathered(*(step for name, step in steps.items() if name in given))
        return list(found[-1]) if "lines" in given else []

    def _lay(self, session: Session, kept: list[dict[str, Any]]) -> bool:
        """Make its lines those, each in its place; return whether anything is another than before."""
        there = list(self.lines())
        for position, fields in enumerate(kept):
            if position < len(there):
                there[position].assign(fields)
            else:
                session.add(PurchaseOrderLine(order_id=self.id, position=position, received=NOTHING, **fields))
        for line in there[len(kept) :]:
            session.delete(line)
        return len(there) != len(kept) or any(session.is_modified(line) for line in there)


class PurchaseOrderLine(Row, db.Model):
    """How much of one item, in its unit, at what cost each. `pack_size` and `supplier_sku` are those of the day."""

    __tablename__ = "purchase_order_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="orders_something"),
        CheckConstraint("received >= 0", name="received_not_negative"),
        CheckConstraint("pack_size > 0", name="pack_holds_something"),
        CheckConstraint("unit_cost >= 0", name="cost_not_negative"),
        Index("ix_purchase_order_lines_order_id_position", "order_id", "position"),
        Index("ix_purchase_order_lines_item_id", "item_id"),
        NEVER_AGAIN,
    )
    title = "line of an order"

    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_orders.id"))
    position: Mapped[int] = mapped_column(Integer)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    supplier_sku: Mapped[str | None] = mapped_column(String(64))
    pack_size: Mapped[Decimal] = mapped_column(QuantityType)
    quantity: Mapped[Decimal] = mapped_column(QuantityType)
    unit_cost: Mapped[Decimal | None] = mapped_column(MoneyType)
    received: Mapped[Decimal] = mapped_column(QuantityType)

    @property
    def store_id(self) -> int | None:
        """Its order's store, so that the record hides it with the order."""
        order = self.session.get(PurchaseOrder, self.order_id)
        return order and order.store_id


_missing = coerced(PurchaseOrderLine.quantity, BigInteger) - coerced(PurchaseOrderLine.received, BigInteger)
OUTSTANDING = coerced(case((and_(_missing > 0, PurchaseOrder.state != CLOSED), _missing), else_=0), QuantityType)
"""What of a line is still to come."""

SHORT = coerced(case((and_(_missing > 0, PurchaseOrder.state == CLOSED), _missing), else_=0), QuantityType)
"""What of a line of a closed order never came."""

OVER = coerced(case((_missing < 0, -_missing), else_=0), QuantityType)
"""What came beyond what a line ordered."""

BORROWED = (
    select(func.max(Item.updated_at))
    .join(PurchaseOrderLine, PurchaseOrderLine.item_id == Item.id)
    .where(PurchaseOrderLine.order_id == PurchaseOrder.id)
    .scalar_subquery()
)
"""When an item that the order names changed last: its lines show the item's code and name of today."""


def lines_of(order: PurchaseOrder) -> Select[Any]:
    """Return the ids of an order's lines."""
    return select(PurchaseOrderLine.id).where(PurchaseOrderLine.order_id == order.id)
