"""Front ends elsewhere that the settings trust, and the catalogue that they open to all."""

from __future__ import annotations

import pytest
from refusals import assert_problem
from service import KEY

from common.settings_schema import Access, Security

FRONT = "https://shop.example"
TRUSTING = Security(secret_key=KEY, trusted_origins=(FRONT,))
NAMED = {"Origin": FRONT, "Sec-Fetch-Site": "cross-site"}


def test_a_trusted_front_end_may_change_and_read_with_the_cookie(opened):
    service = opened(security=TRUSTING)

    answer = service.send("PATCH", "items/1", body={"name": "Green tea"}, headers=NAMED)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == FRONT
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"]


def test_a_trusted_front_end_may_read_refusals(opened):
    answer = opened(security=TRUSTING).get("items/999", headers=NAMED)

    assert_problem(answer, 404)
    assert answer.headers["Access-Control-Allow-Origin"] == FRONT


def test_its_preflight_is_answered(opened):
    asked = {"Origin": FRONT, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "if-match"}

    answer = opened(security=TRUSTING).send("OPTIONS", "items/1", role=None, headers=asked)

    assert answer.status_code == 200
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    "origin", ["https://shop.example.evil", "http://shop.example", "https://SHOP.example", "null", "*"]
)
def test_any_other_origin_is_refused(opened, origin):
    service = opened(security=TRUSTING)

    answer = service.send("PATCH", "items/1", body={"name": "x"}, headers={"Origin": origin})

    assert_problem(answer, 403, "cross-site")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["items", "items/1", "categories", "stores", "barcodes/4006381333931"])
def test_an_open_catalogue_is_read_by_anybody_without_costs(opened, path):
    answer = opened(access=Access(public_catalogue=True)).get(path, role=None)

    assert answer.status_code == 200
    assert '"cost"' not in answer.text
    assert "PATCH" not in answer.text
    assert "/stock" not in answer.text


@pytest.mark.parametrize("query", ["cost=1.25", "sort=cost", "fields=cost", "cost[gte]=0"])
def test_what_is_not_shown_is_not_told_by_asking_either(opened, query):
    service = opened(access=Access(public_catalogue=True))

    for role in (None, "viewer", "clerk"):
        assert_problem(service.get(f"items?{query}", role=role), 400, "invalid")


@pytest.mark.parametrize("path", ["stock", "movements", "movement-lines", "users", "sessions", "stores/1/listings"])
def test_an_open_catalogue_opens_nothing_else(opened, path):
    service = opened(access=Access(public_catalogue=True))

    assert_problem(service.get(path, role=None), 401)
    assert_problem(service.post("items", {"sku": "x", "name": "x"}, role=None), 401)


def test_the_root_links_what_the_caller_may_read(opened):
    service = opened(access=Access(public_catalogue=True))

    catalogue = {"items", "item_groups", "categories", "stores"}
    assert service.get("/api/v1", role=None).json["links"].keys() == {"self"} | catalogue
    assert "users" not in service.get("/api/v1", role="manager").json["links"]
    assert "users" in service.get("/api/v1").json["links"]


@pytest.mark.parametrize("path", ["stock", "movements", "movement-lines"])
def test_another_stores_stock_does_not_exist_for_who_may_not_see_it(served, path):
    rows = served.get(f"{path}?limit=200", role="limited").json["data"]

    assert rows
    assert all(2 in {row["store_id"], row.get("to_store_id")} for row in rows)


def test_what_one_may_not_see_is_not_there(served):
    hidden, missing = served.get("movements/3", role="limited"), served.get("movements/999", role="limited")

    assert_problem(hidden, 404)
    assert hidden.json | {"instance": "", "request_id": ""} == missing.json | {"instance": "", "request_id": ""}


def test_a_clerk_of_one_store_sells_in_no_other(served):
    line = [{"item_id": 1, "quantity": 1}]

    assert_problem(served.post("sales", {"store_id": 1, "lines": line}, role="limited"), 400, "invalid")
    assert_problem(served.post("movements/3/reversal", {}, role="limited"), 404)
