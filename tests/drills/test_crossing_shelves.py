"""Goods that arrive in parts, are lost and called back, orders received and shelves counted: all at once."""

from __future__ import annotations

from collections import Counter

import pytest
from clients import SEED, at_once, seeded

CLIENTS, ACTIONS, STOCK, SENT, ORDERED, PACK = 8, 24, 10_000, 120, 40, 12
TOTAL = "SELECT item_id, sum(on_hand + in_transit) FROM levels GROUP BY item_id ORDER BY item_id"
SETTLED = """
SELECT kind, -sum(l.quantity) FROM movement_lines l JOIN movements m ON m.id = l.movement_id
WHERE l.place = 'in_transit' AND m.transfer_id IS NOT NULL GROUP BY kind
"""


@pytest.mark.slow
def test_what_arrives_is_lost_received_and_counted_at_once_adds_up(place, ports, client, shop, agrees, tell):
    shop.fill(stores=2, items=2, stock=STOCK)
    here, there = shop.stores
    goods = [(item, SENT) for item in shop.items]
    transfer = client.made("/transfers", shop.document(here, *goods, to_store_id=there))["id"]
    order = ordered(client, shop, there)
    count = client.made("/counts", {"store_id": here})["id"]

    def act(number):
        mine, chance = client.another(ports[number % len(ports)]), seeded(number)
        items = shop.items if number % 2 else shop.items[::-1]
        ways = {
            "arrival": (f"/transfers/{transfer}/arrival", {}),
            "loss": (f"/transfers/{transfer}/loss", {"reason": "fell off the van"}),
            "recall": (f"/transfers/{transfer}/recall", {}),
            "receipt": ("/receipts", {"store_id": there, "purchase_order_id": order}),
            "sale": ("/sales", {"store_id": chance.choice(shop.stores)}),
            "tally": (f"/counts/{count}/tallies", None),
        }
        told = []
        for _ in range(ACTIONS):
            way = chance.choice(list(ways))
            path, head = ways[way]
            body = {"item_id": items[0], "quantity": 1}
            if head is not None:
                step = {"packs": 1} if way == "receipt" else {"quantity": 1}
                body = head | {"lines": [{"item_id": item, **step} for item in items]}
            told.append((way, mine.post(path, body).status, body.get("item_id")))
        return told

    told = [one for of_client in at_once(act, range(CLIENTS)) for one in of_client]

    done = Counter(way for way, status, _ in told if status == 201)
    tell(f"seed {SEED}: {dict(Counter((way, status) for way, status, _ in told))}")
    assert {status for way, status, _ in told if way not in {"arrival", "loss", "recall", "receipt"}} == {201}
    assert {status for _, status, _ in told} <= {201, 409}  # goods of the transfer, and the order, come to an end
    moved = PACK * done["receipt"] - done["sale"] - done["loss"]
    assert place.rows(TOTAL) == [(item, 1000 * (2 * STOCK + moved)) for item in shop.items]
    settled = {kind: 2000 * done[kind] for kind in ("arrival", "loss", "recall") if done[kind]}
    assert dict(place.rows(SETTLED)) == settled
    lines = client.get(f"/purchase-orders/{order}").json["lines"]
    assert [line["received"] for line in lines] == [PACK * done["receipt"]] * 2
    counted = {row["item_id"]: row["counted"] for row in client.get(f"/counts/{count}/variances").json["data"]}
    tallied = Counter(item for way, status, item in told if way == "tally")
    assert {item: number for item, number in counted.items() if number} == tallied
    agrees(place)


def ordered(client, shop, store):
    """An order of both items, sent, so large that all of it may come or not."""
    supplier = client.made("/suppliers", {"name": "Firm"})["id"]
    for item in shop.items:
        sold = {"sku": f"F{item}", "pack_size": PACK, "unit_cost": "1.10"}
        assert client.send("PUT", f"/suppliers/{supplier}/items/{item}", sold).status == 200
    lines = [{"item_id": item, "packs": ORDERED} for item in shop.items]
    made = client.made("/purchase-orders", {"supplier_id": supplier, "store_id": store, "lines": lines})["id"]
    client.made(f"/purchase-orders/{made}/sending", {})
    return made
