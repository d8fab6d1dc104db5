"""Eight writers and two readers for a minute: each change is seen once, none is skipped, all in order."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from clients import SEED, seeded

SECONDS, WRITERS, ITEMS, STOCK = 60, 8, 6, 100_000
READS = (
    {"limit": 200, "wait": 2},
    {"limit": 7, "wait": 0},  # one who is always behind, and never waits
)
TOLD = ("position", "entity", "id", "version", "kind")
RECORDED = """
SELECT s.position, e.entity, e.row_id, e.version, e.kind FROM audit_seals s JOIN audit_entries e ON e.id = s.entry_id
WHERE e.kind <> 'refused' ORDER BY s.position
"""


@pytest.mark.slow
def test_readers_see_each_change_once_and_in_order_while_many_write(place, ports, client, shop, agrees, tell):
    shop.fill(stores=2, items=ITEMS, stock=STOCK)
    over = Event()

    with ThreadPoolExecutor(WRITERS + len(READS)) as pool:
        reading = [
            pool.submit(_follow, client.another(ports[number % len(ports)]), over, **asked)
            for number, asked in enumerate(READS)
        ]
        writing = [
            pool.submit(_write, client.another(ports[number % len(ports)]), shop, number) for number in range(WRITERS)
        ]
        try:
            done = [future.result() for future in writing]
        finally:
            over.set()
        seen = [future.result() for future in reading]

    recorded = place.rows(RECORDED)
    changed, refused = sum(one for one, _ in done), sum(other for _, other in done)
    tell(f"seed {SEED}: {changed} changes, {refused} refused, {len(recorded)} entries")
    assert changed > 100
    assert [position for position, *_ in recorded] == list(range(1, len(recorded) + 1))
    for changes in seen:
        assert changes == recorded
    _in_order(recorded)
    agrees(place)


def _write(client, shop, number):
    """Revise items, sell, and add items, without a pause; returns how many changes were made, how many refused."""
    chance, until, made, refused = seeded(number), time.monotonic() + SECONDS, 0, 0
    while time.monotonic() < until:
        item = chance.choice(shop.items)
        what = chance.random()
        if what < 0.4:
            answer = client.send("PATCH", f"/items/{item}", {"name": f"Item {chance.random()}"})
        elif what < 0.9:
            answer = client.post("/sales", shop.document(chance.choice(shop.stores), (item, 1)))
        else:
            answer = client.post("/items", {"sku": f"W{number}-{made}", "name": "Made meanwhile"})
        assert answer.status in {200, 201, 412, 503}, answer
        made, refused = made + (answer.status < 300), refused + (answer.status >= 300)
    return made, refused


def _follow(client, over, *, limit, wait):
    """Read the changes from the first one on until nobody writes and there are no more."""
    changes, cursor = [], None
    while True:
        last_look = over.is_set()
        page = client.get(f"/changes?limit={limit}&wait={wait}{f'&cursor={cursor}' if cursor else ''}").json
        changes += [tuple(row[name] for name in TOLD) for row in page["data"]]
        cursor = page["page"]["next"]
        if last_look and not page["data"]:
            return changes


def _in_order(recorded):
    """A row's versions follow each other by one, however many wrote it."""
    versions = {}
    for _, entity, row_id, version, kind in recorded:
        if kind != "deleted":
            assert version == versions.get((entity, row_id), 0) + 1, (entity, row_id, version)
        versions[entity, row_id] = version
