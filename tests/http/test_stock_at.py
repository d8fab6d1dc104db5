"""`GET /stock?at=`: any list of levels as it stood then, held against what the flat ledger sums up to."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest
from refusals import assert_problem

BEFORE = "1999-12-31T23:59:59Z"


def lines(service):
    """Return the whole ledger, oldest line first."""
    found, path = [], "movement-lines?limit=200&place=on_hand,in_transit"
    while path:
        page = service.get(path).json
        found += page["data"]
        path = (page["links"]["next"] or {}).get("href")
    return found[::-1]


def summed(lines, moment):
    """Return what of each store and item was on hand and in transit, with the time of the last line, by the lines."""
    levels = defaultdict(lambda: {"on_hand": Decimal(0), "in_transit": Decimal(0), "updated_at": ""})
    for line in lines:
        if line["recorded_at"] <= moment:
            level = levels[line["store_id"], line["item_id"]]
            level[line["place"]] += Decimal(str(line["quantity"]))
            level["updated_at"] = line["recorded_at"]
    return dict(levels)


def stock(service, query="", **more):
    answer = service.get(f"stock?limit=200&{query}", **more)
    assert answer.status_code == 200, answer.text
    return answer.json["data"]


@pytest.fixture(scope="module")
def moments(template):
    """A shop where also a stocktake was approved and an order received, with the time of each document."""
    with template.copy() as service:
        service.made("receipts", {"store_id": 1, "purchase_order_id": 1, "lines": [{"item_id": 1, "packs": 2}]})
        assert service.post("counts/1/approval", {}).status_code == 201
        service.made("transfers/11/arrival", {"lines": [{"item_id": 1, "quantity": 3}]})
        service.made("transfers/11/loss", {"reason": "gone"})
        service.ledger = lines(service)
        service.moments = sorted({line["recorded_at"] for line in service.ledger})
        yield service


def test_every_moment_is_what_the_lines_up_to_it_sum_up_to(moments):
    kinds = {line["kind"] for line in moments.ledger}
    assert kinds >= {"receipt", "sale", "return", "write_off", "adjustment", "transfer", "arrival", "loss", "reversal"}

    for moment in moments.moments:
        then, right = stock(moments, f"at={moment}"), summed(moments.ledger, moment)
        told = {(row["store_id"], row["item_id"]): row for row in then}

        assert {key: {name: told[key][name] for name in level} for key, level in right.items()} == right
        rest = [row for key, row in told.items() if key not in right]
        assert all(row["on_hand"] == row["in_transit"] == 0 and row["updated_at"] <= moment for row in rest)


def test_the_last_moment_is_what_stands_now_to_the_last_member(moments):
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    for role in ("viewer", "manager", "limited"):
        assert stock(moments, f"at={now}", role=role) == stock(moments, role=role), role
    assert "value" not in stock(moments, f"at={now}", role="clerk")[0]


def test_what_is_recorded_later_changes_nothing_of_what_was(fresh):
    moment = lines(fresh)[-1]["recorded_at"]
    before, now = fresh.get(f"stock?at={moment}"), stock(fresh)

    fresh.made("receipts", {"store_id": 1, "lines": [{"item_id": 1, "quantity": 9, "unit_cost": "7"}]})
    fresh.made("receipts", {"store_id": 4, "lines": [{"item_id": 7, "quantity": 1}]})

    after = fresh.get(f"stock?at={moment}")
    assert (after.json["data"], after.headers["ETag"]) == (before.json["data"], before.headers["ETag"])
    assert stock(fresh) != now
    known = {"If-None-Match": before.headers["ETag"]}
    assert fresh.get(f"stock?at={moment}", headers=known).status_code == 304
    assert fresh.get("stock", headers=known).status_code == 200


@pytest.mark.parametrize("sort", ["", "sort=-on_hand", "sort=updated_at", "sort=name,-store_id", "sort=-item_id"])
def test_it_is_walked_and_sorted_as_the_list_of_now_is(moments, sort):
    at = f"at={moments.moments[len(moments.moments) // 2]}"
    whole, found, path = stock(moments, f"{at}&{sort}"), [], f"stock?limit=2&total=true&{at}&{sort}"

    while path:
        page = moments.get(path).json
        assert page["page"]["total"] == len(whole)
        found, path = found + page["data"], (page["links"]["next"] or {}).get("href")

    assert found == whole
    assert len(found) > 4


@pytest.mark.parametrize("name", ["store_id", "item_id", "on_hand", "in_transit", "below_reorder", "updated_at"])
def test_filters_compare_what_was_then(moments, name):
    for moment in moments.moments[::3]:
        whole = stock(moments, f"at={moment}")
        for value in {str(row[name]).lower() if name == "below_reorder" else str(row[name]) for row in whole}:
            found = stock(moments, f"at={moment}&{name}={quote(value)}")

            assert found == [row for row in whole if str(row[name]).lower() == value.lower()]


def test_a_search_fields_and_related_rows_are_those_of_the_list_of_now(moments):
    at = f"at={moments.moments[-2]}"
    whole = stock(moments, at)

    found = stock(moments, f"{at}&q=tea")
    assert found == [row for row in whole if "tea" in row["name"].lower()] != whole
    assert stock(moments, f"{at}&category_id=1") == [row for row in whole if row["item_id"] in {1, 4, 7, 10}]
    assert stock(moments, f"{at}&fields=item_id,value") == [{n: row[n] for n in ("item_id", "value")} for row in whole]
    related = stock(moments, f"{at}&expand=item")[0]["item"]
    assert related == moments.get(f"items/{related['id']}").json


def test_a_store_that_is_hidden_is_hidden_then_too(moments):
    rows = stock(moments, f"at={moments.moments[-1]}", role="limited")

    assert {row["store_id"] for row in rows} == {2}
    assert stock(moments, f"at={moments.moments[-1]}&store_id=1", role="limited") == []
    assert_problem(moments.get(f"stock?at={moments.moments[-1]}&sort=value", role="clerk"), 400)


def test_before_everything_there_was_nothing(moments):
    found = moments.get(f"stock?at={BEFORE.replace('1999', '1970')}&total=true").json

    assert (found["data"], found["page"]["total"], found["page"]["next"]) == ([], 0, None)


@pytest.mark.parametrize(
    "at", ["", "x", "2026-11-20", "2026-11-20T08:00:00", "2026-13-01T00:00:00Z", "1", "null", "%00"]
)
def test_what_is_no_time_is_refused_by_name(served, at):
    refused = served.get(f"stock?at={at}")

    assert_problem(refused, 400, "invalid")
    assert [error["field"] for error in refused.json["errors"]] == ["at"]


def test_a_time_to_come_two_times_and_other_lists_are_refused(served):
    ahead = (datetime.now(UTC) + timedelta(minutes=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    for query, code in ((f"at={ahead}", "in_the_future"), (f"at={BEFORE}&at={BEFORE}", "duplicate")):
        refused = served.get(f"stock?{query}")
        assert_problem(refused, 400, "invalid")
        assert [(error["field"], error["code"]) for error in refused.json["errors"]] == [("at", code)]
    for query in (f"stock?at[gte]={BEFORE}", f"items?at={BEFORE}", f"movements?at={BEFORE}"):
        assert_problem(served.get(query), 400, "invalid")
    assert served.get(f"audit?at={BEFORE}").json["data"] == []  # there it is a filter


def test_a_cursor_belongs_to_its_time(moments):
    first, second = moments.moments[-2:]
    cursor = moments.get(f"stock?limit=1&at={first}").json["page"]["next"]

    assert moments.get(f"stock?limit=1&at={first}&cursor={cursor}").status_code == 200
    for other in (f"at={second}&", ""):
        assert_problem(moments.get(f"stock?limit=1&{other}cursor={cursor}"), 400)
    of_now = moments.get("stock?limit=1").json["page"]["next"]
    assert_problem(moments.get(f"stock?limit=1&at={first}&cursor={of_now}"), 400)


def test_the_time_may_be_written_by_any_offset(moments):
    moment = datetime.fromisoformat(moments.moments[3])
    elsewhere = (moment + timedelta(hours=2)).isoformat(timespec="milliseconds").replace("+00:00", "%2B02:00")

    assert stock(moments, f"at={elsewhere}") == stock(moments, f"at={moments.moments[3]}")


def test_the_valuation_of_a_time_sums_up_the_levels_of_then(moments):
    for moment in moments.moments[::2]:
        worth = defaultdict(lambda: [Decimal(0)] * 3)
        for row in stock(moments, f"at={moment}"):
            figures = (Decimal(str(row[name])) for name in ("on_hand", "in_transit", "value"))
            worth[row["store_id"]] = [a + b for a, b in zip(worth[row["store_id"]], figures, strict=True)]

        rows = moments.get(f"reports/valuation?at={moment}").json["data"]
        told = {row["store_id"]: [Decimal(str(row[n])) for n in ("on_hand", "in_transit", "value")] for row in rows}
        assert told == {store: figures for store, figures in worth.items() if any(figures)}
    assert moments.get(f"reports/valuation?by=item&at={BEFORE}").json["data"] == []
    assert_problem(moments.get("reports/valuation?at=2999-01-01T00:00:00Z"), 400)


def test_the_balance_of_today_is_what_stands(moments):
    (today,) = moments.get("reports/balances").json["data"]
    now = stock(moments)

    assert Decimal(str(today["on_hand"])) == sum(Decimal(str(row["on_hand"])) for row in now)
    assert Decimal(today["value"]) == sum(Decimal(row["value"]) for row in now)
    (tea,) = moments.get("reports/balances?store_id=1&item_id=1", role="clerk").json["data"]
    (of_tea,) = stock(moments, "store_id=1&item_id=1")
    assert (tea["levels"], tea["on_hand"], "value" in tea) == (1, of_tea["on_hand"], False)
    assert moments.get("reports/balances?store_id=1", role="limited").json["data"] == []
    assert_problem(moments.get("reports/balances?from=2020-01-01T00:00:00Z"), 400, "invalid")
