"""The day on a store's wall, told by SQL and by Python's own calendar."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select

from common.types import Timestamp
from models.reports.local_days import local_day, offsets

ZONES = (
    *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "UTC"),
    *("Pacific/Apia", "America/St_Johns", "Europe/Paris"),
)
STORES = dict(enumerate(ZONES, start=1))
MOMENTS = Table("moments", MetaData(), Column("store_id", Integer), Column("at", Timestamp))


def moments(year):
    """Yield some by lot, and those around each change of a clock."""
    chance = random.Random(year)  # noqa: S311 - no secret
    began = datetime(year, 1, 1, tzinfo=UTC)
    for store, zone in STORES.items():
        found = [began + timedelta(milliseconds=chance.randrange(2 * 365 * 86_400_000)) for _ in range(20)]
        for change, _ in offsets(zone, began, began + timedelta(days=730)):
            if change is not None:
                found += [change + timedelta(milliseconds=step) for step in (-86_400_000, -1, 0, 86_399_999)]
        yield from ({"store_id": store, "at": moment} for moment in found)


@pytest.mark.parametrize("year", [1971, 2011, 2026])
def test_a_day_is_that_of_the_zone(year):
    rows = list(moments(year))
    since, until = (edge(row["at"] for row in rows) for edge in (min, max))
    day = local_day(MOMENTS.c.at, MOMENTS.c.store_id, STORES, since, until)

    with create_engine("sqlite://").begin() as connection:
        MOMENTS.create(connection)
        connection.execute(insert(MOMENTS), rows)
        told = connection.execute(select(MOMENTS.c.store_id, MOMENTS.c.at, day)).all()

    right = [row["at"].astimezone(ZoneInfo(STORES[row["store_id"]])).date().isoformat() for row in rows]
    assert [found for *_, found in told] == right


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_the_ends_of_the_calendar_have_a_day_too(moment):
    """In some zone each is in a year that there is not."""
    assert [offsets(zone, moment, moment)[-1][0] for zone in ZONES] == [None] * len(ZONES)
