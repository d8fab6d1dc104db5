"""`wsgi.py load` from the outside: what it prints, where, and how it ends."""

from __future__ import annotations

import pytest

ITEMS = "SKU;Naam;Price;Colour\nT1;Thé vert;1,50;green\nT2;Crème;x;white\nT3;Salt;2,00;white\n"
MAP = ("--map", "SKU=sku", "--map", "Naam=name", "--map", "Price=price")


def test_a_good_file_is_loaded_and_counted(shell):
    path = shell.write("items.csv", ITEMS.replace("x;", "3;"), encoding="cp1252")

    said = shell("load", path, "--kind", "items", *MAP)

    assert (said.code, said.out, said.err) == (0, "3 rows: 3 new, 0 changed, 0 unchanged, 0 refused\n", "")
    assert shell.rows("SELECT name, price FROM items ORDER BY id") == [
        ("Thé vert", 15000),
        ("Crème", 30000),
        ("Salt", 20000),
    ]


def test_a_refused_row_is_told_on_stderr_and_refuses_all(shell):
    said = shell("load", shell.write("items.csv", ITEMS), "--kind", "items", *MAP)

    assert (said.code, said.out) == (1, "3 rows: 2 new, 0 changed, 0 unchanged, 1 refused\n")
    assert said.refusals == [
        "3, Price: Must be a plain decimal number such as 12.5.",
        "Nothing was loaded, for rows were refused. --partial loads the others.",
    ]
    assert shell.rows("SELECT count(*) FROM items") == [(0,)]


def test_with_partial_the_others_stand_and_it_still_ends_with_1(shell):
    said = shell("load", shell.write("items.csv", ITEMS), "--kind", "items", *MAP, "--partial")

    assert (said.code, said.refusals) == (1, ["3, Price: Must be a plain decimal number such as 12.5."])
    assert shell.rows("SELECT sku FROM items ORDER BY id") == [("T1",), ("T3",)]


def test_a_dry_run_says_so_and_writes_nothing(shell):
    path = shell.write("items.csv", "sku,name\nT1,Tea\n")

    said = shell("load", path, "--kind", "items", "--dry-run")

    assert (said.code, said.lines[-1]) == (0, "A dry run: nothing was written.")
    assert shell.rows("SELECT count(*) FROM items") == [(0,)]


def test_a_column_that_nobody_knows_is_named_once(shell):
    said = shell("load", shell.write("items.csv", "sku,name,Colour\nT1,Tea,red\nT2,Tea,red\n"), "--kind", "items")

    assert (said.code, said.refusals) == (0, ["The column Colour is not known and was not read."])


def test_stock_and_movements_go_to_the_store_that_was_named(shell):
    shell("load", shell.write("stores.csv", "code,name\nA,Shop\n"), "--kind", "stores")
    shell("load", shell.write("items.csv", "sku,name\nT1,Tea\n"), "--kind", "items")
    stock = shell("load", shell.write("stock.csv", "sku,quantity\nT1,5\n"), "--kind", "stock", "--store", "a")
    sales = shell.write("sales.csv", "sku,quantity\nT1,2\n")

    said = shell("load", sales, "--kind", "movements", "--store", "A", "--set", "kind=sale")

    assert (stock.code, said.code) == (0, 0)
    assert shell.rows("SELECT on_hand FROM levels") == [(3000,)]


def test_documents_that_were_there_before_are_noted(shell):
    shell("load", shell.write("stores.csv", "code,name\nA,Shop\n"), "--kind", "stores")
    shell("load", shell.write("items.csv", "sku,name\nT1,Tea\n"), "--kind", "items")
    path = shell.write("m.csv", "kind,store,sku,quantity,occurred_at,reference\nreceipt,A,T1,1,2026-01-01,R1\n")
    shell("load", path, "--kind", "movements")

    said = shell("load", path, "--kind", "movements")

    assert said.code == 0
    assert said.err.startswith(
        "Note: documents like one recorded before (the same kind, store, reference and time): 1."
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--kind", "shelves"), "shelves"),
        ((), "--kind"),
        (("--kind", "items", "--map", "sku"), "equals sign"),
        (("--kind", "items", "--map", "=sku"), "equals sign"),
        (("--kind", "items", "--map", "Title=name"), "has no column Title"),
        (("--kind", "items", "--map", "sku=number"), "There is no field number"),
        (("--kind", "items", "--set", "number=1"), "There is no field number"),
        (("--kind", "items", "--store", "A"), "--store does not go with"),
        (("--kind", "stock", "--mode", "create"), "--mode does not go with"),
        (("--kind", "stock"), "No column gives store. The file has: sku, name, quantity. Name one with --map"),
        (("--kind", "stock"), "or the store of all rows with --store CODE."),
        (("--kind", "stores"), 'The file has: sku, name, quantity. Name one with --map "Their column=code".'),
        (("--kind", "stock", "--store", "NOPE"), "--store NOPE: There is no such store."),
        (("--kind", "items", "--set", "unit=pound"), "--set unit=pound: Must be one of each, kg, "),
        (("--kind", "items", "--set", "price=dear", "--partial"), "--set price=dear: Must be a plain decimal number"),
        (("--kind", "movements", "--set", "kind=arrival", "--store", "A"), "--set kind=arrival: Must be one of"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(shell, arguments, sentence):
    said = shell("load", shell.write("items.csv", "sku,name,quantity\nT1,Tea,1\nT2,Tea,1\n"), *arguments)

    notes = [line for line in said.refusals if line.endswith("is not known and was not read.")]
    assert (said.code, said.out, len(said.refusals)) == (2, "", len(notes) + 1)
    assert sentence in said.refusals[-1]


def test_a_file_that_is_not_there_is_wrong_usage(shell):
    assert shell("load", shell.folder / "none.csv", "--kind", "items").code == 2


def test_one_row_is_one_row(shell):
    path = shell.write("items.csv", "sku,name\nT1,Tea\n")

    assert shell("load", path, "--kind", "items").out == "1 row: 1 new, 0 changed, 0 unchanged, 0 refused\n"


def test_a_picture_is_no_table(shell):
    path = shell.folder / "items.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\0\0\0\xdc\xd8" * 9)

    said = shell("load", path, "--kind", "items")

    assert (said.code, said.refusals) == (1, ["The file holds bytes that are no text. Save it as CSV UTF-8."])


@pytest.mark.parametrize("content", ["", "PK\x03\x04", "sku\x00name\n"])
def test_what_is_no_table_is_refused_in_one_line(shell, content):
    said = shell("load", shell.write("items.csv", content), "--kind", "items")

    assert said.code in {1, 2}
    assert "Traceback" not in said.err
