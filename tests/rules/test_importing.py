"""Items and stores from files, into a shop that has some already."""

from __future__ import annotations

import pytest
from importing_examples import counts, item, load

from common.errors import Invalid


def test_items_are_made_changed_and_left_as_they_are(fresh):
    text = "sku,name,price\nNEW-1,Plum,1.25\nSKU-1,Green tea,1.50\nSKU-2,Tea,2.50\n"

    tally, refused = load(fresh, "items", text)

    assert (counts(tally), refused) == ((1, 1, 1, 0), [])
    assert (item(fresh, "NEW-1")["price"], item(fresh, "NEW-1")["version"]) == ("1.25", 1)
    assert (item(fresh, "SKU-1")["name"], item(fresh, "SKU-1")["version"]) == ("Green tea", 2)
    assert item(fresh, "SKU-2")["version"] == 1


def test_the_same_file_again_changes_nothing(fresh):
    text = "sku,name,price,barcodes,category\nNEW-1,Plum,1.25,4012345000009,Food / Fruit\n"
    load(fresh, "items", text)

    assert counts(load(fresh, "items", text)[0]) == (0, 0, 1, 0)


def test_a_loaded_item_is_what_the_api_would_have_made(fresh):
    text = 'sku,name,unit,barcodes,tax_rate,description\nA1,Ölkanne,KG,96385074|x-7,19,"two\nlines"\n'
    fields = {"name": "Ölkanne", "unit": "kg", "barcodes": ["4011200296908"], "tax_rate": 19}

    load(fresh, "items", text)
    made = fresh.made("items", fields | {"sku": "A2", "description": "two\nlines"})

    loaded = item(fresh, "A1")
    own = {"id", "sku", "barcodes", "created_at", "updated_at", "links"}
    assert {name: loaded[name] for name in loaded.keys() - own} == {name: made[name] for name in made.keys() - own}
    assert loaded["barcodes"] == ["96385074", "x-7"]


def test_scanners_and_the_search_find_what_was_loaded_and_no_longer_what_was_replaced(fresh):
    load(fresh, "items", "sku,name,barcodes\nSKU-1,Earl Grey,4012345000009\n")

    assert fresh.get("barcodes/4012345000009").json["id"] == 1
    assert fresh.get("barcodes/4006381333931").status_code == 404
    assert [row["id"] for row in fresh.get("items?q=grey").json["data"]] == [1]


def test_a_barcode_moves_from_one_item_to_another_in_the_order_of_the_rows(fresh):
    right = "sku,barcodes\nSKU-1,other-1\nSKU-2,4006381333931\n"
    wrong = "sku,barcodes\nSKU-3,int-4\nSKU-4,other-4\n"

    assert counts(load(fresh, "items", right)[0]) == (0, 2, 0, 0)
    assert load(fresh, "items", wrong, partial=True)[1] == [(2, "barcodes", "duplicate")]


def test_a_row_counts_after_the_rows_before_it_also_for_an_item_that_is_new(fresh):
    text = "sku,name,barcodes\nN1,Plum,n-1\nn1,Prune,n-2\nN2,Pear,n-1\nN3,Fig,n-2\n"

    tally, refused = load(fresh, "items", text, partial=True)

    assert (counts(tally), refused) == ((2, 1, 0, 1), [(5, "barcodes", "duplicate")])
    assert (item(fresh, "N1")["sku"], item(fresh, "N1")["name"]) == ("N1", "Prune")


@pytest.mark.parametrize(
    ("mode", "expected", "problem"),
    [("create", (1, 0, 0, 1), (3, "sku", "duplicate")), ("update", (0, 1, 0, 1), (2, "sku", "unknown"))],
)
def test_a_mode_refuses_the_other_rows(fresh, mode, expected, problem):
    text = "sku,name\nNEW-1,Plum\nSKU-1,Black tea\n"

    tally, refused = load(fresh, "items", text, mode=mode, partial=True)

    assert (counts(tally), refused) == (expected, [problem])


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"sku": ""}, ("sku", "required")),
        ({"name": ""}, ("name", "required")),
        ({"price": "-1"}, ("price", "too_small")),
        ({"price": "cheap"}, ("price", "format")),
        ({"unit": "pound"}, ("unit", "choice")),
        ({"barcodes": "4006381333932"}, ("barcodes", "check_digit")),
        ({"barcodes": "4006381333931"}, ("barcodes", "duplicate")),
        ({"barcodes": "8,41E+12"}, ("barcodes", "damaged")),
        ({"sku": "8.41E+12"}, ("sku", "damaged")),
        ({"barcodes": "a b a"}, ("barcodes", "duplicate")),
        ({"category": "Gone"}, ("category", "archived")),
        ({"category": "Gone / More"}, ("category", "archived")),
        ({"category": "Food / " * 21 + "Tea"}, ("category", "too_many")),
        ({"sku": "SKU-9"}, ("sku", "archived")),
        ({"sku": "SKU-6", "unit": "each"}, ("unit", "in_use")),
        ({"sku": "SKU-6", "unit": "g"}, ("unit", "in_use")),
        ({"attributes": "red"}, ("attributes", "format")),
        ({"attributes": "red", "more": "x"}, ("", "unreadable")),
    ],
)
def test_what_the_rules_refuse_is_named_by_row_and_column(fresh, cells, problem):
    fraction = {"store_id": 1, "lines": [{"item_id": 6, "quantity": 0.5}]}
    fresh.made("receipts", fraction)
    row = {"sku": "N1", "name": "Plum", "price": "1", "unit": "", "barcodes": "", "category": "", "attributes": ""}
    head = ";".join(row)

    _, refused = load(fresh, "items", f"{head}\n" + ";".join((row | cells).values()) + "\n")

    assert refused == [(2, *problem)]


def test_a_category_is_found_by_path_or_by_its_only_name_and_made_where_there_is_none(fresh):
    text = (
        "sku,name,category\nN1,Plum,Food / Drinks\nN2,Plum,drinks\nN3,Plum,Food > Fruit > Stone\n"
        "N4,Plum,Cellar / Drinks\nN5,Plum,Drinks\n"
    )

    tally, refused = load(fresh, "items", text, partial=True)

    paths = {row["id"]: row["path"] for row in fresh.get("categories?limit=50").json["data"]}
    found = [paths[item(fresh, sku)["category_id"]] for sku in ("N1", "N2", "N3", "N4")]
    assert found == ["Food / Drinks", "Food / Drinks", "Food / Fruit / Stone", "Cellar / Drinks"]
    assert refused == [(6, "category", "ambiguous")]
    assert tally.new == 4


def test_the_unit_of_what_never_moved_may_change_also_within_a_file(fresh):
    text = "sku,name,unit\nN1,Plum,kg\nN1,Plum,each\nSKU-4,elan,g\nSKU-1,Tea,each\nSKU-6,Salt,kg\n"

    _, refused = load(fresh, "items", text)

    assert ([item(fresh, sku)["unit"] for sku in ("N1", "SKU-4")], refused) == (["each", "g"], [])


def test_one_refused_row_refuses_all_and_every_problem_is_told(fresh):
    text = "sku,name,price\nN1,Plum,1\nN2,,1\nN3,Pear,dear\nN4,Fig,1\n"

    tally, refused = load(fresh, "items", text)

    assert (counts(tally), tally.stands) == ((2, 0, 0, 2), False)
    assert refused == [(3, "name", "required"), (4, "price", "format")]
    assert fresh.get("items?sku=N1").json["data"] == []


def test_with_partial_the_good_rows_stand(fresh):
    text = "sku,name\n" + "".join(f"N{i},{'' if i % 7 == 0 else 'Plum'}\n" for i in range(1, 1501))

    tally, refused = load(fresh, "items", text, partial=True)

    assert (counts(tally), tally.stands, len(refused)) == ((1286, 0, 0, 214), True, 214)
    assert fresh.get("items?q=plum&total=true").json["page"]["total"] == 1286


@pytest.mark.parametrize("partial", [False, True])
def test_a_dry_run_counts_and_writes_nothing(fresh, partial):
    before = fresh.dump()

    tally, refused = load(fresh, "items", "sku,name,category\nN1,Plum,New\nN2,,\n", dry_run=True, partial=partial)

    assert (counts(tally), tally.stands, len(refused)) == ((1, 0, 0, 1), False, 1)
    assert fresh.dump() == before


def test_columns_are_matched_by_name_and_by_what_others_call_them(fresh):
    text = "Item Number;Product_Name;EAN;UPC;Sale Price;Colour\nN1;Plum;96385074;n-1;1,50;blue\n"

    load(fresh, "items", text)

    found = item(fresh, "N1")
    assert (found["name"], found["barcodes"], found["price"]) == ("Plum", ["96385074", "n-1"], "1.50")


def test_with_a_mapping_only_its_columns_are_read(fresh):
    text = "Ref,Title,name,price,brand\n7,Plum,Wrong,9,Acme\n8,,Pear,9,\n"
    mapping = (("ref", "sku"), ("Title", "name"), ("name", "name"), ("brand", "attributes.brand"))

    tally, refused = load(fresh, "items", text, mapping=mapping)

    assert (tally.new, refused) == (2, [])
    found = [item(fresh, sku) for sku in ("7", "8")]
    assert [(row["name"], row["price"], row["attributes"]) for row in found] == [
        ("Plum", None, {"brand": "Acme"}),
        ("Pear", None, {}),
    ]


def test_one_column_may_be_two_fields_and_a_constant_fills_blank_cells(fresh):
    text = "ean,name,unit\n96385074,Flour,\n4012345000009,Plum,each\n"
    mapping = (("ean", "sku"), ("ean", "barcodes"), ("name", "name"), ("unit", "unit"))

    load(fresh, "items", text, mapping=mapping, constants={"unit": "kg"})

    rows = [item(fresh, sku) for sku in ("96385074", "4012345000009")]
    assert [(row["barcodes"], row["unit"]) for row in rows] == [(["96385074"], "kg"), (["4012345000009"], "each")]


def test_an_attribute_of_its_own_column_joins_those_that_are_there(fresh):
    load(fresh, "items", "sku,brand\nSKU-2,Acme\n", mapping=(("sku", "sku"), ("brand", "attributes.brand")))

    assert item(fresh, "SKU-2")["attributes"] == {"colour": "red", "width": 1.5, "brand": "Acme"}


@pytest.mark.parametrize(
    ("text", "mapping", "sentence"),
    [
        ("name,price\nPlum,1\n", (), "No column gives sku"),
        ("sku,name\nN1,Plum\n", (("SKU", "sku"), ("Title", "name")), "no column Title. It has: sku, name"),
        ("sku,name\nN1,Plum\n", (("sku", "number"),), "no field number"),
    ],
)
def test_a_file_whose_columns_do_not_fit_is_refused_at_once(fresh, text, mapping, sentence):
    with pytest.raises(Invalid, match=sentence):
        load(fresh, "items", text, mapping=mapping)


def test_stores_are_opened_revised_and_left_as_they_are(fresh):
    text = (
        "code,name,timezone,allow_negative_stock\nNEW,New shop,,TRUE\nmain,Main street,,\n"
        "SIDE,Store side,Europe/Berlin,false\nOLD,Older,,\nX,Nowhere,Mars/North,\n"
    )

    tally, refused = load(fresh, "stores", text, partial=True, timezone="Europe/Vienna")

    (new,) = fresh.get("stores?code=NEW").json["data"]
    assert (counts(tally), new["timezone"], new["allow_negative_stock"]) == ((1, 1, 1, 2), "Europe/Vienna", True)
    assert sorted(refused) == [(5, "code", "archived"), (6, "timezone", "choice")]
    assert fresh.get("stores/1").json["name"] == "Main street"


def test_a_file_leaves_packs_and_groups_alone_and_takes_no_pack_s_code(fresh):
    before = fresh.get("items/8").json
    load(fresh, "items", "sku,name,barcodes\nSKU-8,Green tea,int-8|new-8\n")
    after = fresh.get("items/8").json

    assert [after[name] for name in ("packs", "group_id", "options")] == [
        before[name] for name in ("packs", "group_id", "options")
    ]
    assert fresh.get("barcodes/case-8").json["name"] == "Green tea"
    for sku in ("SKU-8", "SKU-7"):
        _, refused = load(fresh, "items", f"sku,barcodes\n{sku},case-8\n")
        assert refused == [(2, "barcodes", "duplicate")]
    load(fresh, "stock", "store,barcode,quantity\nMAIN,case-8,2\n")
    assert fresh.get("stock?store_id=1&item_id=8").json["data"][0]["on_hand"] == 24
