"""Suppliers over HTTP, where a client looks twice."""

from __future__ import annotations

from refusals import assert_problem

SOLD = "suppliers/2/items/3"


def test_what_a_clerk_reads_tells_no_costs(fresh):
    assert fresh.send("PUT", SOLD, body={"unit_cost": "77.7701"}).status_code == 200
    assert fresh.send("PATCH", SOLD, body={"unit_cost": "77.7702"}).status_code == 200

    for path in (SOLD, "suppliers/2/items", f"{SOLD}/history", "changes"):
        assert "77.77" not in fresh.get(path, role="clerk").text
    assert fresh.get(f"{SOLD}/history", role="manager").json["data"][0]["changes"] == {
        "unit_cost": ["77.7701", "77.7702"]
    }


def test_an_item_that_a_supplier_does_not_sell_is_not_there(fresh):
    assert_problem(fresh.get(SOLD), 404)
    assert_problem(fresh.send("PATCH", SOLD, body={"sku": "x"}), 404)
    assert_problem(fresh.send("DELETE", SOLD), 404)
    assert_problem(fresh.get(f"{SOLD}/history"), 404)
    assert_problem(fresh.send("PUT", SOLD, body={}, headers={"If-Match": "*"}), 412)


def test_a_supplier_is_found_by_its_name_case_aside(served):
    found = served.get("suppliers?name=TEA%20%26%20CO").json["data"]

    assert [row["name"] for row in found] == ["Tea & Co"]


def test_the_name_of_an_archived_supplier_stays_taken(fresh):
    assert fresh.send("DELETE", "suppliers/3").status_code == 204

    (error,) = assert_problem(fresh.post("suppliers", {"name": "SPARE"}), 409, "duplicate")["errors"]
    assert error["field"] == "name"


def test_a_rows_history_expands_as_every_other_list(served):
    item = served.get("suppliers/1/items?expand=item,supplier").json["data"][0]

    assert (item["item"]["id"], item["supplier"]["name"]) == (1, "Tea & Co")
