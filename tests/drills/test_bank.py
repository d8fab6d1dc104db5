from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from clients import SEED, seeded
from sqlalchemy import text

STORES, ITEMS, STOCK = 3, 2, 40
TRANSFERS, MOVERS = 40, 6
SNAPSHOT = "SELECT item_id, sum(on_hand + in_transit), min(on_hand), min(in_transit) FROM levels GROUP BY item_id"
LINES = """
SELECT count(*) FROM levels l WHERE l.on_hand + l.in_transit <>
  (SELECT coalesce(sum(quantity), 0) FROM movement_lines m WHERE m.store_id = l.store_id AND m.item_id = l.item_id)
"""


@pytest.mark.slow
def test_goods_that_are_moved_about_are_never_more_nor_fewer(place, ports, client, shop, agrees, tell):
    shop.fill(stores=STORES, items=ITEMS, stock=STOCK)
    pool, over = ThreadPoolExecutor(MOVERS + 2), threading.Event()

    with pool:
        moving = [
            pool.submit(_move, client.another(ports[number % len(ports)]), shop, number) for number in range(MOVERS)
        ]
        looking = pool.submit(_look_in_database, place, over)
        asking = pool.submit(_ask_for_pages, client.another(ports[-1]), over)
        try:
            statuses = [status for future in moving for status in future.result()]
        finally:
            over.set()
        snapshots, pages = looking.result(), asking.result()

    tell(f"seed {SEED}: {statuses.count(201)} documents, {len(snapshots)} snapshots, {pages} answers to GET /stock")
    assert set(statuses) <= {201, 409}
    assert statuses.count(201) > MOVERS * TRANSFERS
    assert len(snapshots) > 10
    assert pages > 10
    for whole, disagreeing in snapshots:
        assert [(item, total) for item, total, _, _ in whole] == [(i, STORES * STOCK * 1000) for i in shop.items]
        assert min(least for row in whole for least in row[2:]) >= 0
        assert disagreeing == 0
    agrees(place)


def _move(client, shop, number):
    """Send goods to another store; of three transfers two arrive at once and one a little later."""
    chance, statuses, under_way = seeded(number), [], []
    for _ in range(TRANSFERS):
        source, target = chance.sample(shop.stores, 2)
        lines = [(item, chance.randint(1, 9)) for item in chance.sample(shop.items, chance.randint(1, ITEMS))]
        sent = client.post("/transfers", shop.document(source, *lines, to_store_id=target))
        statuses.append(sent.status)
        if sent.status == 201:
            under_way.append(sent.json["id"])
        while len(under_way) > chance.randint(0, 2):
            statuses.append(client.post(f"/transfers/{under_way.pop(0)}/arrival", {}).status)
    return statuses + [client.post(f"/transfers/{id_}/arrival", {}).status for id_ in under_way]


def _look_in_database(place, over):
    seen = []
    while not over.is_set():
        with place.reading() as connection:
            whole = [tuple(row) for row in connection.execute(text(SNAPSHOT + " ORDER BY item_id"))]
            seen.append((whole, connection.execute(text(LINES)).scalar()))
    return seen


def _ask_for_pages(client, over):
    """Ask for everything on one page, which one statement answers."""
    answers = 0
    while not over.is_set():
        rows = client.get("/stock?limit=200").json["data"]
        assert sum(row["on_hand"] + row["in_transit"] for row in rows) == STORES * ITEMS * STOCK
        assert min(row[place] for row in rows for place in ("on_hand", "in_transit")) >= 0
        answers += 1
    return answers
