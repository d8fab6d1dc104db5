"""What the goods are worth, by the sums of what stock says."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from refusals import assert_problem

VALUATION = "reports/valuation"


def summed(service, key, role="manager"):
    """Return what stock says, summed up by a member: quantity on hand, on the way, and value on hand."""
    on_hand, in_transit, value = Counter(), Counter(), Counter()
    category = {row["id"]: row["category_id"] for row in service.get("items?limit=200").json["data"]}
    for row in service.get("stock?limit=200", role=role).json["data"]:
        if row["on_hand"] or row["in_transit"]:
            of = category[row["item_id"]] if key == "category_id" else row.get(key)
            on_hand[of] += Decimal(str(row["on_hand"]))
            in_transit[of] += Decimal(str(row["in_transit"]))
            value[of] += Decimal(row["value"])
    return {of: (on_hand[of], in_transit[of], value[of]) for of in on_hand}


def reported(service, by, key, role="manager", **asked):
    more = "".join(f"&{name}={value}" for name, value in asked.items())
    rows = service.get(f"{VALUATION}?by={by}{more}&limit=200", role=role).json["data"]
    told = {row[key]: [Decimal(str(row[name])) for name in ("on_hand", "in_transit", "value")] for row in rows}
    return {of: tuple(figures) for of, figures in told.items()}


def test_it_sums_up_what_stock_says(served):
    for by, key in (("store", "store_id"), ("category", "category_id"), ("item", "item_id")):
        assert reported(served, by, key) == summed(served, key), by
    (row,) = served.get(f"{VALUATION}?by=all").json["data"]
    assert {row[name] for name in ("store_id", "store", "category_id", "item_id", "sku", "name")} == {None}
    assert Decimal(row["value"]) == sum(value for *_, value in summed(served, "store_id").values())
    assert Decimal(row["transit_value"]) > 0


def test_it_narrows_to_stores_items_and_categories(served):
    whole = reported(served, "item", "item_id")

    assert reported(served, "store", "store_id", store_id=2).keys() == {2}
    assert reported(served, "item", "item_id", item_id="1,6") == {id_: whole[id_] for id_ in (1, 6)}
    in_category = {id_ for id_ in whole if served.get(f"items/{id_}").json["category_id"] == 1}
    assert reported(served, "item", "item_id", category_id=1).keys() == in_category


def test_goods_that_are_reversed_are_worth_nothing_again(fresh):
    before = reported(fresh, "store", "store_id")
    line = {"item_id": 5, "quantity": 3, "unit_cost": "9.99", "lot": "A"}
    receipt = fresh.made("receipts", {"store_id": 2, "lines": [line]})
    assert reported(fresh, "store", "store_id") != before

    fresh.made(f"movements/{receipt['id']}/reversal", {})

    assert reported(fresh, "store", "store_id") == before


def test_other_stores_are_in_no_sum_of_whom_they_are_hidden_from(fresh):
    limits = {"role": "manager", "store_ids": [2], "sees_all_stores": False}
    user = fresh.get("users?username=limited").json["data"][0]["id"]
    assert fresh.send("PATCH", f"users/{user}", body=limits).status_code == 200
    fresh.sign_in("limited")

    for by, key in (("store", "store_id"), ("item", "item_id"), ("category", "category_id")):
        assert reported(fresh, by, key, "limited") == summed(fresh, key, "limited")
    assert reported(fresh, "all", "store_id", "limited", store_id=1) == {None: (0, 0, 0)}


def test_reports_are_linked_where_they_may_be_read(served):
    for role, there in (("manager", True), ("clerk", False)):
        index = served.get("reports", role=role).json["links"]
        root = served.get("/api/v1", role=role).json["links"]

        assert ("valuation" in index) == ("reports_valuation" in root) == there
        assert root["reports"]["href"] == index["self"]["href"] == "/api/v1/reports"
    assert index.keys() - {"self"} == {name.removeprefix("reports_") for name in root if name.startswith("reports_")}
    assert_problem(served.get(VALUATION, role="clerk"), 403, "not-allowed")
    assert served.get("movements").json["links"]["self"]["href"] == "/api/v1/movements"


def test_levels_at_their_limits_can_be_summed_and_halves_go_to_the_even(fresh):
    """Two levels that are worth nine hundred thousand millions each: more of the smallest unit than 64 bits hold."""
    item = fresh.made("items", {"sku": "VAST", "name": "Vast", "unit": "kg"})["id"]
    for store in (1, 2):
        line = {"item_id": item, "quantity": 899_999_999.999, "unit_cost": "999.9999"}
        fresh.made("receipts", {"store_id": store, "lines": [line]})

    (row,) = fresh.get(f"{VALUATION}?by=all&item_id={item}").json["data"]

    exact = 2 * Decimal("899999999.999") * Decimal("999.9999")
    assert Decimal(row["value"]) == exact.quantize(Decimal("0.0001"))
    for quantity, shown in ((0.001, "0.0002"), (0.003, "0.0008")):
        small = fresh.made("items", {"sku": f"SMALL-{quantity}", "name": "Small", "unit": "kg"})["id"]
        line = {"item_id": small, "quantity": quantity, "unit_cost": "0.2500"}
        fresh.made("receipts", {"store_id": 1, "lines": [line]})
        assert Decimal(reported(fresh, "item", "item_id", item_id=small)[small][2]) == Decimal(shown)
