"""What several reports know of an item in a store: what is on order, and what sells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, Subquery, case, cast, exists, func, literal, select
from sqlalchemy.orm import aliased

from common.types import Timestamp
from models.movement import Movement, MovementLine
from models.purchase_order import DRAFT, OPEN, PurchaseOrder, PurchaseOrderLine
from models.reports import units


def on_order() -> Subquery:
    """Return by store and item what is still to come of orders: of those that were sent, and of drafts."""
    missing = units(PurchaseOrderLine.quantity) - units(PurchaseOrderLine.received)
    outstanding = case((missing > 0, missing), else_=0)
    return (
        select(
            PurchaseOrder.store_id,
            PurchaseOrderLine.item_id,
            _sum(case((PurchaseOrder.state.in_(OPEN), outstanding), else_=0)).label("on_order"),
            _sum(case((PurchaseOrder.state == DRAFT, outstanding), else_=0)).label("drafted"),
        )
        .join(PurchaseOrderLine, PurchaseOrderLine.order_id == PurchaseOrder.id)
        .where(PurchaseOrder.state.in_([DRAFT, *OPEN]))
        .group_by(PurchaseOrder.store_id, PurchaseOrderLine.item_id)
        .subquery("ordered")
    )


def traded(kinds: Sequence[str], since: datetime) -> Select[Any]:
    """Return by store and item what was sold (less what came back) from a moment on; what was reversed never was."""
    undoing, line = aliased(Movement), MovementLine
    documents = select(Movement.id).where(
        case((Movement.kind.in_(kinds), 1), else_=0) == 1,
        Movement.occurred_at >= literal(since, Timestamp),
        ~exists().where(undoing.reverses_id == Movement.id),
    )
    # SQLite would read every sale there ever was by the index of kinds, or every line by that of items and stores, to
    # have them in order. Neither a kind nor what is grouped by is a plain column here, so that it begins with the time.
    keys: dict[str, Any] = {name: cast(getattr(line, name), BigInteger) for name in ("store_id", "item_id")}
    found: Select[Any] = select(
        *(key.label(name) for name, key in keys.items()), _sum(-units(line.quantity)).label("sold")
    )
    return found.where(line.movement_id.in_(documents)).group_by(*keys.values())


def _sum(expression: Any) -> Any:
    return cast(func.sum(expression), BigInteger)
