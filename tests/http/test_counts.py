"""Stocktakes over HTTP: opened, tallied while the shop sells, recounted, approved or abandoned."""

from __future__ import annotations

import pytest
from refusals import assert_problem

LIMITED_STORE = 2


@pytest.fixture
def opened(fresh):
    """A stocktake of the whole first store."""
    return fresh.made("counts", {"store_id": 1}, role="clerk")


def tally(service, count, quantity, item=1, **kwargs):
    return service.post(
        f"counts/{count['id']}/tallies", {"item_id": item, "quantity": quantity}, role="clerk", **kwargs
    )


def level(service, item=1, store=1):
    return service.get(f"stock?store_id={store}&item_id={item}").json["data"][0]["on_hand"]


def variance(service, count, item=1, role="manager"):
    return service.get(f"counts/{count['id']}/variances?item_id={item}", role=role).json["data"][0]


def approve(service, count, **body):
    return service.post(f"counts/{count['id']}/approval", body, role="manager")


def move(service, kind, quantity, item=1):
    body = {"store_id": 1, "lines": [{"item_id": item, "quantity": quantity}]}
    return service.made(kind, body | ({"reason": "x"} if kind in {"write-offs", "adjustments"} else {}))


def test_what_is_there_is_listed_and_nothing_is_counted_yet(fresh, opened):
    rows = fresh.get(f"counts/{opened['id']}/variances?limit=200", role="manager").json["data"]
    there = [row for row in fresh.get("stock?store_id=1&limit=200").json["data"] if row["on_hand"] != 0]

    assert {row["item_id"] for row in rows} == {row["item_id"] for row in there}
    assert [row["counted"] for row in rows] == [None] * len(rows)
    assert [row["difference"] for row in rows] == [None] * len(rows)
    assert (opened["state"], opened["items_listed"], opened["items_counted"]) == ("open", len(rows), 0)


def test_differences_are_posted_to_the_level_of_the_moment_of_approval(fresh, opened):
    before = level(fresh)
    first = tally(fresh, opened, before - 3).json
    assert (first["counted"], first["superseded"]) == (before - 3, False)
    move(fresh, "sales", 2)
    second = tally(fresh, opened, 2).json
    assert second["counted"] == before - 1
    move(fresh, "receipts", 10)

    seen = variance(fresh, opened)
    assert (seen["counted"], seen["expected"], seen["difference"]) == (before - 1, before - 2, 1)
    assert (seen["moved_while_counted"], seen["recount_advised"]) == (-2, True)
    approved = approve(fresh, opened).json

    assert level(fresh) == before - 2 + 10 + 1
    document = fresh.get(f"movements/{approved['movement_id']}").json
    assert (document["kind"], document["reason"]) == ("adjustment", "stocktake")
    assert [(line["item_id"], line["quantity"]) for line in document["lines"]] == [(1, 1)]
    assert (approved["state"], approved["closed_by"]) == ("approved", fresh.get("session", role="manager").json["id"])


def test_an_item_of_which_nothing_is_there_is_counted_as_nothing(fresh, opened):
    assert tally(fresh, opened, 0).status_code == 201
    approve(fresh, opened)

    assert level(fresh) == 0


def test_a_tally_is_taken_back_and_never_below_nothing(fresh, opened):
    tally(fresh, opened, 5)
    assert tally(fresh, opened, -2).json["counted"] == 3

    problem = assert_problem(tally(fresh, opened, -4), 409)
    assert problem["errors"][0]["field"] == "quantity"
    assert variance(fresh, opened)["counted"] == 3


def test_a_recount_forgets_what_was_tallied_and_must_be_done(fresh, opened):
    tally(fresh, opened, 1)
    again = fresh.made(f"counts/{opened['id']}/recounts", {"item_id": 1}, role="clerk")
    assert (again["counted"], again["awaits_recount"], again["recounts"]) == (None, True, 1)
    assert assert_problem(approve(fresh, opened), 409)["errors"][0]["item_id"] == 1

    tally(fresh, opened, 7)
    kept = fresh.get(f"counts/{opened['id']}/tallies").json["data"]
    assert [(one["quantity"], one["superseded"]) for one in kept] == [(7, False), (1, True)]
    approve(fresh, opened)
    assert level(fresh) == 7


def test_beyond_the_tolerance_it_is_counted_again_or_approved_knowingly(fresh):
    count = fresh.made("counts", {"store_id": 1, "tolerance": 2}, role="clerk")
    here = level(fresh)
    tally(fresh, count, here + 3)
    assert assert_problem(approve(fresh, count), 409)["errors"][0]["code"] == "beyond_tolerance"

    assert approve(fresh, count, beyond_tolerance=True).status_code == 201
    assert level(fresh) == here + 3


def test_what_was_counted_twice_is_within_any_tolerance(fresh):
    count = fresh.made("counts", {"store_id": 1, "tolerance": 0}, role="clerk")
    fresh.made(f"counts/{count['id']}/recounts", {"item_id": 1}, role="clerk")
    tally(fresh, count, 1)

    assert approve(fresh, count).status_code == 201


@pytest.mark.parametrize(("uncounted", "left"), [("left", True), ("zeroed", False)])
def test_what_nobody_counted_is_left_or_taken_for_gone(fresh, opened, uncounted, left):
    before = level(fresh, 2)
    tally(fresh, opened, 1)
    move(fresh, "receipts", 4, item=2)

    assert approve(fresh, opened, uncounted=uncounted).status_code == 201

    assert level(fresh, 2) == (before + 4 if left else 4)
    assert level(fresh, 1) == 1


def test_nothing_counted_posts_nothing(fresh, opened):
    assert approve(fresh, opened).json["movement_id"] is None


@pytest.mark.parametrize("category_id", [None, 1, 2])
def test_no_other_stocktake_counts_the_same_items(fresh, category_id):
    first = fresh.made("counts", {"store_id": 1, "category_id": 1}, role="clerk")

    told = assert_problem(fresh.post("counts", {"store_id": 1, "category_id": category_id}), 409)["errors"]

    assert told[0]["count_id"] == first["id"]
    assert fresh.post("counts", {"store_id": 2}).status_code == 201
    fresh.send("DELETE", f"counts/{first['id']}", role="clerk")
    assert fresh.post("counts", {"store_id": 1, "category_id": category_id}).status_code == 201


def test_a_category_is_counted_with_all_below_it_and_nothing_else(fresh):
    count = fresh.made("counts", {"store_id": 1, "category_id": 1}, role="clerk")  # Food, and Drinks in it
    inside = {row["id"] for row in fresh.get("items?category_id=1,2&limit=200").json["data"]}

    listed = {row["item_id"] for row in fresh.get(f"counts/{count['id']}/variances?limit=200").json["data"]}
    assert listed
    assert listed <= inside
    assert assert_problem(tally(fresh, count, 1, item=3), 409)["errors"][0]["code"] == "not_counted"


@pytest.mark.parametrize("end", ["approval", "abandoned"])
def test_what_is_closed_stays_as_it_is(fresh, opened, end):
    if end == "approval":
        approve(fresh, opened)
    else:
        tally(fresh, opened, 1)
        before = level(fresh)
        assert fresh.send("DELETE", f"counts/{opened['id']}", role="clerk").status_code == 204
        assert level(fresh) == before

    assert_problem(tally(fresh, opened, 1), 409)
    assert_problem(approve(fresh, opened), 409)
    assert_problem(fresh.send("DELETE", f"counts/{opened['id']}"), 409)
    assert "tally" not in fresh.get(f"counts/{opened['id']}").json["links"]


def test_a_blind_one_tells_who_counts_nothing_of_what_is_expected(fresh):
    count = fresh.made("counts", {"store_id": 1, "blind": True}, role="clerk")
    tally(fresh, count, 3)

    blind = variance(fresh, count, role="clerk")
    assert (blind["counted"], blind["expected"], blind["difference"], blind["moved_while_counted"]) == (3, *[None] * 3)
    assert_problem(fresh.get(f"counts/{count['id']}/variances?difference=0", role="clerk"), 400)
    assert variance(fresh, count, role="manager")["expected"] is not None
    approve(fresh, count)
    assert variance(fresh, count, role="clerk")["expected"] is not None


def test_abandoning_a_blind_one_is_no_way_to_look(fresh):
    count = fresh.made("counts", {"store_id": 1, "blind": True}, role="clerk")
    tally(fresh, count, 3)
    assert fresh.send("DELETE", f"counts/{count['id']}", role="clerk").status_code == 204

    assert (variance(fresh, count, role="clerk")["expected"], variance(fresh, count)["expected"]) != (None, None)
    assert variance(fresh, count, role="clerk")["expected"] is None


def test_a_scan_that_is_sent_twice_counts_once(fresh, opened):
    key = {"Idempotency-Key": "scan-0001"}
    sent = [tally(fresh, opened, 2, headers=key) for _ in range(2)]

    assert sent[0].json == sent[1].json
    assert variance(fresh, opened)["counted"] == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"item_id": 9_999, "quantity": 1}, "item_id"),
        ({"sku": "none", "quantity": 1}, "sku"),
        ({"quantity": 1}, "item_id"),
        ({"item_id": 1, "quantity": 0.5}, "quantity"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(fresh, opened, body, field):
    told = assert_problem(fresh.post(f"counts/{opened['id']}/tallies", body, role="clerk"), 400)["errors"]

    assert [error["field"] for error in told] == [field]


def test_another_stores_people_neither_see_nor_count_it(fresh, opened):
    for path in ("", "/variances", "/tallies"):
        assert_problem(fresh.get(f"counts/{opened['id']}{path}", role="limited"), 404)
    body = {"item_id": 1, "quantity": 1}
    assert_problem(fresh.post(f"counts/{opened['id']}/tallies", body, role="limited"), 404)
    assert_problem(fresh.post("counts", {"store_id": 1}, role="limited"), 400)
    assert fresh.post("counts", {"store_id": LIMITED_STORE}, role="limited").status_code == 201


def test_only_a_manager_approves(fresh, opened):
    assert_problem(fresh.post(f"counts/{opened['id']}/approval", {}, role="clerk"), 403)
    assert_problem(fresh.post("counts", {"store_id": 2}, role="viewer"), 403)
