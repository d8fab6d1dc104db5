"""Lots and days of expiry from a file."""

from __future__ import annotations

import pytest
from importing_examples import counts, level, load


@pytest.fixture
def milk(fresh):
    return fresh.made("items", {"sku": "MILK", "name": "Milk", "tracks_batches": True})


def batches(service):
    rows = service.get("stock/batches?item_id=11").json["data"]
    return [(row["store"], row["lot"], row["expires_on"], row["on_hand"]) for row in rows]


def test_opening_stock_says_its_batches(fresh, milk):
    text = (
        "store;sku;quantity;Batch number;Best before\n"
        "MAIN;MILK;3;A;2027-05-31\nMAIN;MILK;2;;1.6.2027\nSIDE;MILK;1;a;\nSIDE;SKU-1;4;;\n"
    )

    tally, refused = load(fresh, "stock", text)

    assert (counts(tally), refused) == ((4, 0, 0, 0), [])
    assert batches(fresh) == [
        ("MAIN", "A", "2027-05-31", 3),
        ("SIDE", "A", "2027-05-31", 1),
        ("MAIN", None, "2027-06-01", 2),
    ]


def test_movements_take_from_the_lots_that_they_name(fresh, milk):
    text = (
        "kind,store,sku,quantity,lot,expires_on\n"
        "receipt,MAIN,MILK,3,A,2027-05-31\nreceipt,MAIN,MILK,3,B,2027-04-30\nsale,MAIN,MILK,2,A,\nsale,MAIN,MILK,1,,\n"
    )

    tally, refused = load(fresh, "movements", text)

    assert (counts(tally), refused) == ((4, 0, 0, 0), [])
    assert batches(fresh) == [("MAIN", "B", "2027-04-30", 2), ("MAIN", "A", "2027-05-31", 1)]


def test_what_is_wrong_with_a_batch_is_told_at_its_row(fresh, milk):
    text = (
        "store,sku,quantity,lot,expires_on\n"
        "MAIN,SKU-1,3,A,\nMAIN,MILK,3,,\nSIDE,MILK,1,8.41E+12,\nSIDE,MILK,1,,31.2.2027\nSIDE,MILK,1,A,\n"
    )

    tally, refused = load(fresh, "stock", text, partial=True)

    assert sorted(refused) == [
        (2, "lot", "no_batches"),
        (3, "lot", "required"),
        (4, "lot", "damaged"),
        (5, "expires_on", "format"),
    ]
    assert (counts(tally), level(fresh, 2, milk["id"])) == ((1, 0, 0, 4), 1)


def test_a_row_whose_batch_is_wrong_is_left_out_of_its_document_alone(fresh, milk):
    text = "store,sku,quantity,lot\nMAIN,SKU-1,10,\nMAIN,MILK,1,\nMAIN,SKU-1,11,A\nMAIN,NONE,1,\nMAIN,MILK,2,A\n"
    before = level(fresh, 1, 1)

    tally, refused = load(fresh, "stock", text, partial=True)

    assert sorted(refused) == [(3, "lot", "required"), (4, "lot", "no_batches"), (5, "sku", "unknown")]
    assert counts(tally) == (2, 0, 0, 3)
    assert level(fresh, 1, 1) == before + 10
    assert batches(fresh) == [("MAIN", "A", None, 2)]
