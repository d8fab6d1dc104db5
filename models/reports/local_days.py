"""Days as a store's clock on the wall has them, in SQL.

SQLite knows no time zones, and a server's own table of them may differ from this program's. So the offsets from UTC
that hold in the asked period, with the moments at which they change, are worked out here and stand in the statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, String, case, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from common.types import Timestamp

Offsets = tuple[tuple[datetime | None, int], ...]
"""Seconds east of UTC, each until a moment; the last without an end."""

_SECOND = timedelta(seconds=1)
_LAST_YEAR = MAXYEAR - 1


class LocalDay(FunctionElement[str]):
    """The day, such as 2026-11-21, of a moment at so many seconds east of UTC."""

    type = String(10)
    inherit_cache = True


@compiles(LocalDay, "sqlite")
def _on_sqlite(element: LocalDay, compiler: Any, **kwargs: Any) -> str:
    moment, seconds = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"date({moment}, ({seconds}) || ' seconds')"


@compiles(LocalDay, "postgresql")
def _on_postgresql(element: LocalDay, compiler: Any, **kwargs: Any) -> str:
    moment, seconds = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"to_char(({moment} AT TIME ZONE 'UTC') + ({seconds}) * interval '1 second', 'YYYY-MM-DD')"


@compiles(LocalDay, "mysql", "mariadb")
def _on_mariadb(element: LocalDay, compiler: Any, **kwargs: Any) -> str:
    moment, seconds = (compiler.process(clause, **kwargs) for clause in element.clauses)
    # Moments are text there too, whose last sign, the Z, no calculation takes.
    return f"DATE_FORMAT(LEFT({moment}, 23) + INTERVAL ({seconds}) SECOND, '%%Y-%%m-%%d')"


def local_day(moment: Any, store_id: Any, zones: Mapping[int, str], since: datetime, until: datetime) -> Any:
    """Return the day of a moment between two others where a store is; `zones` is each store's time zone."""
    alike: dict[Offsets, list[int]] = defaultdict(list)
    for store, zone in zones.items():
        alike[offsets(zone, since, until)].append(store)
    if not alike:
        return LocalDay(moment, literal(0, Integer))
    most = max(alike, key=lambda one: len(alike[one]))
    others = [(store_id.in_(sorted(alike[one])), _seconds(moment, one)) for one in alike if one != most]
    return LocalDay(moment, case(*others, else_=_seconds(moment, most)) if others else _seconds(moment, most))


def _seconds(moment: Any, known: Offsets) -> ColumnElement[int]:
    *before, (_, last) = known
    if not before:
        return literal(last, Integer)
    steps = [(moment < literal(end, Timestamp), literal(seconds, Integer)) for end, seconds in before]
    return case(*steps, else_=literal(last, Integer))


def offsets(zone: str, since: datetime, until: datetime) -> Offsets:
    """Return the offsets of a time zone between two moments."""
    steps = [step for year in range(since.year, min(until.year, _LAST_YEAR) + 1) for step in _changes(zone, year)]
    changes = [(at, before) for at, before in steps if since < at <= until]
    return (*changes, (None, _offset(ZoneInfo(zone), until)))


@lru_cache(maxsize=4096)
def _changes(zone: str, year: int) -> tuple[tuple[datetime, int], ...]:
    """Return when within a year (of UTC) the offset changes, and from which."""
    tz, found = ZoneInfo(zone), []
    day, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while day < end:
        following = day + timedelta(days=1)
        before = _offset(tz, day)
        if _offset(tz, following) != before:
            found.append((_when(tz, day, following), before))
        day = following
    return tuple(found)


def _when(tz: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """Return the first second at which the offset is no longer that of `low`."""
    before = _offset(tz, low)
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (middle, high) if _offset(tz, middle) == before else (low, middle)
    return high


def _offset(tz: ZoneInfo, moment: datetime) -> int:
    try:
        local = moment.astimezone(tz)
    except OverflowError:  # where the calendar ends, or begins, at another hour than in UTC
        local = (moment + timedelta(days=1 if moment.year == 1 else -1)).astimezone(tz)
    return int((local.utcoffset() or timedelta()).total_seconds())
