"""Documents over HTTP, where a client looks twice."""

from __future__ import annotations

import pytest
from refusals import assert_problem


def line(**more):
    return {"item_id": 1, "quantity": 1} | more


def test_unknown_stores_and_items_are_told_at_once(fresh):
    body = {"store_id": 99_999, "to_store_id": 88_888, "lines": [line(), line(item_id=77_777)]}

    told = assert_problem(fresh.post("transfers", body), 400)["errors"]

    assert [error["field"] for error in told] == ["store_id", "to_store_id", "lines/1/item_id"]


def test_a_return_comes_in_at_the_cost_that_it_states(fresh):
    returned = fresh.made("returns", {"store_id": 1, "lines": [line(unit_cost="9.99")]})

    assert returned["lines"][0]["unit_cost"] == "9.99"


def test_a_documents_tag_moves_with_the_names_in_its_lines(fresh):
    path = fresh.post("receipts", {"store_id": 1, "lines": [line()]}).headers["Location"]
    before = fresh.get(path)
    assert before.headers["ETag"] == f'"{before.json["version"]}"'

    fresh.send("PATCH", "items/1", body={"name": "Green tea"})
    after = fresh.get(path, headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert after.json["lines"][0]["name"] == "Green tea"
    assert fresh.get(path, headers={"If-None-Match": after.headers["ETag"]}).status_code == 304
    reversal = fresh.post(f"{path}/reversal", None, headers={"If-Match": after.headers["ETag"]})
    assert reversal.status_code == 201


def test_a_document_links_what_it_follows(fresh):
    sent = fresh.made("transfers", {"store_id": 1, "to_store_id": 2, "lines": [line()]})
    arrival = fresh.made(f"transfers/{sent['id']}/arrival", {})
    reversal = fresh.made(f"movements/{arrival['id']}/reversal", {})

    assert arrival["links"]["transfer"]["href"].endswith(f"/movements/{sent['id']}")
    assert reversal["links"]["reverses"]["href"].endswith(f"/movements/{arrival['id']}")
    incoming = fresh.get(fresh.get("stores/2").json["links"]["incoming"]["href"]).json["data"]
    assert sent["id"] in [row["id"] for row in incoming]


@pytest.mark.parametrize("code", ["A/d8c6", "a/b/c", "100%25", "x?y", "#1"])
def test_any_internal_code_can_be_looked_up(fresh, code):
    fresh.send("PATCH", "items/2", body={"barcodes": [code]})
    escaped = code.replace("%", "%25").replace("/", "%2F").replace("?", "%3F").replace("#", "%23")

    assert fresh.get(f"barcodes/{escaped}").json["id"] == 2


def test_a_listing_that_is_not_there_matches_no_tag(fresh):
    path = "stores/2/listings/5"

    assert_problem(fresh.send("PUT", path, body={"price": "1"}, headers={"If-Match": "*"}), 412)
    assert fresh.send("PUT", path, body={"price": "1"}).status_code == 200
    assert fresh.send("PUT", path, body={"price": "2"}, headers={"If-Match": "*"}).status_code == 200


def test_a_page_has_one_size(served):
    assert_problem(served.get("items?limit=5&per_page=6"), 400)


def test_who_read_a_part_may_change_the_whole(fresh):
    tag = fresh.get("items/1?fields=name").headers["ETag"]

    assert fresh.send("PATCH", "items/1", body={"name": "Tea 2"}, headers={"If-Match": tag}).status_code == 200
    assert_problem(fresh.send("PATCH", "items/1", body={"name": "Tea 3"}, headers={"If-Match": tag}), 412)
