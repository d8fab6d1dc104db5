"""Packs and groups over HTTP, where a client looks twice."""

from __future__ import annotations

from refusals import assert_problem

CASE = {"barcode": "14006381333938", "quantity": 12, "name": "case"}


def test_barcodes_stay_a_list_of_texts_and_packs_stand_beside_them(fresh):
    made = fresh.made("items", {"sku": "P", "name": "Packed", "barcodes": ["p-1"], "packs": [CASE]})
    found = fresh.get(f"barcodes/{CASE['barcode']}")

    assert (made["barcodes"], made["packs"]) == (["p-1"], [CASE])
    assert (found.json, found.headers["ETag"]) == (made, '"1"')
    assert [row["id"] for row in fresh.get(f"items?q={CASE['barcode']}").json["data"]] == [made["id"]]
    assert fresh.get("items/1").json["packs"] == []

    put = fresh.send("PUT", f"items/{made['id']}", body={"sku": "P", "name": "P"}, headers={"If-Match": "*"})
    assert (put.json["packs"], put.json["group_id"], put.json["options"]) == ([], None, {})
    assert_problem(fresh.get(f"barcodes/{CASE['barcode']}"), 404)
    changes = fresh.get(f"items/{made['id']}/history").json["data"][0]["changes"]
    assert changes["packs"] == [[CASE], []]


def test_the_codes_of_packs_and_items_are_one_space(fresh):
    body = {"sku": "P", "name": "P", "barcodes": ["int-1", "CASE-8"], "packs": [{"barcode": "case-8", "quantity": 6}]}

    assert_problem(fresh.post("items", body), 409, "duplicate")
    (error,) = assert_problem(fresh.send("PATCH", "items/2", body={"barcodes": ["case-8"]}), 409)["errors"]
    assert (error["field"], error["code"]) == ("barcodes/0", "duplicate")


def test_a_document_says_what_moved_in_the_item_s_unit(fresh):
    receipt = {"store_id": 1, "lines": [{"barcode": "case-8", "quantity": 2, "unit_cost": "1.50"}]}
    (line,) = fresh.made("receipts", receipt)["lines"]
    sale = {"store_id": 1, "lines": [{"barcode": "case-8", "quantity": 3}]}
    (short,) = assert_problem(fresh.post("sales", sale), 409, "insufficient-stock")["errors"]

    assert (line["item_id"], line["quantity"], line["unit_cost"], line["on_hand_after"]) == (8, 24, "1.50", 24)
    assert (short["field"], short["requested"], short["available"]) == ("lines/0/quantity", 36, 24)


def test_cases_are_sent_and_arrive_as_pieces(fresh):
    fresh.made("receipts", {"store_id": 1, "lines": [{"barcode": "case-8", "quantity": 2}]})
    sent = fresh.made("transfers", {"store_id": 1, "to_store_id": 2, "lines": [{"barcode": "case-8", "quantity": 1}]})

    arrived = fresh.made(f"transfers/{sent['id']}/arrival", {"lines": [{"barcode": "case-8", "quantity": 0.5}]})

    assert arrived["lines"][0]["quantity"] == 6
    assert fresh.get(f"movements/{sent['id']}").json["progress"][0]["in_transit"] == 6


def test_a_group_leads_to_its_items_and_back(fresh):
    group = fresh.get("item-groups/1").json
    listed = fresh.get(group["links"]["items"]["href"]).json["data"]
    item = fresh.get("items/8?expand=group").json

    assert [row["id"] for row in listed] == [8]
    assert item["options"] == {"Size": "S", "Colour": "red"}
    assert (
        item["group"]["options"]
        == group["options"]
        == [
            {"name": "Size", "values": ["S", "M"]},
            {"name": "Colour", "values": ["red", "blue"]},
        ]
    )
    assert fresh.get(item["links"]["group"]["href"]).json["name"] == "Tins"
    assert "group" not in fresh.get("items/1").json["links"]


def test_an_option_that_is_in_use_names_the_items(fresh):
    refused = fresh.send("PATCH", "item-groups/1", body={"options": [{"name": "Size", "values": ["M"]}]})

    assert "SKU-8" in assert_problem(refused, 409, "in-use")["detail"]


def test_a_merge_patch_changes_one_option(fresh):
    merge = {"Content-Type": "application/merge-patch+json"}

    changed = fresh.send("PATCH", "items/8", data=b'{"options": {"Size": "M"}}', headers=merge)
    plain = fresh.send("PATCH", "items/8", body={"options": {"Size": "S"}})

    assert changed.json["options"] == {"Size": "M", "Colour": "red"}
    (error,) = assert_problem(plain, 400)["errors"]
    assert (error["field"], error["code"]) == ("options/Colour", "required")


def test_what_is_missing_of_a_group_is_made_in_one_go(fresh):
    body = {"sku": "TIN", "price": "2.50", "category_id": 1}
    made = fresh.made("item-groups/1/items", body)
    items = fresh.get(f"{made['links']['items']['href']}&sort=sku").json["data"]

    assert [row["sku"] for row in items] == ["SKU-8", "TIN-M-blue", "TIN-M-red", "TIN-S-blue"]
    tin = items[1]
    assert (tin["name"], tin["price"], tin["options"]) == ("Tins, M, blue", "2.50", {"Size": "M", "Colour": "blue"})
    before = fresh.dump()
    fresh.made("item-groups/1/items", body)
    assert fresh.dump() == before


def test_of_what_is_missing_all_or_nothing_is_made(fresh):
    fresh.made("items", {"sku": "tin-m-blue", "name": "In the way"})
    before = fresh.dump()
    (error,) = assert_problem(fresh.post("item-groups/1/items", {"sku": "TIN"}), 409, "duplicate")["errors"]
    many = [{"name": name, "values": [str(number) for number in range(15)]} for name in "ab"]
    group = fresh.made("item-groups", {"name": "Many", "options": many})["id"]
    (refused,) = assert_problem(fresh.post(f"item-groups/{group}/items", {"sku": "X"}), 400)["errors"]
    long = fresh.made("item-groups", {"name": "Long", "options": [{"name": "a", "values": ["x" * 64]}]})["id"]
    (too_long,) = assert_problem(fresh.post(f"item-groups/{long}/items", {"sku": "X"}), 400)["errors"]
    fresh.send("DELETE", f"item-groups/{group}")

    assert (error["field"], refused["code"], too_long["code"]) == ("sku", "too_many", "too_long")
    assert "TIN-M-blue" in error["message"]
    assert fresh.dump()["items"] == before["items"]
    assert_problem(fresh.post(f"item-groups/{group}/items", {"sku": "X"}), 409, "archived")
