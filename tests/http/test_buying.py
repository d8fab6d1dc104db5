"""Orders and their receipts over HTTP, where a client looks twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from refusals import assert_problem

ORDER = {"supplier_id": 1, "store_id": 1}
OF_ORDER = {"store_id": 1, "purchase_order_id": 1}


def line(item=1, quantity=1, **more):
    return {"item_id": item, "quantity": quantity} | more


def shown(service, path="purchase-orders/1", role="manager"):
    order = service.get(path, role=role).json
    names = ("quantity", "received", "outstanding", "over", "short")
    return order["state"], [tuple(line[name] for name in names) for line in order["lines"]]


def test_an_order_lives_from_the_draft_to_its_end(fresh):
    draft = {"reference": "PO-9", "lines": [{"sku": "sku-1", "packs": 4}, line(2, 5, unit_cost="3")]}
    order = fresh.made("purchase-orders", ORDER | draft, role="manager")
    path = f"purchase-orders/{order['id']}"
    assert order["state"] == "draft"
    assert {"revise", "abandon", "sending"} <= order["links"].keys()
    assert [(one["quantity"], one["pack_size"], one["unit_cost"]) for one in order["lines"]] == [
        (48, 12, "1.95"),
        (5, 6, "3.00"),
    ]

    sent = fresh.made(f"{path}/sending", None, role="manager")
    assert (sent["state"], sent["version"]) == ("sent", 2)
    assert {"closing", "receive", "receipts"} <= sent["links"].keys()
    assert not {"revise", "abandon", "sending"} & sent["links"].keys()

    receipt = {"store_id": 1, "purchase_order_id": order["id"], "lines": [{"item_id": 1, "packs": 5}, line(2, 2)]}
    came = fresh.made("receipts", receipt, role="clerk")
    assert came["purchase_order_id"] == order["id"]
    assert [one["order_line"] for one in came["lines"]] == [one["id"] for one in order["lines"]]
    assert shown(fresh, path) == ("partly_received", [(48, 60, 0, 12, 0), (5, 2, 3, 0, 0)])
    assert fresh.get(sent["links"]["receipts"]["href"]).json["data"][0]["id"] == came["id"]

    closed = fresh.made(f"{path}/closing", {"reason": "out of print"}, role="manager")
    assert (closed["state"], closed["reason"]) == ("closed", "out of print")
    assert shown(fresh, path) == ("closed", [(48, 60, 0, 12, 0), (5, 2, 0, 0, 3)])


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "purchase-orders/1", {"note": "x"}),
        ("DELETE", "purchase-orders/1", None),
        ("POST", "purchase-orders/1/sending", None),
        ("POST", "purchase-orders/2/closing", None),
        ("POST", "receipts", {"store_id": 2, "purchase_order_id": 2, "lines": [line()]}),
    ],
)
def test_what_the_state_forbids_is_refused(fresh, method, path, body):
    before = fresh.dump()

    assert_problem(fresh.send(method, path, body=body), 409)

    assert fresh.dump() == before


def test_what_came_of_an_order_says_no_costs_to_clerks(fresh):
    costly = [line(1, 2, unit_cost="77.7701"), line(3, 2, unit_cost="77.7702")]
    order = fresh.made("purchase-orders", ORDER | {"lines": costly})
    path = f"purchase-orders/{order['id']}"
    fresh.send("PATCH", path, body={"lines": [line(1, 2, unit_cost="77.7703"), costly[1]]})
    fresh.made(f"{path}/sending", None)
    body = {"store_id": 1, "purchase_order_id": order["id"], "lines": [line(1, 2)], "landed_cost": "77.7704"}
    receipt = fresh.made("receipts", body, role="clerk")

    for where in (path, "purchase-orders", f"{path}/history", f"movements/{receipt['id']}", "receipts", "changes"):
        assert "77.77" not in fresh.get(where, role="clerk").text, where
    assert "77.77" not in fresh.get(f"movements/{receipt['id']}/history", role="clerk").text
    assert "77.7704" in fresh.get(f"movements/{receipt['id']}/history", role="manager").text
    assert "77.7703" in fresh.get(f"{path}/history", role="manager").text


def test_clerks_receive_and_managers_order(fresh):
    assert_problem(fresh.post("purchase-orders", ORDER | {"lines": [line()]}, role="clerk"), 403)
    assert_problem(fresh.post("purchase-orders/2/sending", None, role="clerk"), 403)
    assert fresh.post("receipts", OF_ORDER | {"lines": [line()]}, role="clerk").status_code == 201


def test_a_receipt_moves_the_orders_version_and_its_reversal_too(fresh):
    receipt = fresh.made("receipts", OF_ORDER | {"lines": [line()]})
    assert fresh.get("purchase-orders/1").headers["ETag"] == '"3"'
    assert shown(fresh)[0] == "partly_received"

    fresh.made(f"movements/{receipt['id']}/reversal", None)

    assert fresh.get("purchase-orders/1").headers["ETag"] == '"4"'
    assert shown(fresh) == ("sent", [(48, 0, 48, 0, 0), (5, 0, 5, 0, 0)])


def test_the_same_key_receives_once(fresh):
    sent = [fresh.post("receipts", OF_ORDER | {"lines": [line()]}, headers={"Idempotency-Key": "k"}) for _ in range(2)]

    assert [answer.status_code for answer in sent] == [201, 201]
    assert sent[0].json["id"] == sent[1].json["id"]
    assert shown(fresh)[1][0] == (48, 1, 47, 0, 0)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"item_id": 1}, [("lines/0/quantity", "required")]),
        ({"item_id": 1, "quantity": None}, [("lines/0/quantity", "null"), ("lines/0/quantity", "required")]),
        ({"item_id": 1, "quantity": 1, "packs": 1}, [("lines/0/packs", "choice")]),
        ({"item_id": 1, "packs": 1.5}, [("lines/0/packs", "not_whole")]),
        ({"item_id": 1, "packs": 0}, [("lines/0/packs", "too_small")]),
    ],
)
@pytest.mark.parametrize("noun", ["purchase-orders", "receipts"])
def test_a_line_says_how_much_in_one_way(served, noun, given, told):
    ids = ORDER if noun == "purchase-orders" else {"store_id": 1}

    answer = served.post(noun, ids | {"lines": [given]})

    assert [(error["field"], error["code"]) for error in assert_problem(answer, 400)["errors"]] == told


def test_the_order_of_a_hidden_store_is_unknown(fresh):
    body = {"store_id": 2, "purchase_order_id": 1, "lines": [line()]}

    (error,) = assert_problem(fresh.post("receipts", body, role="limited"), 400)["errors"]

    assert (error["field"], error["code"]) == ("purchase_order_id", "unknown")
    assert [row["id"] for row in fresh.get("purchase-orders", role="limited").json["data"]] == [2]


def test_an_orders_tag_moves_with_the_names_in_its_lines(fresh):
    before = fresh.get("purchase-orders/1").headers["ETag"]

    fresh.send("PATCH", "items/1", body={"name": "Green tea"})

    after = fresh.get("purchase-orders/1", headers={"If-None-Match": before})
    assert (after.status_code, after.json["lines"][0]["name"]) == (200, "Green tea")


def test_a_draft_that_is_abandoned_is_gone_but_in_the_record(fresh):
    assert fresh.send("DELETE", "purchase-orders/2").status_code == 204

    assert_problem(fresh.get("purchase-orders/2"), 404)
    assert_problem(fresh.get("purchase-orders/2/history"), 404)
    told = fresh.get("audit?entity=purchase_orders,purchase_order_lines&kind=deleted").json["data"]
    assert (told[0]["entity"], told[0]["row_id"]) == ("purchase_orders", 2)


def test_freight_stands_beside_what_it_adds(fresh):
    lines = [line(1, 3, unit_cost="2"), line(2, 1, unit_cost="4")]

    receipt = fresh.made("receipts", {"store_id": 2, "lines": lines, "landed_cost": "1"})

    assert receipt["landed_cost"] == "1.00"
    assert [(one["landed_cost"], one["unit_cost"]) for one in receipt["lines"]] == [("0.60", "2.20"), ("0.40", "4.40")]


def test_a_line_of_an_order_names_the_item_too(fresh):
    [ordered, *_] = fresh.get("purchase-orders/1").json["lines"]

    came = fresh.made("receipts", OF_ORDER | {"lines": [{"order_line": ordered["id"], "quantity": 1}]}, role="clerk")
    unknown = fresh.post("receipts", OF_ORDER | {"lines": [{"order_line": 999, "quantity": 1}]}, role="clerk")

    [line_] = came["lines"]
    assert (line_["item_id"], line_["order_line"]) == (ordered["item_id"], ordered["id"])
    assert_problem(unknown, 400)


def test_of_two_who_send_an_order_at_once_the_second_is_told_that_it_is_sent(fresh):
    order = fresh.made("purchase-orders", ORDER | {"lines": [line()]}, role="manager")["id"]
    together = threading.Barrier(2, timeout=10)

    def send(_):
        together.wait()
        return fresh.post(f"purchase-orders/{order}/sending", None, role="manager").status_code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(send, range(2))) == [201, 409]
