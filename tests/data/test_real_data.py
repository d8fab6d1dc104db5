"""What real shops have, loaded by the command and compared with sums that the csv module and Decimal make."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from decimal import Decimal
from itertools import groupby

import pytest
from plain_csv import read

from common.errors import Invalid
from common.gtin import GTIN_LENGTHS
from models import password as passwords

SOLD = "FROM movement_lines l JOIN movements m ON m.id = l.movement_id AND m.kind = 'sale'"
OFF = ("--map", "ean=sku", "--map", "ean=barcodes", "--map", "product_name=name", "--map", "brands=attributes.brand")
ITEMS = "SELECT sku, name, barcodes, attributes FROM items ORDER BY sku"


@pytest.mark.slow
def test_every_product_becomes_an_item_under_its_department(eight_stores):
    said = eight_stores.said["items"]

    assert (said.code, said.out) == (0, "6,487 rows: 6,487 new, 0 changed, 0 unchanged, 0 refused\n")
    found = eight_stores.rows("SELECT i.sku, i.name, c.path FROM items i JOIN categories c ON c.id = i.category_id")
    assert sorted(found) == sorted(
        (row["product_id"], row["product_type"] or row["product_category"] or row["department"], row["department"])
        for row in eight_stores.products
    )


@pytest.mark.slow
def test_opening_stock_is_what_will_be_sold(eight_stores):
    said = eight_stores.said["stock"]
    nothing = sum(quantity == 0 for quantity in eight_stores.sold.values())

    rows = len(eight_stores.sold)
    assert said.out == f"{rows:,} rows: {rows - nothing:,} new, 0 changed, {nothing} unchanged, 0 refused\n"
    (opened,) = eight_stores.rows("SELECT sum(quantity) FROM movement_lines WHERE quantity > 0")[0]
    assert Decimal(opened) / 1000 == sum(eight_stores.sold.values())


@pytest.mark.slow
def test_the_lines_of_quantity_zero_and_of_missing_products_are_refused_by_row(eight_stores):
    said = eight_stores.said["sales"]
    known = {row["product_id"] for row in eight_stores.products}
    expected = []
    for number, row in enumerate(eight_stores.sales, start=2):
        if row["product_id"] not in known:
            expected.append(f"{number}, product_id: There is no such item.")
        if Decimal(row["quantity"]) == 0:
            expected.append(f"{number}, quantity: Must be more than zero.")

    assert (said.code, said.out) == (1, "11,300 rows: 11,236 new, 0 changed, 0 unchanged, 64 refused\n")
    assert said.refusals == expected
    assert Counter(line.split(": ")[1] for line in expected) == {
        "There is no such item.": 27,
        "Must be more than zero.": 64,
    }


@pytest.mark.slow
def test_units_and_lines_by_store_and_item_are_those_of_the_file(eight_stores):
    lines, units = Counter(), Counter()
    for row in eight_stores.sales:
        if quantity := Decimal(row["quantity"]):
            lines[row["store_id"], row["product_id"]] += 1
            units[row["store_id"], row["product_id"]] += quantity
    query = (
        f"SELECT s.code, i.sku, count(*), -sum(l.quantity) {SOLD} JOIN stores s ON s.id = l.store_id "
        "JOIN items i ON i.id = l.item_id GROUP BY s.code, i.sku"
    )

    found = eight_stores.rows(query)

    assert {(store, sku): count for store, sku, count, _ in found} == lines
    assert {(store, sku): Decimal(quantity) / 1000 for store, sku, _, quantity in found} == units


@pytest.mark.slow
def test_each_basket_is_one_sale_at_its_time_in_the_order_of_the_file(eight_stores):
    baskets = []
    by_basket = groupby(
        eight_stores.sales, lambda row: (row["store_id"], row["basket_id"], row["transaction_timestamp"])
    )
    for (store, basket, time), rows in by_basket:
        lines = [(row["product_id"], Decimal(row["quantity"])) for row in rows if Decimal(row["quantity"])]
        if lines:
            baskets.append((store, basket, f"{time}.000Z", lines))
    query = (
        f"SELECT m.id, s.code, m.reference, m.occurred_at, i.sku, -l.quantity {SOLD} "
        "JOIN stores s ON s.id = m.store_id "
        "JOIN items i ON i.id = l.item_id ORDER BY l.id"
    )

    found = [
        (*document[1:], [(row[4], Decimal(row[5]) / 1000) for row in rows])
        for document, rows in groupby(eight_stores.rows(query), lambda row: row[:4])
    ]

    assert found == baskets


@pytest.mark.slow
def test_in_the_end_every_shelf_is_empty_and_every_proof_holds(eight_stores):
    said = eight_stores("check")

    assert eight_stores.rows("SELECT count(*) FROM levels WHERE on_hand <> 0 OR in_transit <> 0") == [(0,)]
    assert (said.code, {line[:6] for line in said.lines}) == (0, {"ok    "})


def wrong_digit(code):
    """The check digit of GS1, from the right: weights 3 and 1 by turns."""
    if len(code) not in GTIN_LENGTHS:
        return False
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(code)))
    return total % 10 != 0


def expected_items(rows):
    return sorted(
        (row["ean"], row["product_name"].strip(), f'["{row["ean"]}"]')
        for row in rows
        if row["product_name"].strip() and not wrong_digit(row["ean"])
    )


def test_the_open_food_facts_catalogue_goes_in_but_for_what_is_wrong_with_it(shared_data, shell):
    path = shared_data("off_catalogue_1470_ean.csv")
    rows = read(path)

    said = shell("load", path, "--kind", "items", *OFF, "--partial")

    good = expected_items(rows)
    refused = []
    for number, row in enumerate(rows, start=2):
        if wrong_digit(row["ean"]):
            refused.append(f"{number}, ean: The check digit is wrong.")
        elif not row["product_name"].strip():
            refused.append(f"{number}, product_name: Is required.")
    assert said.refusals == refused
    assert sum("check digit" in line for line in refused) == 2
    assert said.out == f"1,470 rows: {len(good):,} new, 0 changed, 0 unchanged, {len(refused)} refused\n"
    assert [row[:3] for row in shell.rows(ITEMS)] == good
    assert shell("check").code == 0


def test_one_bad_code_keeps_the_whole_catalogue_out_unless_the_rest_is_wanted(shared_data, shell):
    said = shell("load", shared_data("off_catalogue_1470_ean.csv"), "--kind", "items", *OFF)

    assert said.code == 1
    assert shell.rows("SELECT count(*) FROM items") == [(0,)]


@pytest.mark.parametrize(
    "name",
    ["off_cp1252_semicolon_crlf.csv", "off_cr_only.csv", "off_utf16le_bom_tab.txt", "off_utf8_bom_semicolon.csv"],
)
def test_however_a_shop_sends_it_the_same_items_come_of_it(shared_data, shell, tmp_path, name):
    messy = shared_data("messy_derived") / name
    clean = {row["ean"]: row for row in read(shared_data("off_catalogue_1470_ean.csv"))}

    said = shell("load", messy, "--kind", "items", *OFF, "--partial")

    found = shell.rows(ITEMS)
    assert said.lines[0].startswith("368 rows: ")
    assert [row[:3] for row in found] == expected_items([clean[row[0]] for row in found])
    assert len(found) + len(said.refusals) == 368
    assert len(found) > 350


def test_a_catalogue_that_a_spreadsheet_damaged_is_refused_row_by_row(shared_data, shell):
    path = shared_data("off_1470_excel_damaged_raw.csv")
    cut = sum("E+" in row["code"] for row in read(path, "utf-8-sig"))

    said = shell("load", path, "--kind", "items", "--map", "code=sku", "--map", "product_name=name", "--dry-run")

    assert cut == 1253
    assert sum("A spreadsheet cut this code short" in line for line in said.refusals) == cut


def test_prices_with_a_decimal_comma_are_read_exactly(shared_data, shell):
    path = shared_data("messy_derived") / "uci_cp1252_semicolon_decimalcomma.csv"
    fields = ("--map", "StockCode=sku", "--map", "Description=name", "--map", "UnitPrice=price")

    shell("load", path, "--kind", "items", *fields, "--partial")

    last = {}
    for row in read(path, "cp1252", delimiter=";"):
        price = Decimal(row["UnitPrice"].replace(",", "."))
        if price >= 0 and (row["Description"].strip() or row["StockCode"].upper() in last):
            last[row["StockCode"].upper()] = price
    found = shell.rows("SELECT upper(sku), price FROM items")
    assert {sku: Decimal(price) / 10_000 for sku, price in found} == last


def test_no_common_password_can_be_set(shared_data):
    common = shared_data("lists/common_passwords_zxcvbn.txt").read_text(encoding="utf-8").splitlines()
    long_enough = [given for given in common if len(given) >= 8]

    passed = []
    for given in long_enough:
        with suppress(Invalid):
            passwords.refuse_weak(given, minimum=8, username="ana")
            passed.append(given)

    assert len(long_enough) > 5_000
    assert passed == []
