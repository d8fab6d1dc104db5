"""An item is in the hands of one open stocktake, wherever it and its category are moved meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from refusals import assert_problem


class Shelf:
    """Two categories, a third below the first, and an item in one of them of which five stand in the store."""

    def __init__(self, service, *, below=False):
        self.service = service
        self.x = service.made("categories", {"name": "Counted first"})["id"]
        self.y = service.made("categories", {"name": "Counted second"})["id"]
        self.below = service.made("categories", {"name": "Below", "parent_id": self.x})["id"]
        body = {"sku": "MOVED", "name": "Moved", "category_id": self.below if below else self.x}
        self.item = service.made("items", body)["id"]
        self.move("receipts", 5)

    def move(self, kind, quantity):
        body = {"store_id": 1, "lines": [{"item_id": self.item, "quantity": quantity}]}
        return self.service.made(kind, body)

    def put(self, category):
        assert self.service.send("PATCH", f"items/{self.item}", body={"category_id": category}).status_code == 200

    def count(self, category):
        return self.service.made("counts", {"store_id": 1, "category_id": category}, role="clerk")["id"]

    def tally(self, count, quantity, item=None):
        body = {"item_id": item or self.item, "quantity": quantity}
        return self.service.post(f"counts/{count}/tallies", body, role="clerk")

    def listed(self, count):
        return [row["item_id"] for row in self.service.get(f"counts/{count}/variances?limit=200").json["data"]]

    def zero(self, count):
        answer = self.service.post(f"counts/{count}/approval", {"uncounted": "zeroed"}, role="manager")
        assert answer.status_code == 201, answer.text

    def on_hand(self):
        return self.service.get(f"stock?store_id=1&item_id={self.item}").json["data"][0]["on_hand"]


def test_an_item_that_changes_category_stays_with_the_stocktake_that_listed_it(fresh):
    shelf = Shelf(fresh)
    first = shelf.count(shelf.x)
    shelf.put(shelf.y)
    second = shelf.count(shelf.y)

    assert (shelf.listed(first), shelf.listed(second)) == ([shelf.item], [])
    told = assert_problem(shelf.tally(second, 5), 409)["errors"][0]
    assert (told["field"], told["code"], told["count_id"]) == ("item_id", "counted_elsewhere", first)
    assert shelf.tally(first, 4).status_code == 201
    shelf.zero(second)
    assert shelf.on_hand() == 5
    shelf.zero(first)
    assert shelf.on_hand() == 4


def test_what_stands_below_a_category_that_moves_stays_too(fresh):
    shelf = Shelf(fresh, below=True)
    first = shelf.count(shelf.x)
    fresh.send("PATCH", f"categories/{shelf.below}", body={"parent_id": shelf.y})
    second = shelf.count(shelf.y)

    assert assert_problem(shelf.tally(second, 5), 409)["errors"][0]["code"] == "counted_elsewhere"
    assert shelf.tally(first, 5).status_code == 201
    shelf.zero(second)
    shelf.zero(first)
    assert shelf.on_hand() == 5


def test_what_was_counted_besides_stays_with_who_counted_it(fresh):
    shelf = Shelf(fresh)
    shelf.move("sales", 5)  # nothing stands there, so nobody lists it
    second = shelf.count(shelf.y)
    shelf.put(shelf.y)
    assert shelf.tally(second, 2).status_code == 201
    shelf.put(shelf.x)

    first = shelf.count(shelf.x)
    assert shelf.listed(first) == []
    assert assert_problem(shelf.tally(first, 2), 409)["errors"][0]["code"] == "counted_elsewhere"
    assert shelf.tally(second, 1).status_code == 201
    shelf.zero(first)
    shelf.zero(second)
    assert shelf.on_hand() == 3


@pytest.mark.parametrize("end", ["approved", "abandoned"])
def test_once_that_one_has_ended_another_may_count_it(fresh, end):
    shelf = Shelf(fresh)
    first = shelf.count(shelf.x)
    shelf.put(shelf.y)
    second = shelf.count(shelf.y)
    assert_problem(shelf.tally(second, 5), 409)
    if end == "abandoned":
        fresh.send("DELETE", f"counts/{first}", role="clerk")
    else:
        fresh.made(f"counts/{first}/approval", {}, role="manager")

    assert shelf.tally(second, 3).status_code == 201
    shelf.zero(second)
    assert shelf.on_hand() == 3


def test_what_stands_in_neither_is_not_counted(fresh):
    shelf = Shelf(fresh)

    assert assert_problem(shelf.tally(shelf.count(shelf.y), 5), 409)["errors"][0]["code"] == "not_counted"


def test_the_category_may_be_put_away_once_all_has_left_it(fresh):
    shelf = Shelf(fresh, below=True)
    first = shelf.count(shelf.below)
    shelf.put(shelf.y)
    assert fresh.send("DELETE", f"categories/{shelf.below}").status_code == 204
    assert shelf.tally(first, 2).status_code == 201
    shelf.zero(first)
    assert shelf.on_hand() == 2


def test_of_two_that_tally_it_at_once_one_has_it(fresh):
    """An item that nobody lists is moved to and fro, so that at some moment each of the two may count it."""
    shelf = Shelf(fresh)
    shelf.move("sales", 5)
    counts = shelf.count(shelf.x), shelf.count(shelf.y)

    with ThreadPoolExecutor(5) as pool:
        moves = [pool.submit(shelf.put, to) for to in (shelf.y, shelf.x) * 4]
        sent = [(count, pool.submit(shelf.tally, count, 1)) for count in counts * 8]
        for move in moves:
            move.exception()  # an item that somebody else changed at once is told so
        had = {count for count, tally in sent if tally.result().status_code == 201}
    had |= {count for count in counts if shelf.tally(count, 1).status_code == 201}

    assert len(had) == 1
    assert [count for count in counts if shelf.listed(count)] == sorted(had)
