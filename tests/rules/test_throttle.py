"""common/throttle.py: how often a password may be tried, wherever the counts are kept."""

from __future__ import annotations

import os
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from lacking import missing
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.orm import sessionmaker

from common import clock, throttle_redis
from common.errors import Busy, TooManyAttempts
from common.throttle import ADDRESS_FACTOR, FORGOTTEN_AFTER, LONGEST_WAIT, Attempt, Count, Off, opened, wait_after
from common.throttle_database import InDatabase
from common.throttle_redis import InRedis

FREE = 3
REDIS = os.environ.get("STOREKEEPER_TEST_REDIS", "redis://127.0.0.1:6379/0")
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def in_database(every_engine):
    return InDatabase(FREE, sessionmaker(every_engine, expire_on_commit=False, autoflush=False))


@pytest.fixture
def in_redis(monkeypatch):
    monkeypatch.setattr(throttle_redis, "_PREFIX", f"storekeeper:test:{uuid.uuid4().hex}:")
    client = Redis.from_url(REDIS, socket_connect_timeout=2)
    try:
        client.ping()
    except RedisError:
        missing(f"there is no Redis at {REDIS}")
    yield InRedis(REDIS, FREE)
    for key in client.scan_iter(throttle_redis._PREFIX + "*"):
        client.delete(key)
    client.close()


@pytest.fixture(params=["database", "redis"])
def throttle(request, every_engine):
    if request.param == "database":
        return InDatabase(FREE, sessionmaker(every_engine, expire_on_commit=False, autoflush=False))
    if every_engine.dialect.name != "sqlite":
        pytest.skip("Redis is the same beside every database")
    return request.getfixturevalue("in_redis")


def attempt(account="ana", address="10.0.0.1"):
    return Attempt.of(account, address)


def fail(throttle, times, **who):
    for _ in range(times):
        throttle.enter(attempt(**who))


def waits(throttle, **who):
    """Return the seconds that an attempt must wait; 0 where it was let in, and counted."""
    try:
        throttle.enter(attempt(**who))
    except TooManyAttempts as refusal:
        return refusal.retry_after
    return 0


def test_a_few_failures_are_free_and_the_next_has_to_wait(throttle):
    fail(throttle, FREE)

    assert 1 <= waits(throttle) <= 5


def test_who_does_not_wait_makes_the_wait_no_longer(throttle):
    fail(throttle, FREE)

    assert max(waits(throttle) for _ in range(20)) <= 5


def test_the_right_password_wipes_the_failures_of_this_account_here(throttle):
    fail(throttle, FREE - 1)
    throttle.enter(attempt())
    throttle.succeed(attempt())

    fail(throttle, FREE)
    assert waits(throttle) > 0


def test_another_account_at_the_same_address_is_not_held_back(throttle):
    fail(throttle, FREE)

    assert waits(throttle, account="ben") == 0


def test_nobody_is_locked_out_from_elsewhere(throttle):
    for number in range(30):
        fail(throttle, FREE, address=f"10.0.1.{number}")

    assert waits(throttle, address="10.0.0.1") == 0


def test_one_address_that_tries_many_names_is_held_back_from_all(throttle):
    for number in range(FREE * ADDRESS_FACTOR):
        assert waits(throttle, account=f"name-{number}") == 0

    assert waits(throttle, account="another") > 0


def test_who_signed_in_there_before_is_not_held_back_by_what_others_fail_at(throttle):
    throttle.enter(attempt())
    throttle.succeed(attempt())
    for number in range(FREE * ADDRESS_FACTOR):
        fail(throttle, 1, account=f"name-{number}")

    assert waits(throttle, account="somebody") > 0
    assert waits(throttle) == 0


def test_signing_in_oneself_gives_no_more_guesses_at_others(throttle):
    for number in range(FREE * ADDRESS_FACTOR):
        fail(throttle, 1, account=f"name-{number}")
        if number % 5 == 0 and waits(throttle, account="mallory") == 0:
            throttle.succeed(attempt("mallory"))

    assert waits(throttle, account="another") > 0


def test_an_ipv6_customer_is_one_address_and_a_mapped_one_is_its_own(throttle):
    fail(throttle, FREE, address="2001:db8:1:2::1")
    fail(throttle, FREE, address="::ffff:10.9.9.9")

    assert waits(throttle, address="2001:db8:1:2:ffff::9") > 0
    assert waits(throttle, address="2001:db8:1:3::1") == 0
    assert waits(throttle, address="10.9.9.9") > 0
    assert waits(throttle, address="") == waits(throttle, address="unix") == 0


def test_many_at_once_are_all_counted(throttle):
    let_in = []

    def work():
        let_in.extend(waits(throttle) == 0 for _ in range(3))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert let_in.count(True) == FREE


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(in_database, monkeypatch):
    moment, seen = NOON, []
    for _ in range(14):
        monkeypatch.setattr(clock, "now", lambda now=moment: now)
        fail(in_database, 1) if not seen else None
        seen.append(waits(in_database))
        moment += timedelta(seconds=seen[-1])
        monkeypatch.setattr(clock, "now", lambda now=moment: now)
        assert waits(in_database) == 0

    assert [second for second in seen if second][:4] == [5, 10, 20, 40]
    assert max(seen) == LONGEST_WAIT.total_seconds()


def test_in_five_minutes_no_more_than_ten_are_let_in():
    count, moment, let_in = Count(), NOON, 0
    while moment < NOON + timedelta(minutes=5):
        if not count.wait(moment):
            count, let_in = count.after_another(moment, 5), let_in + 1
        moment += timedelta(seconds=1)

    assert let_in <= 10


def test_failures_are_forgotten_and_their_rows_go(in_database, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    fail(in_database, FREE)
    monkeypatch.setattr(clock, "now", lambda: NOON + FORGOTTEN_AFTER + timedelta(minutes=1))

    fail(in_database, FREE)

    assert waits(in_database) == 5


def test_a_clock_that_is_set_back_locks_nobody_out():
    count = Count(9, NOON, NOON + LONGEST_WAIT)

    assert count.wait(NOON) == LONGEST_WAIT
    assert not count.wait(NOON - timedelta(days=1))


def test_waits_never_overflow():
    assert wait_after(10**6, 5) == LONGEST_WAIT


def test_settings_choose_where_and_whether():
    assert isinstance(opened("", 0, InDatabase), Off)
    assert isinstance(opened("", 5, InDatabase), InDatabase)
    assert isinstance(opened(REDIS, 5, InDatabase), InRedis)


def test_where_redis_is_away_nobody_signs_in():
    with pytest.raises(Busy):
        InRedis("redis://127.0.0.1:1/0", FREE).enter(attempt())


def test_keys_tell_nothing_of_names_and_addresses():
    assert all(len(key) == 64 and "ana" not in key for key in (attempt().pair, attempt().address, attempt().known))
