"""Three weeks of a wholesaler's invoices, sorted by what they are, loaded, and held against the file's own sums."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from types import SimpleNamespace

import pytest
from plain_csv import read
from shell import Shell

NO_PRODUCTS = {"POST", "D", "DOT", "M", "C2", "S", "BANK CHARGES", "AMAZONFEE"}
COLUMNS = ("kind", "store", "sku", "quantity", "occurred_at", "reference", "reverses", "reason", "unit_price")
SUM = "SELECT upper(i.sku), sum(l.quantity) / 1000 FROM movement_lines l JOIN items i ON i.id = l.item_id "
OF_KIND = SUM + "JOIN movements m ON m.id = l.movement_id WHERE m.kind = '{}' GROUP BY i.id"


@pytest.fixture(scope="session")
def retail(shared_data, tmp_path_factory):
    """The invoices in a shop of their own, with just the opening stock that takes no shelf below zero."""
    files = ("uci_online_retail_2010-12-01_05.csv", "uci_oddities_2010-12-06_23.csv")
    rows = [row for name in files for row in read(shared_data(name))]
    movements = list(_sorted_by_what_they_are(rows))
    shell = Shell(tmp_path_factory.mktemp("online_retail"))
    named = {}
    for row in rows:
        sku = row["StockCode"].upper()
        if sku not in NO_PRODUCTS:
            named[sku] = named.get(sku) or row["Description"].strip()
    shell.write("stores.csv", "code,name\nUK,Warehouse\n")
    _write(shell.folder / "items.csv", [{"sku": sku, "name": name or sku} for sku, name in named.items()])
    _write(shell.folder / "stock.csv", [{"sku": sku, "quantity": n} for sku, n in _deepest(movements).items()])
    _write(shell.folder / "movements.csv", movements)
    for kind, more in (("stores", ()), ("items", ()), ("stock", ("--store", "UK"))):
        said = shell("load", shell.folder / f"{kind}.csv", "--kind", kind, *more)
        assert said.code == 0, said
    said = shell("load", shell.folder / "movements.csv", "--kind", "movements", "--partial")
    return SimpleNamespace(shell=shell, rows=rows, movements=movements, said=said)


def _sorted_by_what_they_are(rows):
    """Tell sales, whole cancellations (reversals), returns, write-offs and finds (adjustments) from one another."""
    sold, open_invoices = defaultdict(Counter), {}
    for row in rows:
        sold[row["InvoiceNo"]][row["StockCode"].upper(), row["UnitPrice"]] += int(row["Quantity"])
    undone = {}
    for invoice, lines in sold.items():
        back = frozenset((line, -quantity) for line, quantity in lines.items())
        if invoice.startswith("C") and back in open_invoices:
            undone[invoice] = open_invoices.pop(back)
        elif min(lines.values()) > 0 and all(price != "0.0" for _, price in lines):
            open_invoices[frozenset(lines.items())] = invoice
    for row in rows:
        quantity, invoice = int(row["Quantity"]), row["InvoiceNo"]
        said = row["Description"].strip() or "unexplained"
        kind = ("sale", {}) if row["UnitPrice"] != "0.0" else ("adjustment", {"reason": said})
        if invoice in undone:
            kind = ("reversal", {"reverses": undone[invoice]})
        elif quantity < 0:
            kind = ("return", {}) if invoice.startswith("C") else ("write_off", {"reason": said})
        line = {"kind": kind[0], "store": "UK", "sku": row["StockCode"], "quantity": abs(quantity), **kind[1]}
        yield line | {"occurred_at": row["InvoiceDate"], "reference": invoice, "unit_price": row["UnitPrice"]}


def _deepest(movements):
    """How far below zero each shelf would fall."""
    level, deepest = Counter(), Counter()
    for one in movements:
        sku = one["sku"].upper()
        if sku not in NO_PRODUCTS:
            level[sku] += one["quantity"] * (-1 if one["kind"] in {"sale", "write_off"} else 1)
            deepest[sku] = max(deepest[sku], -level[sku])
    return deepest


def _write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS if "kind" in rows[0] else list(rows[0]), restval="")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.slow
def test_only_what_is_no_product_is_refused(retail):
    expected = [
        f"{number}, sku: There is no such item."
        for number, row in enumerate(retail.rows, start=2)
        if row["StockCode"].upper() in NO_PRODUCTS
    ]

    assert retail.said.refusals == expected
    assert retail.said.out.startswith(f"{len(retail.rows):,} rows: {len(retail.rows) - len(expected):,} new, 0 changed")


@pytest.mark.slow
def test_what_moved_by_sku_is_what_the_file_says(retail):
    moved = Counter()
    for row in retail.rows:  # an invoice counts what leaves; a line without a price is a note of what the shelf gained
        moved[row["StockCode"].upper()] += int(row["Quantity"]) * (1 if row["UnitPrice"] == "0.0" else -1)
    opened = dict(retail.shell.rows(OF_KIND.format("receipt")))

    found = dict(retail.shell.rows(f"{SUM} GROUP BY i.id"))

    assert {sku: found[sku] - opened.get(sku, 0) for sku in found} == {sku: moved[sku] for sku in found}
    assert set(found) == set(moved) - NO_PRODUCTS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "sign"), [("sale", -1), ("return", 1), ("write_off", -1), ("adjustment", 1), ("reversal", 1)]
)
def test_each_kind_has_what_was_sorted_into_it(retail, kind, sign):
    expected = Counter()
    for one in retail.movements:
        if one["kind"] == kind and one["sku"].upper() not in NO_PRODUCTS:
            expected[one["sku"].upper()] += sign * one["quantity"]

    assert expected
    assert dict(retail.shell.rows(OF_KIND.format(kind))) == expected


@pytest.mark.slow
def test_duplicate_rows_are_all_there_and_every_proof_holds(retail):
    lines = Counter(
        (row["InvoiceNo"], row["StockCode"].upper())
        for row in retail.rows
        if row["StockCode"].upper() not in NO_PRODUCTS
    )
    query = (
        "SELECT m.reference, upper(i.sku), count(*) FROM movement_lines l JOIN items i ON i.id = l.item_id "
        "JOIN movements m ON m.id = l.movement_id WHERE m.kind <> 'receipt' GROUP BY m.reference, i.id"
    )

    assert {(invoice, sku): count for invoice, sku, count in retail.shell.rows(query)} == lines
    assert max(lines.values()) > 1
    assert retail.shell("check").code == 0
