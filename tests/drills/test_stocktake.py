"""A stocktake while the shop sells: three people count, two tills sell, and the levels end at what is really there.

The shop's shelves are simulated: what a till sells leaves a shelf and is posted in one step, what a person counts is
what lies on a shelf at that moment. Goods that moved between two tallies of an item make a sum that fits no moment;
the stocktake says so, and these items are counted once more, each in one piece.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Condition, Lock

import pytest

ITEMS, SHELVES, STOCK = 12, 3, 40
SALES = 60
BETWEEN = 20  # sales before the next person begins, so that goods do move between two tallies


class Shelves:
    """What really lies where; `of` an item, by shelf."""

    def __init__(self, rng: random.Random) -> None:
        self.of = {item: [rng.randint(0, STOCK // SHELVES) for _ in range(SHELVES)] for item in range(1, ITEMS + 1)}
        self.sold, self.selling = 0, Condition()
        self._locks = {item: [Lock() for _ in range(SHELVES)] for item in self.of}

    def sell(self):
        with self.selling:
            self.sold += 1
            self.selling.notify_all()

    def wait_for(self, sold):
        """Nobody looks at this shelf before the tills have sold so much."""
        with self.selling:
            assert self.selling.wait_for(lambda: self.sold >= sold, timeout=120)

    @contextmanager
    def still(self, item, *shelves):
        """Nobody else takes from or looks at these shelves of an item, or at any of it."""
        with ExitStack() as stack:
            for shelf in shelves or range(SHELVES):
                stack.enter_context(self._locks[item][shelf])
            yield self.of[item]


@pytest.fixture
def shop(fresh):
    """A store whose levels are wrong by a little, as every shop's are."""
    rng = random.Random(20_261_121)  # noqa: S311 - a game
    shelves = Shelves(rng)
    store = fresh.made("stores", {"code": "SIM", "name": "Simulated", "timezone": "Europe/Berlin"})["id"]
    items = {}
    for number in shelves.of:
        items[number] = fresh.made("items", {"sku": f"SIM-{number}", "name": f"Thing {number}"})["id"]
    recorded = {n: max(1, sum(lie) + rng.randint(-3, 3)) + STOCK for n, lie in shelves.of.items()}
    lines = [{"item_id": items[n], "quantity": quantity} for n, quantity in recorded.items()]
    fresh.made("receipts", {"store_id": store, "lines": lines})
    return store, items, shelves


def sell(service, shop, seed):
    store, items, shelves = shop
    rng = random.Random(seed)  # noqa: S311 - a game
    for _ in range(SALES):
        number, shelf = rng.randint(1, ITEMS), rng.randrange(SHELVES)
        with shelves.still(number, shelf) as lie:  # it is scanned before anybody looks at that shelf again
            if lie[shelf]:
                line = {"item_id": items[number], "quantity": 1}
                service.made("sales", {"store_id": store, "lines": [line]}, role="clerk")
                lie[shelf] -= 1
                shelves.sell()


def count(service, shop, path, shelf):
    """One person counts one shelf, item by item."""
    _, items, shelves = shop
    shelves.wait_for(shelf * BETWEEN)
    for number, item in items.items():
        with shelves.still(number, shelf) as lie:
            body = {"item_id": item, "quantity": lie[shelf]}
            assert service.post(f"{path}/tallies", body, role="clerk").status_code == 201


def count_again(service, shop, path):
    """Count in one piece what moved between two tallies; returns how many items that were."""
    _, items, shelves = shop
    doubtful = service.get(f"{path}/variances?recount_advised=true&limit=200", role="clerk").json["data"]
    numbers = {item: number for number, item in items.items()}
    for row in doubtful:
        with shelves.still(numbers[row["item_id"]]) as lie:
            service.made(f"{path}/recounts", {"item_id": row["item_id"]}, role="clerk")
            body = {"item_id": row["item_id"], "quantity": sum(lie)}
            service.made(f"{path}/tallies", body, role="clerk")
    return len(doubtful)


def test_the_levels_end_at_what_is_really_there(fresh, shop):
    store, items, shelves = shop
    path = f"counts/{fresh.made('counts', {'store_id': store}, role='clerk')['id']}"

    with ThreadPoolExecutor(5) as threads:
        tills = [threads.submit(sell, fresh, shop, seed) for seed in (1, 2)]
        people = [threads.submit(count, fresh, shop, path, shelf) for shelf in range(SHELVES)]
        for done in (*people, *tills):
            done.result(timeout=120)
    sell(fresh, shop, seed=3)
    assert count_again(fresh, shop, path) > 0
    sell(fresh, shop, seed=4)
    assert fresh.post(f"{path}/approval", {}, role="manager").status_code == 201
    sell(fresh, shop, seed=5)

    levels = {row["item_id"]: row["on_hand"] for row in fresh.get(f"stock?store_id={store}&limit=200").json["data"]}
    assert {number: levels[item] for number, item in items.items()} == {n: sum(lie) for n, lie in shelves.of.items()}
