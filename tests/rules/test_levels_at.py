"""Levels at a moment: whatever was posted, each moment is told as it was recorded when it was the latest."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import examples
import pytest
from blanks import session_of
from racing import AT_MOST, waits
from sqlalchemy import select, text
from test_ledger_walk import BOOKS, REFUSALS, Shops

from common import clock, errors
from common.database import again, unit_of_work
from models import checking, ledger, levels_at
from models.item import Item
from models.level import Level
from models.movement import Movement, MovementLine
from models.reports import balances
from models.store import Store

STEPS, SEED = 120, 20261121
STEP = timedelta(milliseconds=1)
NOW = select(Level.store_id, Level.item_id, Level.on_hand, Level.in_transit, Level.value, Level.transit_value)


@pytest.fixture
def engine(every_engine):
    return every_engine


def levels(session, statement=NOW):
    return {tuple(row[:2]): tuple(row[2:]) for row in session.execute(statement)}


def then(session, moment):
    return levels(session, levels_at.levels_at(moment))


def assert_in_order(session):
    """Check that on each level times follow the order of recording, and that `check` finds nothing."""
    last = {}
    for line in session.scalars(select(MovementLine).order_by(MovementLine.id)):
        key = line.store_id, line.item_id
        assert line.recorded_at >= last.get(key, line.recorded_at)
        last[key] = line.recorded_at
    assert {(row.store_id, row.item_id): row.updated_at for row in session.scalars(select(Level))} == last
    found = checking.prove(session.connection(), titles=BOOKS)
    assert [finding for finding in found if not finding.holds] == []


def test_each_moment_is_told_as_it_was_when_it_was_the_latest(session, time):
    chance, was = random.Random(SEED), {}  # noqa: S311 - a walk to be walked again
    with unit_of_work(session, write=True):
        shops = Shops(session, chance)
    session.rollback()

    for _ in range(STEPS):
        time.moment += STEP * chance.choice((0, 1, 1, 2, 1000))
        try:
            with unit_of_work(session, write=True):
                shops.step()
        except REFUSALS:
            pass
        was[clock.now()] = levels(session)
        session.rollback()

    assert len(was) > STEPS / 2
    for moment, recorded in was.items():
        assert then(session, moment) == recorded
    assert then(session, min(was) - STEP * 1001) == {}
    assert_in_order(session)


def test_a_clock_that_is_set_back_turns_no_time_round(session, time):
    """A little, and documents follow the newest line; by days, and only the levels go on from there that it moved."""
    with unit_of_work(session, write=True):
        here, there = examples.store(session), examples.store(session, "THERE")
        tea, salt = examples.item(session), examples.item(session, "SALT")
    recorded = []
    for back, lines in (
        (0, [(tea, 5)]),
        (5, [(tea, 1), (salt, 1)]),
        (3 * 86400, [(tea, 1), (salt, 1)]),
        (0, [(tea, 1)]),
    ):
        time.moment -= timedelta(seconds=back)
        with unit_of_work(session, write=True):
            recorded.append(examples.posted(session, "receipt", here, *lines).recorded_at)
    first = recorded[0]
    with unit_of_work(session, write=True):
        examples.posted(session, "transfer", here, (tea, 2), to_store_id=there.id)

    assert recorded == [first, first, first - timedelta(days=3, seconds=5), first - timedelta(days=3, seconds=5)]
    assert then(session, first) == levels(session)
    assert then(session, first - STEP).keys() == {(there.id, tea.id)}
    assert_in_order(session)


def test_who_waits_for_a_level_records_later_than_whom_it_waited_for(engine):
    """The second begins before the first records its last document, and is recorded after it."""
    with session_of(engine) as session, unit_of_work(session, write=True):
        examples.posted(session, "receipt", examples.store(session), (examples.item(session), 9))

    def sell(session):
        store, tea = session.scalars(select(Store)).one(), session.scalars(select(Item)).one()
        return examples.posted(session, "sale", store, (tea, 1))

    def late():
        with session_of(engine) as session:
            again(session, sell)

    second = threading.Thread(target=late)
    with session_of(engine) as session, unit_of_work(session, write=True):
        sell(session)
        second.start()
        waits(engine, second)
        threading.Event().wait(0.01)
        sell(session)
    second.join(AT_MOST)

    with session_of(engine) as session:
        times = session.scalars(select(Movement.recorded_at).order_by(Movement.id)).all()
        assert times == sorted(times)
        assert times[-1] - times[1] >= timedelta(milliseconds=10)
        assert_in_order(session)


def test_many_who_post_by_clocks_that_differ_keep_one_order(engine, monkeypatch):
    by = threading.local()

    class Skewed(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(seconds=getattr(by, "seconds", 0))

    monkeypatch.setattr(clock, "datetime", Skewed)
    with session_of(engine) as session, unit_of_work(session, write=True):
        stores = [examples.store(session, code).id for code in ("HERE", "THERE")]
        items = [examples.item(session, sku) for sku in ("TEA", "SALT")]
        for store in session.scalars(select(Store)).all():
            examples.posted(session, "receipt", store, *((item, 50) for item in items))

    def post(number):
        by.seconds, chance = (-2, 0, 3)[number], random.Random(number)  # noqa: S311 - no secret
        with session_of(engine) as session:
            for _ in range(12):
                source, target = chance.sample(stores, 2)
                lines = [examples.line(item, 1) for item in chance.sample(items, chance.choice((1, 2)))]
                more = {"kind": "transfer", "store_id": source, "to_store_id": target, "lines": lines}
                again(session, lambda session, more=more: ledger.post(session, examples.CLERK, **more))

    writers = [threading.Thread(target=post, args=[number]) for number in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    with session_of(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM movements")) == 38
        assert_in_order(session)
        differing = text(
            "SELECT count(*) FROM (SELECT movement_id FROM movement_lines GROUP BY movement_id "
            "HAVING count(DISTINCT recorded_at) > 1) torn"
        )
        assert session.scalar(differing) == 0
        whole = sum(row.on_hand + row.in_transit for row in session.scalars(select(Level)))
        for moment in session.scalars(select(MovementLine.recorded_at).distinct()).all():
            told = then(session, moment).values()
            assert len(told) < 4 or sum(on_hand + in_transit for on_hand, in_transit, *_ in told) == whole


@pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])
def test_days_end_by_the_stores_own_midnight(session, time, timezone):
    """Around a night in which clocks are turned, a document every seven hours, and some days without one."""
    with unit_of_work(session, write=True):
        here, tea = examples.store(session, timezone=timezone), examples.item(session)
        there = examples.store(session, "THERE", timezone="Asia/Tokyo")
    zone, lines = ZoneInfo(timezone), []
    time.moment = datetime(2026, 10, 23, 1, tzinfo=UTC)
    for number in range(20):
        time.moment += timedelta(hours=7 if number != 9 else 80)
        with unit_of_work(session, write=True):
            examples.posted(session, "receipt", here, (tea, number + 1, "2"))
            examples.posted(session, "receipt", there, (tea, 1, "3"))
        lines.append((time.moment, number + 1))
    time.moment += timedelta(days=3)

    def told(since=None, until=None, **more):
        asked = {"from": since, "to": until, "store_id": [here.id], "item_id": None, "category_id": None} | more
        rows = session.connection().execute(balances.day_balances(session.connection(), examples.CLERK, asked)).all()
        return {row.day: (row.levels, row.on_hand, row.value) for row in sorted(rows)}

    right, day = {}, lines[0][0].astimezone(zone).date()
    while day <= time.moment.astimezone(zone).date():
        total = sum(quantity for moment, quantity in lines if moment.astimezone(zone).date() <= day)
        right[day.isoformat()] = 1, total, 2 * total
        day += timedelta(days=1)
    days = [*right]
    third, fifth = (datetime.fromisoformat(days[n]).replace(tzinfo=zone) for n in (2, 4))

    assert told() == right
    assert told(third, fifth) == {day: right[day] for day in days[2:4]}
    assert told(third, fifth + timedelta(milliseconds=1)) == {day: right[day] for day in days[2:5]}
    assert told(until=lines[0][0] - timedelta(days=1)) == {}
    assert told(store_id=None, until=fifth)[days[3]][1] > right[days[3]][1]
    assert examples.refused(errors.Invalid, told, fifth - timedelta(days=400)) == [("from", "too_small")]
