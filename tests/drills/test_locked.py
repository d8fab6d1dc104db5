from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles

import pytest
from clients import Client, Shop
from sqlalchemy import text

from common.database import open_engine

LOCKED_SECONDS, WRITERS, READERS = 15, 12, 3


@pytest.mark.slow
def test_a_database_that_another_program_locks_is_read_on_and_written_later(place, serve, agrees, tell):
    client = Client(serve(place).port).sign_in()
    shop = Shop(client).fill(stores=1, items=1, stock=100)
    sale = shop.document(shop.stores[0], (shop.items[0], 1))
    engine = open_engine(place.url or f"sqlite:///{place.file.as_posix()}")
    with engine.begin() as other:
        # A session's use is noted once a minute: the readers' are due.
        other.execute(text("UPDATE sessions SET last_used_at = '2000-01-01T00:00:00.000Z'"))

    with engine.begin() as other, ThreadPoolExecutor(WRITERS + READERS) as pool:
        if not place.is_sqlite:  # where to begin is to lock
            other.execute(text("SELECT id FROM levels FOR UPDATE"))
        until = time.monotonic() + LOCKED_SECONDS
        reading = [pool.submit(_read, client.another(), shop.items[0], until) for _ in range(READERS)]
        writing = [pool.submit(_write, client.another(), sale, number, until) for number in range(WRITERS)]
        read = [seconds for future in reading for seconds in future.result()]
        written = [answer for future in writing for answer in future.result()]
    engine.dispose()
    after = [client.post("/sales", sale, key=f"key-{number}") for number in range(WRITERS)]

    p95 = quantiles(read, n=20)[-1]
    longest = max(answer.seconds for answer in written)
    tell(f"{len(read)} reads: p95 {p95:.3f} s, {len(written)} writes: longest {longest:.1f} s")
    assert p95 <= 1
    assert {answer.status for answer in written} == {503}
    assert all(answer.headers["Retry-After"].isdigit() for answer in written)
    assert longest <= 11 + 1  # the promise, and a second for whatever else this computer does
    assert [answer.status for answer in after] == [201] * WRITERS
    assert place.rows("SELECT count(*) FROM movements WHERE kind = 'sale'") == [(WRITERS,)]
    agrees(place)


def _read(client, item, until):
    seconds = []
    while time.monotonic() < until:
        answer = client.get(f"/stock?item_id={item}")
        assert answer.status == 200
        seconds.append(answer.seconds)
        time.sleep(0.02)
    return seconds


def _write(client, sale, number, until):
    """Insist, as a till does; the last wish is one that the lock outlasts."""
    answers = []
    while not answers or time.monotonic() < until - 11:
        answers.append(client.post("/sales", sale, key=f"key-{number}"))
    return answers
