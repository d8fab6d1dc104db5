"""What does not sell, and what runs out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from refusals import assert_problem

SLOW, LOW = "reports/slow-movers", "reports/low-stock"


def ago(**passed):
    return (datetime.now(UTC) - timedelta(**passed)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def slow(service, query="", role="manager"):
    rows = service.get(f"{SLOW}?limit=200&{query}", role=role).json["data"]
    return {(row["store_id"], row["item_id"]): row for row in rows}


def sell(service, store, item, **more):
    line = {"item_id": item, "quantity": 1}
    return service.made("sales", {"store_id": store, "lines": [line]} | more)


def test_what_lies_and_does_not_sell_is_told_with_its_last_sale(fresh):
    old, recent = ago(days=100), ago(days=20)
    sell(fresh, 1, 3, occurred_at=old)
    sell(fresh, 2, 5, occurred_at=recent)

    assert (None, 3) in slow(fresh)
    assert slow(fresh)[None, 3]["last_sold_at"] == old
    assert not {(None, 1), (None, 2), (None, 5)} & slow(fresh).keys()
    assert (None, 5) in slow(fresh, "days=10")
    assert slow(fresh, "days=10")[None, 5]["last_sold_at"] == recent
    assert (None, 3) not in slow(fresh, f"since={ago(days=101)}")
    by_store = slow(fresh, "by=store")
    assert (1, 5) in by_store
    assert by_store[1, 5]["last_sold_at"] is None
    assert (2, 5) not in by_store
    # Item 1 was sold in store 2 and the sale was reversed; in store 1 it sells.
    assert (2, 1) in by_store
    stock = {(row["store_id"], row["item_id"]): row for row in fresh.get("stock?limit=200").json["data"]}
    assert all(
        (row["on_hand"], row["value"]) == (stock[key]["on_hand"], stock[key]["value"]) for key, row in by_store.items()
    )
    assert all("value" not in row for row in slow(fresh, role="clerk").values())
    assert_problem(fresh.get(f"{SLOW}?days=0"), 400, "invalid")


def test_what_sells_elsewhere_does_not_sell_here(fresh):
    sell(fresh, 2, 5)

    assert (None, 5) not in slow(fresh)
    assert (None, 5) in slow(fresh, "store_id=1")
    assert (None, 5) not in slow(fresh, "store_id=2")
    fresh.send("PATCH", "users/5", body={"store_ids": [1]}, headers={"If-Match": "*"})
    fresh.sign_in("limited")
    assert (None, 5) in slow(fresh, role="limited")


def low(service, **kwargs):
    rows = service.get(f"{LOW}?limit=200", **kwargs).json["data"]
    return {(row["store_id"], row["item_id"]): row for row in rows}


def test_what_runs_out_is_told_with_what_is_coming(fresh):
    (row,) = low(fresh).values()
    assert (row["store"], row["sku"], row["on_hand"]) == ("MAIN", "SKU-2", 52)
    assert (row["reorder_point"], row["reorder_to"], row["wanted"]) == (100, 110, 58)

    line = {"item_id": 2, "quantity": 30}
    fresh.made("purchase-orders", {"supplier_id": 1, "store_id": 1, "lines": [line]})
    assert [low(fresh)[1, 2][name] for name in ("on_order", "drafted", "wanted")] == [0, 30, 28]
    order = fresh.get("purchase-orders?limit=1").json["data"][0]["id"]
    fresh.made(f"purchase-orders/{order}/sending", None)
    fresh.made("receipts", {"store_id": 1, "purchase_order_id": order, "lines": [line | {"quantity": 10}]})
    row = low(fresh)[1, 2]
    assert [row[name] for name in ("on_hand", "on_order", "drafted", "wanted")] == [62, 20, 0, 28]

    fresh.send("PUT", "stores/2/listings/6", body={"reorder_point": 19})
    assert low(fresh)[2, 6]["wanted"] == 0
    assert low(fresh, role="limited").keys() == {(2, 6)}
    assert fresh.send("DELETE", "items/2").status_code == 204
    assert low(fresh).keys() == {(2, 6)}
