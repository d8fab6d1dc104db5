"""Batches over HTTP: what documents say of them, what expires, who sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from refusals import assert_problem


def day(left, zone="Europe/Berlin"):
    """Return the day that comes in so many, by a store's clock on the wall."""
    return (datetime.now(UTC).astimezone(ZoneInfo(zone)).date() + timedelta(days=left)).isoformat()


def line(quantity, lot=None, left=None, **more):
    named = ({} if lot is None else {"lot": lot}) | ({} if left is None else {"expires_on": day(left)})
    return {"sku": "MILK", "quantity": quantity} | named | more


@pytest.fixture
def milk(fresh):
    return fresh.made("items", {"sku": "MILK", "name": "Milk", "tracks_batches": True, "category_id": 1})


@pytest.fixture
def stocked(fresh, milk):
    lines = [line(5, "A", 20, unit_cost="2"), line(3, "B", -1, unit_cost="1"), line(2, "C", unit_cost="2")]
    return fresh.made("receipts", {"store_id": 1, "lines": lines})


def told(row):
    return [
        [(batch["lot"], batch["expires_on"], batch["quantity"]) for batch in one["batches"]] for one in row["lines"]
    ]


def test_a_document_tells_the_batches_of_each_line(fresh, stocked):
    sale = fresh.made("sales", {"store_id": 1, "lines": [{"item_id": 1, "quantity": 1}, line(4)]}, role="clerk")

    assert told(stocked) == [[("A", day(20), 5)], [("B", day(-1), 3)], [("C", None, 2)]]
    assert told(sale) == [[], [("B", day(-1), 3), ("A", day(20), 1)]]
    assert told(fresh.get(f"movements/{sale['id']}").json) == told(sale)
    listed = {row["id"]: told(row) for row in fresh.get("movements").json["data"]}
    assert (listed[stocked["id"]], listed[sale["id"]]) == (told(stocked), told(sale))
    assert listed[1] == [[], [], [], [("L-5", "2026-01-31", 50)]]
    undone = fresh.made(f"movements/{sale['id']}/reversal", {})
    assert told(undone)[0] == [("B", day(-1), 3), ("A", day(20), 1)]


def test_what_is_wrong_with_a_batch_is_told_at_its_field(fresh, stocked):
    def of(path, *lines, **more):
        return fresh.post(path, {"store_id": 1, "lines": list(lines)} | more)

    other = {"item_id": 1, "quantity": 1, "lot": "A"}
    (missing, wrong) = assert_problem(of("receipts", line(1), other), 400, "invalid")["errors"]
    (short,) = assert_problem(of("sales", line(6, " a ")), 409, "insufficient-stock")["errors"]
    (long_, never) = assert_problem(of("sales", line(1, "x" * 51, expires_on="2027-02-30")), 400)["errors"]

    assert (missing["field"], missing["code"]) == ("lines/0/lot", "required")
    assert (wrong["field"], wrong["code"]) == ("lines/1/lot", "no_batches")
    assert (short["field"], short["requested"], short["available"]) == ("lines/0/quantity", 6, 5)
    assert (long_["field"], never["field"]) == ("lines/0/lot", "lines/0/expires_on")
    assert_problem(fresh.post("transfers/11/arrival", {"lines": [line(1, "A")]}), 400, "invalid")
    (off,) = assert_problem(fresh.send("PATCH", "items/11", body={"tracks_batches": False}), 409, "refused")["errors"]
    assert (off["field"], off["code"]) == ("tracks_batches", "in_use")


def test_a_receipt_of_an_order_names_batches_too(fresh, milk):
    order = {"supplier_id": 2, "store_id": 1, "lines": [{"sku": "MILK", "quantity": 4, "unit_cost": "1"}]}
    made = fresh.made("purchase-orders", order)
    fresh.made(f"purchase-orders/{made['id']}/sending", None)
    receipt = {"store_id": 1, "purchase_order_id": made["id"], "landed_cost": "1", "lines": [line(4)]}

    (missing,) = assert_problem(fresh.post("receipts", receipt), 400, "invalid")["errors"]
    came = fresh.made("receipts", receipt | {"lines": [line(4, "A", 10)]})

    assert missing["field"] == "lines/0/lot"
    assert told(came) == [[("A", day(10), 4)]]


def listed(service, path, role="manager"):
    return [row for row in service.get(path, role=role).json["data"] if row["sku"] == "MILK"]


def test_what_expires_is_listed_with_the_days_that_are_left(fresh, stocked):
    rows = listed(fresh, "stock/expiring")

    assert [(row["lot"], row["on_hand"], row["days_left"]) for row in rows] == [("B", 3, -1), ("A", 5, 20)]
    assert rows[0] | {"links": None} == {
        "store_id": 1,
        "store": "MAIN",
        "item_id": 11,
        "sku": "MILK",
        "name": "Milk",
        "lot": "B",
        "expires_on": day(-1),
        "days_left": -1,
        "on_hand": 3,
        "value": "5.10",
        "links": None,
    }
    assert all("value" not in row for row in listed(fresh, "stock/expiring", role="clerk"))
    for way, lots in {
        "within=19": ["B"],
        "within=0": ["B"],
        "sort=-expires_on": ["A", "B"],
        "q=milk": ["B", "A"],
        "q=tea": [],
        "store_id=2": [],
        "item_id=11,12": ["B", "A"],
        "category_id=1": ["B", "A"],
        "category_id=2": [],
    }.items():
        assert [row["lot"] for row in listed(fresh, f"stock/expiring?{way}")] == lots, way
    assert_problem(fresh.get("stock/expiring?within=-1"), 400, "invalid")
    assert fresh.get("stock/expiring?item_id=11&format=csv").text.splitlines()[1].startswith("1,MAIN,11,MILK,Milk,B,")


def test_pages_of_what_expires_go_on_where_the_last_ended(fresh, stocked):
    first = fresh.get("stock/batches?item_id=11&limit=2").json
    second = fresh.get(f"stock/batches?item_id=11&limit=2&cursor={first['page']['next']}").json

    assert [row["lot"] for row in first["data"] + second["data"]] == ["B", "A", "C"]
    assert second["page"]["next"] is None


def test_today_is_that_of_the_store(fresh, milk):
    zones = ("Pacific/Kiritimati", "Etc/GMT+12")  # always a day apart, or two
    for code, zone in zip("EW", zones, strict=True):
        store = fresh.made("stores", {"code": code, "name": code, "timezone": zone})
        lines = [line(1, expires_on=day(2, zone)) | {"lot": code}]
        fresh.made("receipts", {"store_id": store["id"], "lines": lines})

    assert {row["store"]: row["days_left"] for row in listed(fresh, "stock/expiring?within=2")} == {"E": 2, "W": 2}
    assert listed(fresh, "stock/expiring?within=1") == []


def test_batches_on_their_way_stand_at_the_store_that_waits(fresh, stocked):
    sent = fresh.made("transfers", {"store_id": 1, "to_store_id": 2, "lines": [line(4)]})
    there = listed(fresh, "stock/batches?store_id=2")

    assert told(sent) == [[("B", day(-1), 3), ("A", day(20), 1)]]
    assert [(row["lot"], row["on_hand"], row["in_transit"]) for row in there] == [("B", 0, 3), ("A", 0, 1)]
    assert {row["store_id"] for row in listed(fresh, "stock/batches", role="limited")} == {2}
    assert listed(fresh, "stock/expiring", role="limited") == []
    assert told(fresh.made(f"transfers/{sent['id']}/arrival", {}, role="limited")) == told(sent)
    assert {row["store_id"] for row in listed(fresh, "stock/expiring", role="limited")} == {2}


def test_items_say_whether_they_track_batches(fresh, milk):
    assert milk["tracks_batches"] is True
    assert [row["sku"] for row in listed(fresh, "items?tracks_batches=true")] == ["MILK"]
    assert fresh.get("items/1").json["tracks_batches"] is False
    assert fresh.send("PATCH", "items/11", body={"tracks_batches": False}).json["tracks_batches"] is False
