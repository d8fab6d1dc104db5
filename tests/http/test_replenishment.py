"""What to bring in: every suggestion can be posted as it is, and then nothing more is suggested."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from decimal import Decimal

import pytest
from refusals import assert_problem
from shop_data import LOT

PATH = "reports/replenishment"


def documents(service, query="", role="manager"):
    answer = service.get(f"{PATH}?limit=200&{query}", role=role)
    assert answer.status_code == 200, answer.text
    return answer.json["data"]


def levels(service):
    rows = service.get("stock?limit=200").json["data"]
    return {(row["store_id"], row["item_id"]): row for row in rows}


def listed(service, store, item, point, to=None):
    body = {"reorder_point": point, "reorder_to": to}
    assert service.send("PUT", f"stores/{store}/listings/{item}", body=body).status_code == 200


def short(service):
    """Let store 1 want 20 of a new item, of which store 2 can spare 5, store 4 nothing, and a supplier packs 6."""
    item = service.made("items", {"sku": "WANTED", "name": "Wanted", "unit": "each", "cost": "1"})["id"]
    for store, there, point, to in ((1, 4, 10, 24), (2, 13, 2, 8), (4, 30, None, None)):
        service.made("receipts", {"store_id": store, "lines": [{"item_id": item, "quantity": there}]})
        if point is not None:
            listed(service, store, item, point, to)
    body = {"pack_size": 6, "unit_cost": "0.50"}
    assert service.send("PUT", f"suppliers/1/items/{item}", body=body).status_code == 200
    return item


def test_surplus_goes_before_buying_and_the_rest_is_ordered_in_packs(fresh):
    item = short(fresh)

    transfer, order = documents(fresh, f"item_id={item}")

    assert (transfer["kind"], transfer["store"], transfer["to_store"]) == ("transfer", "SIDE", "MAIN")
    assert transfer["body"] == {"store_id": 2, "to_store_id": 1, "lines": [{"item_id": item, "quantity": 5}]}
    assert (order["kind"], order["store"], order["supplier"], order["cost"]) == ("order", "MAIN", "Tea & Co", "9.00")
    assert order["body"] == {"supplier_id": 1, "store_id": 1, "lines": [{"item_id": item, "quantity": 18}]}
    (line,) = order["lines"]
    assert [line[name] for name in ("quantity", "packs", "pack_size", "wanted", "unit_cost")] == [18, 3, 6, 20, "0.50"]
    assert transfer["links"]["transfer"] == {"href": "/api/v1/transfers", "method": "POST"}
    assert order["links"]["order"] == {"href": "/api/v1/purchase-orders", "method": "POST"}


def test_what_a_store_sells_is_what_it_keeps_where_nothing_else_says_so(fresh):
    item = short(fresh)
    fresh.made("sales", {"store_id": 4, "lines": [{"item_id": item, "quantity": 9}]})
    fresh.made("returns", {"store_id": 4, "lines": [{"item_id": item, "quantity": 2}]})
    undone = fresh.made("sales", {"store_id": 4, "lines": [{"item_id": item, "quantity": 10}]})
    fresh.made(f"movements/{undone['id']}/reversal", {})

    (one,) = documents(fresh, f"item_id={item}&days=14&cover=6")

    # Seven sold in 14 days; for six days it keeps three of its 23, and that does for all that is wanted.
    assert (one["store_id"], one["to_store_id"]) == (4, 1)
    assert (one["lines"][0]["quantity"], one["lines"][0]["surplus"]) == (20, 20)
    (line,) = documents(fresh, f"item_id={item}&days=1&cover=28&kind=order")[0]["lines"]
    assert line["days_of_cover"] is None
    assert line["sold_per_day"] == 0
    fresh.made("sales", {"store_id": 1, "lines": [{"item_id": item, "quantity": 2}]})
    (line,) = documents(fresh, f"item_id={item}&days=4&cover=1")[0]["lines"]
    assert (line["sold_per_day"], line["days_of_cover"]) == (0.5, 4)


def test_what_nobody_sells_is_named_and_who_may_not_is_offered_nothing(fresh):
    item = short(fresh)
    assert fresh.send("DELETE", f"suppliers/1/items/{item}").status_code == 204

    _, gap = documents(fresh, f"item_id={item}")
    assert (gap["kind"], gap["body"], gap["supplier_id"], gap["lines"][0]["quantity"]) == ("unsupplied", None, None, 15)
    viewed, _ = documents(fresh, f"item_id={item}", role="viewer")
    assert "transfer" not in viewed["links"]
    assert "cost" not in viewed
    assert "unit_cost" not in viewed["lines"][0]
    assert "transfer" in documents(fresh, f"item_id={item}", role="clerk")[0]["links"]
    assert documents(fresh, f"item_id={item}", role="limited") == []
    assert documents(fresh, f"item_id={item}&kind=unsupplied") == [gap]
    assert documents(fresh, f"item_id={item}&store_id=2") == documents(fresh, f"item_id={item}&supplier_id=1") == []


@pytest.mark.parametrize("seed", [1, 2])
def test_all_that_is_suggested_can_be_posted_and_then_nothing_is_missing(fresh, seed):
    _stocked(fresh, random.Random(seed))  # noqa: S311 - no secret
    listings = {(s, row["item_id"]): row for s in (1, 2, 4) for row in _all(fresh, f"stores/{s}/listings")}
    before, suggested = levels(fresh), documents(fresh)
    given = Counter()

    assert {one["kind"] for one in suggested} == {"transfer", "order"}
    for one in suggested:
        href = one["links"][one["kind"]]["href"]
        made = fresh.post(href, one["body"], role="manager")
        assert made.status_code == 201, made.text
        for line in one["body"]["lines"]:
            given[one["store_id"], line["item_id"]] += line["quantity"] if one["kind"] == "transfer" else 0

    after = levels(fresh)
    for key, quantity in given.items():
        if quantity:
            assert after[key]["on_hand"] == before[key]["on_hand"] - quantity >= listings[key]["reorder_to"]
    assert documents(fresh) == []


def _stocked(service, chance):
    for item in range(1, 9):
        body = {
            "pack_size": chance.randint(1, 7),
            "unit_cost": f"0.{chance.randint(10, 99)}",
            "preferred": item % 2 == 0,
        }
        for supplier in (1, 2):
            assert service.send("PUT", f"suppliers/{supplier}/items/{item}", body=body).status_code == 200
        for store in (1, 2, 4):
            there = {"item_id": item, "quantity": chance.randint(1, 60)} | (LOT if item == 5 else {})
            service.made("receipts", {"store_id": store, "lines": [there]})
            point = chance.randint(0, 40)
            listed(service, store, item, point, point + chance.randint(0, 30))


def _all(service, path):
    return service.get(f"{path}?limit=200").json["data"]


def test_pages_and_the_file_say_the_same(fresh):
    _stocked(fresh, random.Random(3))  # noqa: S311 - no secret
    whole = documents(fresh)
    assert len(whole) > 4

    found, path = [], f"{PATH}?limit=2"
    while path:
        page = fresh.get(path).json
        assert len(page["data"]) <= 2
        found += page["data"]
        back, path = page["links"]["previous"], page["links"]["next"] and page["links"]["next"]["href"]
    assert [{**row, "links": 0} for row in found] == [{**row, "links": 0} for row in whole]
    assert fresh.get(back["href"]).json["data"] == whole[-2 - len(page["data"]) : -len(page["data"])]
    assert fresh.get(f"{PATH}?page=2&per_page=3&total=true").json["page"]["total"] == len(whole)
    assert_problem(fresh.get(f"{PATH}?cursor=x"), 400, "invalid")
    assert_problem(fresh.get(f"{PATH}?cover=0&nothing=1"), 400, "invalid")

    with fresh.get(f"{PATH}?format=csv", role="manager") as answer:
        rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    lines = Counter(
        (one["kind"], one["store"], one["to_store"] or "", line["sku"], str(line["quantity"]))
        for one in whole
        for line in one["lines"]
    )
    assert Counter((r["kind"], r["store"], r["to_store"], r["sku"], r["quantity"]) for r in rows) == lines
    assert all(Decimal(row["unit_cost"]) >= 0 for row in rows if row["kind"] == "order")
    with fresh.get(f"{PATH}?format=csv&fields=kind,lines", role="clerk") as answer:
        header = answer.text.splitlines()[0].split(",")
    assert header[:2] == ["kind", "item_id"]
    assert "unit_cost" not in header
