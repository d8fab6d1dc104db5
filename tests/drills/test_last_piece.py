from __future__ import annotations

from collections import Counter

import pytest
from clients import at_once

STOCK, THREADS, SALES = 1000, 8, 200
CHAIN = "SELECT on_hand_after FROM movement_lines WHERE quantity < 0 ORDER BY id"


@pytest.mark.slow
def test_tills_that_fight_for_the_last_pieces_sell_each_exactly_once(place, ports, client, shop, agrees):
    shop.fill(stores=1, items=1, stock=STOCK)
    sale = shop.document(shop.stores[0], (shop.items[0], 1))

    def sell(number):
        till = client.another(ports[number % len(ports)])
        return [till.post("/sales", sale).status for _ in range(SALES)]

    statuses = Counter(status for till in at_once(sell, range(THREADS)) for status in till)

    assert statuses == {201: STOCK, 409: THREADS * SALES - STOCK}
    assert [level for (level,) in place.rows(CHAIN)] == [1000 * left for left in range(STOCK - 1, -1, -1)]
    assert place.rows("SELECT on_hand, value FROM levels") == [(0, 0)]
    agrees(place)
