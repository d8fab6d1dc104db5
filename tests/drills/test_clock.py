from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from common import clock

IDS = "SELECT id, recorded_at FROM movements WHERE kind = 'sale' ORDER BY id"


@pytest.fixture
def turn_clock(monkeypatch):
    """Set this process's clock forward or back: `turn_clock(days=-3)`."""

    class Turned(datetime):
        by = timedelta()

        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + cls.by

    monkeypatch.setattr(clock, "datetime", Turned)

    def turn(**by):
        Turned.by = timedelta(**by)

    return turn


def test_what_is_recorded_keeps_its_order_whatever_the_clock_says(place, local, turn_clock, agrees):
    client = local(place)
    shop = client.shop().fill(stores=1, items=1, stock=10)
    sold, recorded = [], []
    for days in (0, -3, 400, 0):
        turn_clock(days=days)
        client.sign_in()
        sale = client.made("/sales", shop.document(shop.stores[0], (shop.items[0], 1)))
        sold.append(sale["id"])
        recorded.append(sale["recorded_at"])

    listed = client.get("/sales?limit=2")
    pages = [listed.json, client.get(listed.json["links"]["next"]["href"].removeprefix("/api/v1")).json]

    assert sold == sorted(sold)
    assert recorded != sorted(recorded)
    assert [row["id"] for page in pages for row in page["data"]] == sold[::-1]
    assert [id_ for id_, _ in place.rows(IDS)] == sold
    levels = place.rows("SELECT on_hand_after FROM movement_lines WHERE quantity < 0 ORDER BY id")
    assert levels == [(9000,), (8000,), (7000,), (6000,)]
    agrees(place)


def test_a_session_that_time_has_ended_stays_ended(place, local, turn_clock):
    client = local(place).sign_in()
    assert client.get("/session").status == 200

    turn_clock(days=400)
    assert client.get("/session").status == 401

    client.another().sign_in()
    turn_clock(days=0)
    assert client.get("/session").status == 401


def test_a_session_of_a_time_to_come_is_none(place, local, turn_clock):
    client = local(place)
    turn_clock(days=400)
    client.sign_in()
    assert client.get("/session").status == 200

    turn_clock(days=0)

    assert client.get("/session").status == 401


def test_a_session_that_ended_is_not_revived_by_a_clock_that_is_set_back(place, local, turn_clock):
    client = local(place).sign_in()
    turn_clock(hours=13)
    assert client.get("/session").status == 401

    turn_clock(days=-3)

    assert client.get("/session").status == 401


def test_a_clock_that_is_put_right_by_a_minute_ends_no_session(place, local, turn_clock):
    client = local(place).sign_in()

    turn_clock(minutes=-1)

    assert client.get("/session").status == 200
