"""How stocktakes end: what moved meanwhile, what cannot be posted, and what was put away."""

from __future__ import annotations

import pytest
from refusals import assert_problem


class Shop:
    """A stocktake of a category with two items in it, of which ten each stand in the store."""

    def __init__(self, service, *, negative=False, **more):
        self.service = service
        store = {"code": "C", "name": "Counted", "timezone": "UTC", "allow_negative_stock": negative}
        self.store = service.made("stores", store)["id"]
        self.items = [service.made("items", {"sku": f"C-{n}", "name": f"Counted {n}"})["id"] for n in (1, 2)]
        for item in self.items:
            self.move("receipts", 10, item)
        self.path = f"counts/{service.made('counts', {'store_id': self.store, **more}, role='clerk')['id']}"

    def move(self, kind, quantity, item=None):
        lines = [{"item_id": item or self.items[0], "quantity": quantity}]
        return self.service.made(kind, {"store_id": self.store, "lines": lines})

    def tally(self, quantity, item=None):
        body = {"item_id": item or self.items[0], "quantity": quantity}
        return self.service.post(f"{self.path}/tallies", body, role="clerk")

    def recount(self, item=None):
        return self.service.post(f"{self.path}/recounts", {"item_id": item or self.items[0]}, role="clerk")

    def approve(self, **body):
        return self.service.post(f"{self.path}/approval", body, role="manager")

    def levels(self):
        rows = self.service.get(f"stock?store_id={self.store}").json["data"]
        levels = {row["item_id"]: row["on_hand"] for row in rows}
        return [levels[item] for item in self.items]


@pytest.mark.parametrize(
    ("moves", "left"),
    [
        ([], 0),
        ([("sales", 1)], 0),
        ([("sales", 10)], 0),
        ([("receipts", 4)], 4),
        ([("receipts", 4), ("sales", 1)], 3),
        ([("receipts", 4), ("sales", 6)], 0),
        ([("sales", 10), ("receipts", 4)], 4),
    ],
)
def test_of_what_nobody_counted_what_came_since_stays_and_what_went_was_there(fresh, moves, left):
    shop = Shop(fresh)
    for kind, quantity in moves:
        shop.move(kind, quantity)

    assert shop.approve(uncounted="zeroed").status_code == 201

    assert shop.levels() == [left, 0]


def test_what_stood_below_nothing_is_taken_for_nothing_and_no_more(fresh):
    shop = Shop(fresh, negative=True)
    shop.move("sales", 12)
    assert shop.approve(uncounted="zeroed").status_code == 201
    assert shop.levels() == [-2, 0]  # two more went out than stood there at the opening, and nobody says why

    shop.path = f"counts/{fresh.made('counts', {'store_id': shop.store}, role='clerk')['id']}"
    shop.move("receipts", 5)
    assert shop.approve(uncounted="zeroed").status_code == 201
    assert shop.levels() == [5, 0]


def test_each_item_of_which_less_is_left_than_was_missing_is_named(fresh):
    shop = Shop(fresh)
    for item in shop.items:
        shop.tally(0, item)
        shop.move("sales", 1, item)
    before = fresh.dump()

    told = assert_problem(shop.approve(uncounted="zeroed"), 409, "insufficient-stock")["errors"]

    assert [(one["field"], one["code"]) for one in told] == [(f"items/{item}", "insufficient") for item in shop.items]
    assert [(one["item_id"], one["sku"], one["name"]) for one in told] == [
        (item, f"C-{n}", f"Counted {n}") for n, item in enumerate(shop.items, 1)
    ]
    assert [(one["requested"], one["available"]) for one in told] == [(10, 9)] * 2
    assert fresh.dump() == before
    for item in shop.items:
        shop.recount(item)
        shop.tally(3, item)
    assert shop.approve().status_code == 201
    assert shop.levels() == [3, 3]


@pytest.mark.parametrize("why", ["recount", "beyond_tolerance"])
def test_each_item_that_keeps_a_stocktake_open_is_named(fresh, why):
    shop = Shop(fresh, tolerance=1)
    for item in shop.items:
        shop.tally(2, item)
        if why == "recount":
            shop.recount(item)

    told = assert_problem(shop.approve(), 409)["errors"]

    assert [(one["field"], one["code"], one["item_id"], one["sku"], one["name"]) for one in told] == [
        (f"items/{item}", why, item, f"C-{n}", f"Counted {n}") for n, item in enumerate(shop.items, 1)
    ]


def test_what_is_put_away_meanwhile_is_counted_and_posted_all_the_same(fresh):
    shop = Shop(fresh)
    shop.tally(4)
    for item in shop.items:
        assert fresh.send("DELETE", f"items/{item}").status_code == 204

    assert shop.recount().status_code == 201
    assert shop.tally(3).status_code == 201
    assert shop.approve(uncounted="zeroed").status_code == 201
    assert shop.levels() == [3, 0]


def test_what_was_put_away_and_stands_nowhere_is_not_counted(fresh):
    shop = Shop(fresh)
    gone = fresh.made("items", {"sku": "C-3", "name": "Gone"})["id"]
    fresh.send("DELETE", f"items/{gone}")

    for answer in (shop.tally(1, gone), shop.recount(gone)):
        assert assert_problem(answer, 409, "archived")["errors"][0]["field"] == "item_id"


def test_what_is_counted_in_whole_pieces_since_is_named(fresh):
    shop = Shop(fresh)
    cheese = fresh.made("items", {"sku": "C-3", "name": "Cheese", "unit": "kg"})["id"]
    assert shop.tally(0.5, cheese).status_code == 201
    assert fresh.send("PATCH", f"items/{cheese}", body={"unit": "each"}).status_code == 200

    told = assert_problem(shop.approve(), 409, "refused")["errors"]

    assert [(one["field"], one["code"], one["name"]) for one in told] == [(f"items/{cheese}", "not_whole", "Cheese")]
