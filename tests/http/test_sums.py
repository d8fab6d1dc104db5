"""Movements and losses summed up, held against the ledger's own lines."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from refusals import assert_problem

SUMS, LOST = "reports/movements", "reports/shrinkage"


def figures(row, *names):
    return tuple(Decimal(str(row[name])) for name in names)


def test_sums_are_those_of_the_ledgers_lines(served):
    lines = served.get("movement-lines?limit=200&sort=id").json["data"]
    zone = ZoneInfo("Europe/Berlin")
    keys = {
        "day": lambda line: datetime.fromisoformat(line["occurred_at"]).astimezone(zone).date().isoformat(),
        "item": lambda line: line["item_id"],
        "store": lambda line: line["store_id"],
        "kind": lambda line: line["kind"],
    }
    members = {"day": "day", "item": "item_id", "store": "store_id", "kind": "kind"}

    for by in (["day"], ["item", "kind"], ["store"], ["day", "item", "store", "kind"]):
        came, gone, documents = Counter(), Counter(), {}
        for line in lines:
            key, quantity = tuple(keys[name](line) for name in by), Decimal(str(line["quantity"]))
            came[key] += max(quantity, 0)
            gone[key] += max(-quantity, 0)
            documents.setdefault(key, set()).add(line["movement_id"])
        rows = served.get(f"{SUMS}?by={','.join(by)}&limit=200").json["data"]

        told = {
            tuple(row[members[name]] for name in by): (
                *figures(row, "quantity_in", "quantity_out"),
                row["documents"],
            )
            for row in rows
        }
        assert told == {key: (came[key], gone[key], len(documents[key])) for key in documents}
        assert all(row[name] is None for row in rows for key, name in members.items() if key not in by)


def test_sums_over_all_are_what_stands_and_is_worth(served):
    for place, quantity, value in (("on_hand", "on_hand", "value"), ("in_transit", "in_transit", "transit_value")):
        rows = served.get(f"{SUMS}?by=item&place={place}&limit=200").json["data"]
        stands = {row["item_id"]: row for row in served.get("reports/valuation?by=item&limit=200").json["data"]}

        for row in rows:
            there = stands.get(row["item_id"], {quantity: 0, value: "0"})
            came, gone, worth, less = figures(row, "quantity_in", "quantity_out", "value_in", "value_out")
            assert (came - gone, worth - less) == figures(there, quantity, value)


def sell(service, store, moment):
    line = {"item_id": 1, "quantity": 1}
    service.made("sales", {"store_id": store, "lines": [line], "occurred_at": moment})


def test_a_day_is_the_stores_own_over_a_change_of_the_clock(fresh):
    """Berlin went back to winter on 25 October 2026 at 01:00 UTC, New York on 1 November at 06:00 UTC."""
    zone = fresh.send("PATCH", "stores/2", body={"timezone": "America/New_York"}, headers={"If-Match": "*"})
    assert zone.status_code == 200
    berlin = {
        "2026-10-24T21:59:59.999Z": "2026-10-24",
        "2026-10-24T22:00:00Z": "2026-10-25",
        "2026-10-25T00:59:59.999Z": "2026-10-25",
        "2026-10-25T01:00:00Z": "2026-10-25",
        "2026-10-25T22:59:59.999Z": "2026-10-25",
        "2026-10-25T23:00:00Z": "2026-10-26",
    }
    new_york = {
        "2026-10-25T03:59:59Z": "2026-10-24",
        "2026-10-25T04:00:00Z": "2026-10-25",
        "2026-11-01T03:59:59Z": "2026-10-31",
        "2026-11-02T04:59:59Z": "2026-11-01",
        "2026-11-02T05:00:00Z": "2026-11-02",
    }
    for store, moments in ((1, berlin), (2, new_york)):
        for moment in moments:
            sell(fresh, store, moment)

    rows = fresh.get(f"{SUMS}?by=day,store&kind=sale&to=2026-11-10T00:00:00Z&limit=200").json["data"]

    told = {(row["store_id"], row["day"]): row["documents"] for row in rows}
    assert told == Counter([(1, day) for day in berlin.values()] + [(2, day) for day in new_york.values()])
    part = fresh.get(f"{SUMS}?by=day&from=2026-10-24T22:00:00Z&to=2026-10-25T23:00:00Z&store_id=1").json["data"]
    assert [(row["day"], row["documents"]) for row in part] == [("2026-10-25", 4)]


def test_sums_narrow_and_keep_values_from_clerks(served):
    kinds = served.get(f"{SUMS}?by=kind&kind=sale,receipt").json["data"]
    assert {row["kind"] for row in kinds} == {"sale", "receipt"}
    assert served.get(f"{SUMS}?by=store&store_id=2").json["data"][0]["store"] == "SIDE"
    assert "value_in" not in served.get(SUMS, role="clerk").json["data"][0]
    for query in ("by=", "by=hour", "by=day,day", "kind=theft", "from=2026-01-01", "place=moon"):
        assert_problem(served.get(f"{SUMS}?{query}"), 400, "invalid")


def losses(service, **asked):
    rows = service.get(f"{LOST}?{'&'.join(f'{name}={value}' for name, value in asked.items())}").json["data"]
    names = ("lost_value", "found_value", "net_value", "documents")
    return {(row["store_id"], row["kind"], row["reason"]): figures(row, *names) for row in rows}


def test_losses_are_told_by_store_kind_and_reason_and_reversals_take_back(fresh):
    """One kilogram of what costs 2.00; each loss is known to the cent."""
    before = losses(fresh)
    item = fresh.made("items", {"sku": "LOSE", "name": "Lose", "unit": "kg"})["id"]

    def line(quantity, **more):
        return {"lines": [{"item_id": item, "quantity": quantity} | more]}

    fresh.made("receipts", {"store_id": 1} | line(100, unit_cost="2"))
    broken = fresh.made("write-offs", {"store_id": 1, "reason": "broken"} | line(3))
    fresh.made("write-offs", {"store_id": 1, "reason": "broken"} | line(2))
    fresh.made("adjustments", {"store_id": 1, "reason": "found"} | line(1, unit_cost="2"))
    fresh.made("adjustments", {"store_id": 1, "reason": "found"} | line(-4))
    # Not a stocktake, whatever it says.
    fresh.made("adjustments", {"store_id": 1, "reason": "stocktake"} | line(-1))
    sent = fresh.made("transfers", {"store_id": 1, "to_store_id": 2} | line(10))
    fresh.made(f"transfers/{sent['id']}/loss", {"reason": "fell off"} | line(7))
    count = fresh.made("counts", {"store_id": 1})["id"]
    fresh.made(f"counts/{count}/tallies", {"item_id": item, "quantity": 80})
    fresh.made(f"counts/{count}/approval", {})

    made = {
        (1, "write_off", "broken"): (10, 0, 10, 2),
        (1, "adjustment", "found"): (8, 2, 6, 2),
        (1, "adjustment", "stocktake"): (2, 0, 2, 1),
        (1, "stocktake", "stocktake"): (2, 0, 2, 1),
        (2, "loss", "fell off"): (14, 0, 14, 1),
    }
    of_item = losses(fresh, item_id=item)
    assert of_item == {key: tuple(map(Decimal, value)) for key, value in made.items()}
    assert before.keys() == {(1, "write_off", "broken"), (2, "adjustment", "miscounted")}

    fresh.made(f"movements/{broken['id']}/reversal", {})
    for loss in fresh.get(f"movements?transfer_id={sent['id']}&kind=loss").json["data"]:
        fresh.made(f"movements/{loss['id']}/reversal", {})

    of_item = losses(fresh, item_id=item)
    assert of_item[1, "write_off", "broken"] == (4, 0, 4, 1)
    assert (2, "loss", "fell off") not in of_item
    (all_,) = fresh.get(f"{LOST}?by=store&item_id={item}").json["data"]
    assert (all_["store_id"], all_["kind"], all_["net_value"]) == (1, None, "14.00")
    assert losses(fresh, item_id=item, to="2026-01-01T00:00:00Z") == {}


def test_a_reversal_counts_when_what_it_reverses_occurred(fresh):
    line = {"item_id": 1, "quantity": 1}
    old = {"store_id": 1, "reason": "mice", "lines": [line], "occurred_at": "2026-03-01T00:00:00Z"}
    written_off = fresh.made("write-offs", old)
    spring = {"from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}
    assert losses(fresh, **spring).keys() == {(1, "write_off", "mice")}

    fresh.made(f"movements/{written_off['id']}/reversal", {})

    assert losses(fresh, **spring) == {}
    assert (1, "write_off", "mice") not in losses(fresh)
