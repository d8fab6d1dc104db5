"""What became of a transfer's goods, for whoever shows it; what is told here is proven by models/checking_transfers.py.

1. Of each line: sent = arrived + in transit + lost + recalled. What was reversed counts as if it had never been; of a
   transfer that was reversed itself nothing was sent.
2. A transfer is under way while anything of it is in transit.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, case, cast, false, func, select, type_coerce
from sqlalchemy.orm import aliased

from common.types import QuantityType
from models.movement import IN_TRANSIT, OUTCOMES, REVERSED_BY, Movement, MovementLine, in_force

_taken, _of_all, _sent = (aliased(MovementLine) for _ in range(3))


def _units(column: Any) -> Any:
    return type_coerce(column, BigInteger)


def _total(lines: type[MovementLine]) -> Any:
    """A server adds whole numbers up to what is none of its own kind; to be shown it is one again."""
    return select(cast(func.coalesce(func.sum(_units(lines.quantity)), 0), BigInteger))


def _quantity(units: Any) -> Any:
    return type_coerce(units, QuantityType)


def _came_of_line(kind: str) -> Any:
    """Return what outcomes of a kind took of a line in transit; they keep its position."""
    of_line = _taken.position == MovementLine.position, _taken.place == IN_TRANSIT
    documents = in_force(MovementLine.movement_id, [kind]).correlate(MovementLine)
    return -_total(_taken).where(_taken.movement_id.in_(documents), *of_line).scalar_subquery()


_SENT = case((REVERSED_BY.is_(None), _units(MovementLine.quantity)), else_=0)
_arrived, _lost, _recalled = (_came_of_line(kind) for kind in OUTCOMES)

SENT, ARRIVED, LOST, RECALLED = (_quantity(units) for units in (_SENT, _arrived, _lost, _recalled))
"""Of a transfer's line in transit: what was sent, and what became of it."""

STILL_IN_TRANSIT = _quantity(_SENT - _arrived - _lost - _recalled)
"""Of a transfer's line in transit: what is still on its way."""

_all_sent = _total(_sent).where(_sent.movement_id == Movement.id, _sent.place == IN_TRANSIT)
_all_taken = _total(_of_all).where(
    _of_all.movement_id.in_(in_force(Movement.id).correlate(Movement)), _of_all.place == IN_TRANSIT
)
UNDER_WAY = type_coerce(
    case(
        (Movement.kind != "transfer", false()),
        (REVERSED_BY.is_not(None), false()),
        else_=_all_sent.scalar_subquery() + _all_taken.scalar_subquery() > 0,
    ),
    Boolean,
)
"""Whether anything of a transfer is in transit; false for every other document."""
