from __future__ import annotations

from collections import Counter

import pytest
from clients import SEED, at_once, seeded

CLIENTS, DOCUMENTS, STOCK = 8, 40, 100_000
FIRST_ITEMS, RACES = 60, 10
TOTAL = "SELECT item_id, sum(on_hand + in_transit) FROM levels GROUP BY item_id ORDER BY item_id"


@pytest.mark.slow
def test_documents_that_cross_each_other_all_get_through(place, ports, client, shop, agrees, tell):
    shop.fill(stores=2, items=2, stock=STOCK)

    answers = [
        answer
        for of_client in at_once(
            lambda number: _trade(client.another(ports[number % len(ports)]), shop, number), range(CLIENTS)
        )
        for answer in of_client
    ]

    statuses = Counter(status for _, status in answers)
    tell(f"seed {SEED}: {sum(statuses.values())} documents, {dict(statuses)}")
    assert set(statuses) == {201}
    kinds = Counter(path for path, _ in answers)
    moved = 1000 * (kinds["/receipts"] - kinds["/sales"])
    assert place.rows(TOTAL) == [(item, 2 * STOCK * 1000 + moved) for item in shop.items]
    agrees(place)


def _trade(client, shop, number):
    """Name the same two items, half of the clients the other way round, and send goods to and fro."""
    chance, answers = seeded(number), []
    for _ in range(DOCUMENTS):
        items = shop.items if number % 2 else shop.items[::-1]
        stores = shop.stores if chance.random() < 0.5 else shop.stores[::-1]
        path = chance.choice(["/sales", "/receipts", "/transfers"])
        more = {"to_store_id": stores[1]} if path == "/transfers" else {}
        document = shop.document(stores[0], *((item, 1) for item in items), **more)
        answer = client.post(path, document)
        answers.append((path, answer.status))
        if path == "/transfers" and chance.random() < 0.7:
            undone = chance.choice(
                [f"/transfers/{answer.json['id']}/arrival", f"/movements/{answer.json['id']}/reversal"]
            )
            answers.append(("", client.post(undone, {}).status))
    return answers


@pytest.mark.slow
def test_the_first_documents_of_many_items_do_not_stumble_over_each_other(place, ports, client, shop, agrees):
    shop.fill(stores=2, items=FIRST_ITEMS)

    def receive(number):
        order = shop.items[:]
        seeded(number).shuffle(order)
        documents = [shop.document(store, *((item, 1) for item in order)) for store in shop.stores]
        mine = client.another(ports[number % len(ports)])
        return [mine.post("/receipts", document).status for document in documents[:: number % 2 * 2 - 1]]

    statuses = [status for of_client in at_once(receive, range(CLIENTS)) for status in of_client]

    assert set(statuses) == {201}
    assert place.rows("SELECT DISTINCT on_hand FROM levels") == [(CLIENTS * 1000,)]
    assert place.rows("SELECT count(*) FROM levels") == [(2 * FIRST_ITEMS,)]
    agrees(place)


@pytest.mark.slow
def test_a_transfer_arrives_or_is_reversed_once_whoever_asks(place, ports, client, shop, agrees):
    shop.fill(stores=2, items=1, stock=STOCK)
    goods = shop.document(shop.stores[0], (shop.items[0], 5), to_store_id=shop.stores[1])

    for _ in range(RACES):
        transfer = client.made("/transfers", goods)["id"]
        wishes = [f"/transfers/{transfer}/arrival", f"/movements/{transfer}/reversal"] * (CLIENTS // 2)
        answers = at_once(
            lambda given: client.another(ports[given[0] % len(ports)]).post(given[1], {}), list(enumerate(wishes))
        )
        assert sorted(answer.status for answer in answers) == [201] + [409] * (CLIENTS - 1)

    assert place.rows("SELECT sum(on_hand), sum(in_transit) FROM levels") == [(2 * STOCK * 1000, 0)]
    agrees(place)
