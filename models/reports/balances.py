"""How the days ended: what was on hand when each day was over, and what it was worth.

1. A day is one of the store's own time zone; of the day that is not over yet it is what stands now.
2. One seek a level and day (models/levels_at.py): quick for an item, slow for all of a large chain over a long time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, Select, String, cast, column, func, select, values
from sqlalchemy.orm import aliased

from common import clock, errors
from common.access import Caller
from common.errors import FieldError
from common.types import Milliseconds, MoneyType, QuantityType
from models.item import Item
from models.level import Level
from models.levels_at import newest_line
from models.movement import ON_HAND, MovementLine
from models.reports import DAY, among, named, result, seen, total, worth
from models.store import Store

USUAL, LONGEST = timedelta(days=30), timedelta(days=366)
_ENDS = (column("day", DAY), column("timezone", String(64)), column("ends", Milliseconds))


class DayBalance:
    """The rows of this report. `levels` is how many items in stores they sum up."""

    __tablename__ = "day_balances"
    rows = result(__tablename__, day=DAY, levels=BigInteger(), on_hand=QuantityType(), value=MoneyType())


def day_balances(connection: Connection, caller: Caller, asked: dict[str, Any]) -> Select[Any]:
    """Return how each day ended that lies in part between `from` and `to`; raises Invalid where that is too long.

    Days before anything was there have no row.
    """
    now = clock.now()
    until = min(asked["to"] or now, now)
    since = asked["from"] or until - USUAL
    if until - since > LONGEST:
        message = f"At most {LONGEST.days} days at once."
        raise errors.Invalid(message, errors=[FieldError("from", "too_small", message)])
    zones = connection.scalars(select(Store.timezone).distinct()).all()
    days = [(day.isoformat(), zone, end) for zone in zones for day, end in _days(zone, since, until)]
    ends, line = values(*_ENDS, name="ends").data(days or [("", "", now)]).cte("ends"), aliased(MovementLine)
    last = newest_line(ON_HAND, lambda recorded_at: recorded_at < ends.c.ends, ends)
    statement: Select[Any] = (
        select(
            ends.c.day.label("day"),
            cast(func.count(), BigInteger).label("levels"),
            total(line.on_hand_after, QuantityType).label("on_hand"),
            worth(line.value_after).label("value"),
        )
        .select_from(Level)
        .join(Store, Store.id == Level.store_id)
        .join(ends, ends.c.timezone == Store.timezone)
        .join(line, line.id == last)
    )
    statement = among(among(statement, Level.store_id, asked["store_id"]), Level.item_id, asked["item_id"])
    if asked["category_id"] is not None:
        statement = among(statement.join(Item, Item.id == Level.item_id), Item.category_id, asked["category_id"])
    return named(DayBalance.rows, seen(caller, statement, Level.store_id).group_by(ends.c.day))


def _days(zone: str, since: datetime, until: datetime) -> Iterator[tuple[date, datetime]]:
    """Yield each day of a zone that lies in part between two moments, the second not included, with its end."""
    tz = ZoneInfo(zone)
    day, end = since.astimezone(tz).date(), since
    while end < until:
        following = day + timedelta(days=1)
        end = datetime.combine(following, time.min, tz)
        yield day, end
        day = following
