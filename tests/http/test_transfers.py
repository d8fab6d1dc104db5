"""What becomes of a transfer, over HTTP: arrivals in parts, losses, recalls, and who may say so."""

from __future__ import annotations

import pytest
from refusals import assert_problem
from service import ROLES
from transferring import ACTIONS, REASON, act, line, made, progress, standing


@pytest.fixture
def sent(fresh):
    """Ten teas and two of another item on their way from store 1 to store 2."""
    return fresh.made("transfers", {"store_id": 1, "to_store_id": 2, "lines": [line(1, 6), line(2, 2), line(1, 4)]})


def test_goods_come_in_parts_until_nothing_is_on_its_way(fresh, sent):
    before = {store: standing(fresh, store, 1) for store in (1, 2)}

    first = made(fresh, sent, "arrival", line(1, 7), line(2, 1))
    assert [(one["item_id"], one["quantity"]) for one in first["lines"]] == [(1, 6), (1, 1), (2, 1)]
    assert progress(fresh, sent) == [(1, 6, 6, 0, 0, 0), (2, 2, 1, 1, 0, 0), (1, 4, 1, 3, 0, 0)]
    made(fresh, sent, "loss", line(1, 1))
    made(fresh, sent, "recall", line(1, 1))
    last = made(fresh, sent, "arrival")

    assert [(one["item_id"], one["quantity"]) for one in last["lines"]] == [(2, 1), (1, 1)]
    assert progress(fresh, sent) == [(1, 6, 6, 0, 0, 0), (2, 2, 2, 0, 0, 0), (1, 4, 2, 0, 1, 1)]
    assert standing(fresh, 1, 1) == (before[1][0] + 1, before[1][1])
    assert standing(fresh, 2, 1) == (before[2][0] + 8, before[2][1] - 10)
    assert_problem(act(fresh, sent, "arrival"), 409, "closed")


def test_more_than_is_on_its_way_is_refused_with_both_figures_and_nothing_moves(fresh, sent):
    made(fresh, sent, "arrival", line(2, 1))
    before = fresh.dump()

    for action in ACTIONS:
        problem = assert_problem(
            act(fresh, sent, action, line(1, 3), line(2, 2), line(1, 8)), 409, "insufficient-stock"
        )
        told = [(one["field"], one["requested"], one["available"]) for one in problem["errors"]]
        assert told == [("lines/1/quantity", 2, 1), ("lines/2/quantity", 8, 7)]

    assert fresh.dump() == before


@pytest.mark.parametrize("action", ACTIONS)
def test_what_the_transfer_does_not_hold_is_told_at_its_field(fresh, sent, action):
    bad = [line(5, 1), line(1, 1), {"sku": "SKU-3", "quantity": 1}, line(9999, 1), line(2, 0.5), {"quantity": 1}]

    wrong = [(one["field"], one["code"]) for one in assert_problem(act(fresh, sent, action, *bad[:5]), 400)["errors"]]

    assert wrong == [
        ("lines/0/item_id", "not_sent"),
        ("lines/2/sku", "not_sent"),
        ("lines/3/item_id", "unknown"),
        ("lines/4/quantity", "not_whole"),
    ]
    (unnamed,) = assert_problem(act(fresh, sent, action, bad[5]), 400)["errors"]
    assert unnamed["field"] == "lines/0"
    assert_problem(fresh.post(f"transfers/{sent['id']}/{action}", REASON | {"lines": []}), 400)


def test_a_loss_has_a_reason_and_says_what_is_lost(fresh, sent):
    assert_problem(fresh.post(f"transfers/{sent['id']}/loss", {}), 400)

    lost = made(fresh, sent, "loss", line(1, 2))

    assert (lost["kind"], lost["store_id"], lost["transfer_id"]) == ("loss", 2, sent["id"])
    assert lost["reason"] == REASON["reason"]
    assert [(one["item_id"], one["quantity"], one["on_hand_after"]) for one in lost["lines"]] == [(1, 2, None)]
    undone = fresh.made(f"movements/{lost['id']}/reversal", {})
    assert [(one["item_id"], one["quantity"]) for one in undone["lines"]] == [(1, 2)]
    assert progress(fresh, sent)[0] == (1, 6, 0, 6, 0, 0)


def test_an_item_that_is_archived_on_its_way_arrives_all_the_same(fresh, sent):
    assert fresh.send("DELETE", "items/2").status_code == 204

    assert made(fresh, sent, "arrival", line(2, 2))["kind"] == "arrival"


def test_what_followed_is_named_and_each_can_be_taken_back_once(fresh, sent):
    documents = {action: made(fresh, sent, action, line(1, 1)) for action in ACTIONS}
    row = fresh.get(f"movements/{sent['id']}").json
    names = {"arrival": "arrived_by_id", "loss": "lost_by_id", "recall": "recalled_by_id"}
    assert {action: row[name] for action, name in names.items()} == {a: d["id"] for a, d in documents.items()}
    assert row["version"] == 4
    outcomes = fresh.get(row["links"]["outcomes"]["href"]).json["data"]
    assert {one["id"] for one in outcomes} == {one["id"] for one in documents.values()}
    assert_problem(fresh.post(f"movements/{sent['id']}/reversal", {}), 409, "closed")

    for document in documents.values():
        undone = fresh.made(f"movements/{document['id']}/reversal", {})
        assert undone["transfer_id"] == sent["id"]
        assert_problem(fresh.post(f"movements/{document['id']}/reversal", {}), 409, "already-reversed")

    assert progress(fresh, sent) == [(1, 6, 0, 6, 0, 0), (2, 2, 0, 2, 0, 0), (1, 4, 0, 4, 0, 0)]
    row = fresh.get(f"movements/{sent['id']}").json
    assert (row["version"], [row[name] for name in names.values()]) == (7, [None] * 3)
    assert fresh.post(f"movements/{sent['id']}/reversal", {}).status_code == 201
    assert progress(fresh, sent) == [(1, 0, 0, 0, 0, 0), (2, 0, 0, 0, 0, 0), (1, 0, 0, 0, 0, 0)]
    assert_problem(act(fresh, sent, "recall", line(1, 1)), 409, "closed")


def test_its_tag_moves_with_whatever_becomes_of_it(fresh, sent):
    path = f"movements/{sent['id']}"
    arrival = made(fresh, sent, "arrival", line(1, 1))
    tag = fresh.get(path).headers["ETag"]

    fresh.made(f"movements/{arrival['id']}/reversal", {})

    assert fresh.get(path, headers={"If-None-Match": tag}).status_code == 200
    told = fresh.get(f"{path}/history").json["data"]
    assert [one["changes"] for one in told[:2]] == [
        {"arrived_by_id": [arrival["id"], None]},
        {"arrived_by_id": [None, arrival["id"]]},
    ]


def test_links_are_offered_while_something_is_on_its_way(fresh, sent):
    def offered(role="clerk"):
        return ACTIONS.keys() & fresh.get(f"movements/{sent['id']}", role=role).json["links"].keys()

    def listed(under_way):
        return [row["id"] for row in fresh.get(f"transfers?under_way={under_way}").json["data"]]

    assert (offered(), offered("viewer")) == (ACTIONS.keys(), set())
    made(fresh, sent, "arrival", line(1, 10))
    assert offered() == ACTIONS.keys()
    assert sent["id"] in listed("true")
    made(fresh, sent, "recall")
    assert offered() == set()
    assert sent["id"] in listed("false")


def test_a_key_gives_the_first_part_again_and_not_a_second_one(fresh, sent):
    key = {"Idempotency-Key": "part-1"}
    answers = [act(fresh, sent, "arrival", line(1, 1), headers=key) for _ in range(2)]

    assert answers[0].data == answers[1].data
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert progress(fresh, sent)[0] == (1, 6, 1, 5, 0, 0)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_role_below_clerk_may_not(fresh, sent, action):
    assert_problem(act(fresh, sent, action, role=ROLES[0]), 403, "not-allowed")


def test_goods_are_not_called_back_to_a_store_that_closed(fresh):
    fresh.made("receipts", {"store_id": 4, "lines": [line(1, 2)]})
    sent = fresh.made("transfers", {"store_id": 4, "to_store_id": 2, "lines": [line(1, 2)]})
    assert fresh.send("DELETE", "stores/4").status_code == 204

    assert_problem(act(fresh, sent, "recall"), 409, "archived")
    assert_problem(fresh.post(f"movements/{sent['id']}/reversal", {}), 409, "archived")
    assert made(fresh, sent, "arrival")["kind"] == "arrival"


def test_goods_are_not_sent_on_their_way_again_to_a_store_that_closed(fresh):
    sent = fresh.made("transfers", {"store_id": 1, "to_store_id": 4, "lines": [line(1, 2)]})
    recall = made(fresh, sent, "recall")
    assert fresh.send("DELETE", "stores/4").status_code == 204

    assert_problem(fresh.post(f"movements/{recall['id']}/reversal", {}), 409, "archived")
