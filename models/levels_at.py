"""Levels as they stood at a moment: what the last line that counts from then or before left in each place.

One seek in `ix_movement_lines_level_at` for each place of a level, however long its history is.

1. Right after a line was recorded, and as long as nothing else is, what is told of that moment is the level itself.
2. A level is there from `created_at` on: from its first line, or from when a store listed the item.
3. What was not moved since then stands as it stood: a level's `updated_at` is never before its last line.
4. The moment is the parameter `at` of the statement, and beside timestamps `at_timestamp`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, and_, bindparam, case, func, literal_column, select, type_coerce
from sqlalchemy.orm import aliased

from common.types import Milliseconds, QuantityType, Timestamp, ValueType
from models.level import Level, average
from models.movement import IN_TRANSIT, ON_HAND, MovementLine

AT = bindparam("at", type_=Milliseconds)
THERE = Level.created_at <= AT
"""Whether a level was there already."""
_UNMOVED = Level.updated_at <= bindparam("at_timestamp", type_=Timestamp)

_shelf, _way = (aliased(MovementLine, name=name) for name in ("shelf", "way"))


def newest_line(place: str, counts: Callable[[Any], Any], *beside: Any, says: str = "id") -> Any:
    """Return what the last of a level's lines in a place `says` whose time `counts`, its id; null where none does.

    It speaks of `Level`, and of the tables `beside` it, in the statement that it stands in.
    """
    of = aliased(MovementLine)
    level = and_(of.store_id == Level.store_id, of.item_id == Level.item_id, of.place == literal_column(f"'{place}'"))
    newest = (
        select(getattr(of, says)).where(level, counts(of.recorded_at)).order_by(of.recorded_at.desc(), of.id.desc())
    )
    return newest.limit(1).correlate(Level, *beside).scalar_subquery()


def _then(line: Any, place: str) -> Any:
    return line.id == newest_line(place, lambda recorded_at: recorded_at <= AT)


LINES = ((_shelf, _then(_shelf, ON_HAND)), (_way, _then(_way, IN_TRANSIT)))
"""What to join to levels, outer, for the expressions below."""


def _or_nothing(column: Any, type_: Any) -> Any:
    return type_coerce(func.coalesce(type_coerce(column, BigInteger), 0), type_)


ON_HAND_THEN = _or_nothing(_shelf.on_hand_after, QuantityType)
VALUE_THEN = _or_nothing(_shelf.value_after, ValueType)
IN_TRANSIT_THEN = _or_nothing(_way.on_hand_after, QuantityType)
TRANSIT_VALUE_THEN = _or_nothing(_way.value_after, ValueType)
AVERAGE_THEN = average(ON_HAND_THEN, VALUE_THEN)
_moved = _or_nothing(_shelf.recorded_at, Milliseconds)
UPDATED_THEN = type_coerce(
    case((_way.recorded_at > _moved, _way.recorded_at), else_=func.coalesce(_shelf.recorded_at, Level.created_at)),
    Milliseconds,
)
"""When the level was moved last by then, or since when it is there."""


def _sought(place: str, says: str, type_: Any) -> Any:
    found = newest_line(place, lambda recorded_at: recorded_at <= AT, says=says)
    return _or_nothing(found, type_)


def _unless_moved(now: Any, sought: Any) -> Any:
    return type_coerce(case((_UNMOVED, type_coerce(now, BigInteger)), else_=sought), QuantityType)


# For conditions and orders, which look at every level: one seek for just what they need, before anything is joined,
# and none where the level itself knows.
ON_HAND_SOUGHT = _unless_moved(Level.on_hand, _sought(ON_HAND, "on_hand_after", BigInteger))
IN_TRANSIT_SOUGHT = _unless_moved(Level.in_transit, _sought(IN_TRANSIT, "on_hand_after", BigInteger))
_SHELF_SOUGHT, _WAY_SOUGHT = (_sought(place, "recorded_at", BigInteger) for place in (ON_HAND, IN_TRANSIT))
_MOVED = case((_WAY_SOUGHT > _SHELF_SOUGHT, _WAY_SOUGHT), else_=_SHELF_SOUGHT)
UPDATED_SOUGHT = type_coerce(case((_MOVED > 0, _MOVED), else_=type_coerce(Level.created_at, BigInteger)), Milliseconds)


def levels_at(moment: datetime) -> Select[Any]:
    """Return every level as it stood then: store_id, item_id, on_hand, in_transit, value, transit_value.

    Further conditions may be put on `Level.store_id` and `Level.item_id`, or it may be made a subquery.
    """
    columns = {
        "on_hand": ON_HAND_THEN,
        "in_transit": IN_TRANSIT_THEN,
        "value": VALUE_THEN,
        "transit_value": TRANSIT_VALUE_THEN,
    }
    found = select(Level.store_id, Level.item_id, *(column.label(name) for name, column in columns.items()))
    found = found.select_from(Level)
    for line, is_last in LINES:
        found = found.outerjoin(line, is_last)
    return found.where(THERE).params(at=moment)
