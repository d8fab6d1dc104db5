"""What a scanned code is."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import shop_data
from refusals import assert_problem
from sqlalchemy import text

from common.access import Caller, Role
from common.database import reading
from models import finding
from models.item import Item

GTIN = shop_data.BARCODE
OWN = Caller(role=Role.CLERK, store_ids=frozenset({2}), sees_all_stores=False)


def looked(service, code, **kwargs):
    return service.get(f"lookup?code={quote(code, safe='')}", **kwargs)


@pytest.mark.parametrize(
    "code",
    [
        GTIN,
        GTIN.zfill(14),
        f"01{GTIN.zfill(14)}",
        f"]C101{GTIN.zfill(14)}10LOT\x1d21X",
        f"(01){GTIN.zfill(14)}",
        f"https://id.gs1.org/01/{GTIN}?17=271231",
        f"]E0{GTIN}",
    ],
)
def test_a_barcode_is_its_item_in_every_form(served, code):
    found = looked(served, code)

    assert found.status_code == 200, found.text
    assert {name: found.json[name] for name in ("code", "type", "match", "quantity")} == {
        "code": code,
        "type": "item",
        "match": "barcode",
        "quantity": 1,
    }
    assert found.json["item"] == served.get("items/1").json


def test_a_pack_says_what_it_holds_and_a_sku_is_found_case_aside(served):
    pack, sku = looked(served, "case-8").json, looked(served, "sku-8").json

    assert [(one["match"], one["quantity"], one["item"]["id"]) for one in (pack, sku)] == [
        ("pack", 12, 8),
        ("sku", 1, 8),
    ]


def test_a_level_is_told_of_every_store_that_the_caller_sees_and_costs_to_managers(served):
    seen = {role: looked(served, GTIN, role=role).json for role in ("manager", "clerk", "limited")}
    stock = {row["store_id"]: row for row in served.get("stock?item_id=1").json["data"]}

    rows = seen["manager"]["levels"]
    assert [row["store_id"] for row in rows] == [1, 2, 4]
    for row in rows[:2]:
        assert row == {name: stock[row["store_id"]].get(name, row[name]) for name in row}
    assert (rows[2]["on_hand"], rows[2]["average_cost"]) == (0, None)
    assert not {"average_cost", "value"} & seen["clerk"]["levels"][0].keys()
    assert "cost" not in seen["clerk"]["item"]
    assert [row["store_id"] for row in seen["limited"]["levels"]] == [2]


def test_an_archived_item_is_told_as_such_and_offers_its_way_back(served):
    item = looked(served, "SKU-9").json["item"]

    assert item["archived_at"]
    assert "restore" in item["links"]


def test_a_barcode_comes_before_a_sku_and_a_sku_before_a_barcode_without_its_zeros(fresh):
    fresh.made("items", {"sku": "int-2", "name": "Confusing"})
    short = fresh.made("items", {"sku": "36000291452", "name": "Short"})["id"]
    upc = fresh.made("items", {"sku": "U", "name": "U", "barcodes": ["036000291452"]})["id"]

    assert looked(fresh, "int-2").json["item"]["id"] == 2
    assert looked(fresh, "36000291452").json["item"]["id"] == short
    assert looked(fresh, "0036000291452").json["item"]["id"] == upc
    fresh.send("PATCH", f"items/{short}", body={"sku": "S"})
    assert looked(fresh, "36000291452").json["item"]["id"] == upc


def test_a_reference_is_the_newest_document_and_names_the_others(fresh):
    line = {"item_id": 1, "quantity": 1}
    ids = [fresh.made("sales", {"store_id": 1, "lines": [line], "reference": "PO-3"})["id"] for _ in range(2)]

    found = looked(fresh, "PO-3").json

    assert (found["type"], found["match"]) == ("movement", "reference")
    assert found["movement"] == fresh.get(f"movements/{ids[1]}").json
    assert [(one["type"], one["id"], one["kind"]) for one in found["candidates"]] == [
        ("movement", ids[1], "sale"),
        ("movement", ids[0], "sale"),
        ("purchase_order", 1, "sent"),
    ]
    assert all(fresh.get(one["href"]).status_code == 200 for one in found["candidates"])


def test_an_order_is_found_by_its_reference_without_its_costs(served):
    found = looked(served, "PO-3", role="clerk").json

    assert found["type"] == "purchase_order"
    assert found["purchase_order"] == served.get("purchase-orders/1", role="clerk").json


def test_documents_of_hidden_stores_do_not_exist(served):
    for code in ("PO-1", "PO-3"):
        assert looked(served, code).status_code == 200
        hidden, unknown = looked(served, code, role="limited"), looked(served, "never-was", role="limited")
        assert assert_problem(hidden, 404, "not-found")["detail"] == f"Nothing here bears the code {code}."
        assert hidden.json["title"] == unknown.json["title"]


@pytest.mark.parametrize("code", ["never-was", "\x1d", "]C1", "01", "https://id.gs1.org/01/", "'; DROP TABLE items"])
def test_what_nobody_knows_is_not_found(served, code):
    assert looked(served, code).status_code in {404, 400}


@pytest.mark.parametrize(
    "asked", ["", "?code=", "?code=a&code=b", "?code=%00", f"?code={'x' * 501}", "?code=a&fields=id"]
)
def test_what_cannot_be_asked_is_refused(served, asked):
    assert_problem(served.get(f"lookup{asked}"), 400, "invalid")


def test_nothing_is_read_through(fresh):
    """Each way to a code is a seek; a server is kept from reading through a small table, which it would prefer."""
    with fresh.app.app_context(), reading() as connection:
        sqlite, mariadb = (connection.dialect.name == name for name in ("sqlite", "mariadb"))
        if not (sqlite or mariadb):
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        queries = [finding.bearing(["a", "b"]), Item.__table__.select().where(Item.sku_key == "a")]
        for caller in (Caller(role=Role.CLERK), OWN):
            queries += finding.documents(caller, "PO-1").values()
        for query in queries:
            sql = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
            rows = connection.execute(text(f"EXPLAIN {'QUERY PLAN ' * sqlite}{sql}".replace(":", "\\:"))).all()
            if mariadb:  # it cannot be kept from it, but says which indexes would do
                assert all(row.possible_keys for row in rows if row.table), rows
                continue
            plan = "\n".join(str(row[-1]) for row in rows)
            assert "SCAN" not in plan.upper().replace("INDEX SCAN", "").replace("HEAP SCAN", ""), plan
            assert "INDEX" in plan.upper(), plan
