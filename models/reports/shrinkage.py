"""Shrinkage: what was lost without being sold, in money, by store, by what said so and for which reason.

1. Write-offs, adjustments, what stocktakes found, and what transfers lost on their way. Adjustments and stocktakes may
   find something too; that is summed apart, and `net_value` is the difference.
2. A reversal takes back what it reverses, at the time and for the reason of the document that it reverses.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Select, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from common.access import Caller
from common.types import MoneyType, QuantityType
from models.count import Count
from models.movement import REVERSED_BY, Movement, MovementLine
from models.reports import KIND, ZERO, among, grouped, named, result, seen, total, units, worth
from models.reports.movements import of_lines, within

BY = ("store", "kind", "reason")
WRITE_OFF, ADJUSTMENT, STOCKTAKE, LOSS = KINDS = ("write_off", "adjustment", "stocktake", "loss")
_NAMES = {"store": "store_id", "kind": "kind", "reason": "reason"}


class Shrinkage:
    """The rows of this report."""

    __tablename__ = "shrinkage"
    rows = result(
        __tablename__,
        store_id=BigInteger(),
        kind=KIND,
        reason=KIND,
        lost_quantity=QuantityType(),
        lost_value=MoneyType(),
        found_quantity=QuantityType(),
        found_value=MoneyType(),
        net_value=MoneyType(),
        documents=BigInteger(),
    )


def shrinkage(caller: Caller, asked: dict[str, Any]) -> Select[Any]:
    """Return what was lost and found, grouped `by` some of BY."""
    by, line = [_NAMES[name] for name in asked["by"]], MovementLine
    reversal = aliased(Movement)
    undone = select(reversal.id).where(reversal.reverses_id == Movement.id).scalar_subquery()
    counted = and_(Movement.kind == ADJUSTMENT, exists().where(Count.movement_id == Movement.id))
    kind = case((counted, literal(STOCKTAKE, KIND)), else_=Movement.kind)
    keys = {"store_id": line.store_id, "kind": kind, "reason": Movement.reason}
    # A reversal's line goes the other way, and takes from what its document's own line went into.
    own = line.movement_id == Movement.id
    lost = case((own, units(line.quantity) < ZERO), else_=units(line.quantity) > ZERO)
    gone = worth(case((lost, -units(line.value)), else_=ZERO))
    found = worth(case((lost, ZERO), else_=units(line.value)))
    documents = cast(func.count(case((REVERSED_BY.is_(None), Movement.id)).distinct()), BigInteger)
    statement: Select[Any] = select(
        *grouped(by, keys),
        total(case((lost, -units(line.quantity)), else_=ZERO), QuantityType).label("lost_quantity"),
        gone.label("lost_value"),
        total(case((lost, ZERO), else_=units(line.quantity)), QuantityType).label("found_quantity"),
        found.label("found_value"),
        worth(-units(line.value)).label("net_value"),
        documents.label("documents"),
    ).join(Movement, line.movement_id.in_([Movement.id, undone]))
    statement = statement.where(Movement.kind.in_([WRITE_OFF, ADJUSTMENT, LOSS]))
    statement = of_lines(within(seen(caller, statement, line.store_id), Movement.occurred_at, asked), asked)
    statement = among(statement, kind, asked["kind"])
    statement = statement.group_by(*(keys[name] for name in by))
    return named(Shrinkage.rows, statement.having(or_(documents > 0, units(gone) != 0, units(found) != 0)))
