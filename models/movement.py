"""The ledger's rows: documents and their lines. Written by models/ledger.py alone, changed by nobody.

1. A document and its lines are never changed or deleted (the triggers `…_append_only`).
2. A document is reversed at most once (`uq_movements_reverses_id`).
3. What a transfer sent is what arrived of it, is in transit, was lost and was recalled. The lines of a transfer, an
   arrival and a recall each sum to zero in quantity, and in value but where goods settle a level below zero.
4. A document's version is 1 and one more for each later document that names it: arrivals, losses, recalls and the
   reversals of these name their transfer too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    case,
    exists,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column, object_session

from common import clock, errors
from common.access import Caller
from common.database import db, refusals
from common.types import Milliseconds, MoneyType, QuantityType, Timestamp, ValueType
from models import plan
from models.item import Item
from models.row import ID, InStore

SIGNS = plan.SIGNS | {"arrival": 1, "loss": -1, "recall": 1, "reversal": 1}
OUTCOMES = {"arrival": "arrived_by_id", "loss": "lost_by_id", "recall": "recalled_by_id"}
"""What may become of a transfer's goods, and what the transfer calls the latest of each."""
KINDS = tuple(SIGNS)
OUTGOING = tuple(kind for kind, sign in SIGNS.items() if sign < 0)
ON_HAND, IN_TRANSIT = "on_hand", "in_transit"
LINE = ("position", "place", "store_id", "item_id", "quantity", "value", "unit_cost", "unit_price", "on_hand_after")
"""What a document vouches for of a line, in whole units; `check` proves the rest of it by these."""


class MovementLine(InStore, db.Model):
    """One step of one level. `quantity` and `value` are signed; `…_after` is what stands in its place right after it.

    It counts from `recorded_at`, its document's, but never from before the line before it (models/ledger_rows.py).
    """

    __tablename__ = "movement_lines"
    __table_args__ = (
        CheckConstraint("quantity <> 0", name="moves_something"),
        Index("ix_movement_lines_movement_id", "movement_id", "id"),
        Index("ix_movement_lines_item_id_store_id_id", "item_id", "store_id", "id"),
        Index("ix_movement_lines_store_id_id", "store_id", "id"),
        # With `on_hand_after` to the end: orders and filters by it look at every level, and then at this index alone.
        Index("ix_movement_lines_level_at", "store_id", "item_id", "place", "recorded_at", "id", "on_hand_after"),
    )
    title = "movement line"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    movement_id: Mapped[int] = mapped_column(ForeignKey("movements.id"))
    position: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(String(12))
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    quantity: Mapped[Decimal] = mapped_column(QuantityType)
    value: Mapped[Decimal] = mapped_column(ValueType)
    unit_cost: Mapped[Decimal] = mapped_column(MoneyType)
    unit_price: Mapped[Decimal | None] = mapped_column(MoneyType)
    on_hand_after: Mapped[Decimal] = mapped_column(QuantityType)
    value_after: Mapped[Decimal] = mapped_column(ValueType)
    recorded_at: Mapped[datetime] = mapped_column(Milliseconds)


class Movement(db.Model):
    """One document: a receipt, a sale, … or the reversal of one."""

    __tablename__ = "movements"
    __table_args__ = (
        CheckConstraint("kind IN (" + ", ".join(f"'{kind}'" for kind in KINDS) + ")", name="kind_known"),
        Index("uq_movements_reverses_id", "reverses_id", unique=True),
        Index("ix_movements_transfer_id", "transfer_id"),
        Index("ix_movements_kind_id", "kind", "id"),
        Index("ix_movements_store_id_id", "store_id", "id"),
        Index("ix_movements_reference", "reference"),
        Index("ix_movements_purchase_order_id", "purchase_order_id"),
        Index("ix_movements_occurred_at_id", "occurred_at", "id"),
    )
    title = "movement"
    recorded = True

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    to_store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    reference: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(String(1000))
    reason: Mapped[str | None] = mapped_column(String(200))
    occurred_at: Mapped[datetime] = mapped_column(Timestamp)
    recorded_at: Mapped[datetime] = mapped_column(Timestamp, default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("movements.id"))
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("movements.id"))
    lines_digest: Mapped[str | None] = mapped_column(String(64))
    purchase_order_id: Mapped[int | None] = mapped_column(ID)  # of receipts; models/checking_orders.py proves it
    landed_cost: Mapped[Decimal | None] = mapped_column(MoneyType)
    batches_digest: Mapped[str | None] = mapped_column(String(64))  # null where it moved none

    def also_changes(self, connection: Connection) -> Iterator[tuple[int, int, dict[str, Any], dict[str, Any]]]:
        """Yield id, new version, changes and stores of each document that is shown otherwise for naming this one."""
        if self.reverses_id is not None:
            yield _shown_otherwise(connection, self.reverses_id, "reversed_by_id", None, self.id)
        if self.transfer_id is None:
            return
        undone = self.reverses_id is not None
        kind = connection.scalar(select(Movement.kind).where(Movement.id == self.reverses_id)) if undone else self.kind
        others = in_force(self.transfer_id, [str(kind)]).where(_outcome.id != self.id)
        latest = connection.scalar(others.with_only_columns(func.max(_outcome.id)))
        before, after = (self.reverses_id, latest) if undone else (latest, self.id)
        yield _shown_otherwise(connection, self.transfer_id, OUTCOMES[str(kind)], before, after)

    @property
    def version(self) -> int:
        """1, and one more for each later document that names it."""
        session = object_session(self)
        return (session and session.scalar(select(VERSION).where(Movement.id == self.id))) or 1

    @property
    def updated_at(self) -> datetime:
        """When it was recorded, or the last document that names it."""
        session = object_session(self)
        return (session and session.scalar(select(UPDATED).where(Movement.id == self.id))) or self.recorded_at

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the documents that touch a store the caller sees."""
        return _documents(caller.sees_only, None)

    @classmethod
    def of_kind(cls, caller: Caller, kind: str) -> Select[Any]:
        """Return the visible documents of one kind."""
        return _documents(caller.sees_only, kind)


@lru_cache(maxsize=256)
def _documents(stores: frozenset[int] | None, kind: str | None) -> Select[Any]:
    found = select(Movement)
    if stores is not None:
        touched = sorted(stores)
        found = found.where(or_(Movement.store_id.in_(touched), Movement.to_store_id.in_(touched)))
    return found if kind is None else found.where(Movement.kind == kind)


def lines_digest(lines: Iterable[Sequence[Any]]) -> str:
    """Return what a document's row, and with it the record, vouches for its lines by: the SHA-256 of them as JSON.

    For what they moved of batches there is a digest of its own, of the same kind (models/ledger_batches.py).
    """
    return hashlib.sha256(orjson.dumps(list(lines))).hexdigest()


class Transfer:
    """A movement of kind transfer, for the routes that speak of transfers alone."""

    id = Movement.id

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the visible transfers."""
        return Movement.of_kind(caller, "transfer")


_reversal, _outcome, _undoing, _later, _last = (aliased(Movement) for _ in range(5))

REVERSED_BY = select(_reversal.id).where(_reversal.reverses_id == Movement.id).scalar_subquery()
"""The id of the reversal of a document, where there is one."""


def in_force(transfer_id: Any, kinds: Iterable[str] = OUTCOMES) -> Select[Any]:
    """Return the ids of a transfer's arrivals, losses and recalls that were not reversed."""
    standing = ~exists().where(_undoing.reverses_id == _outcome.id)
    return select(_outcome.id).where(_outcome.transfer_id == transfer_id, _outcome.kind.in_(kinds), standing)


def _shown_otherwise(
    connection: Connection, id_: int, name: str, before: int | None, after: int | None
) -> tuple[int, int, dict[str, Any], dict[str, Any]]:
    query = select(VERSION, Movement.store_id, Movement.to_store_id).where(Movement.id == id_)
    version, store_id, to_store_id = connection.execute(query).one()
    return id_, version, {name: [before, after]}, {"store_id": store_id, "to_store_id": to_store_id}


def _latest(kinds: Iterable[str]) -> Any:
    """Ask it of transfers alone: no other document is named so, and lists show many."""
    latest = in_force(Movement.id, kinds).with_only_columns(func.max(_outcome.id)).scalar_subquery()
    return case((Movement.kind == "transfer", latest), else_=None)


ARRIVED_BY, LOST_BY, RECALLED_BY = (_latest([kind]) for kind in OUTCOMES)
"""The id of the latest arrival, loss or recall of a transfer that has not been reversed, where there is one."""

SETTLED_BY = _latest(OUTCOMES)
"""The same, whichever of the three it is."""

VERSION = (
    1
    + select(func.count(_later.id))
    .where(or_(_later.reverses_id == Movement.id, _later.transfer_id == Movement.id))
    .scalar_subquery()
)
"""A document itself never changes; what is shown of it does, once for each later document that names it."""

UPDATED = func.coalesce(
    select(func.max(_last.recorded_at))
    .where(or_(_last.reverses_id == Movement.id, _last.transfer_id == Movement.id))
    .scalar_subquery(),
    Movement.recorded_at,
)
"""When what is shown of a document changed last."""

BORROWED = (
    select(func.max(Item.updated_at))
    .join(MovementLine, MovementLine.item_id == Item.id)
    .where(MovementLine.movement_id == Movement.id)
    .scalar_subquery()
)
"""When an item that the document names changed last: its lines show the item's code and name of today."""

DOCUMENT_QUANTITY = type_coerce(
    type_coerce(MovementLine.quantity, BigInteger) * case((Movement.kind.in_(OUTGOING), -1), else_=1),
    QuantityType,
)
"""A line's quantity as its document says it: how many were sold, not what that did to the level."""

refusals["uq_movements_reverses_id"] = errors.AlreadyReversed
