"""Stock and movements from files, into a shop that has some already."""

from __future__ import annotations

import pytest
from importing_examples import counts, level, load, movements

from models.importing.documents import Movements, Stock

HEAD = "kind,store,sku,quantity,occurred_at,reference\n"
NOON = "2026-03-01T12:00:00Z"


def test_neighbouring_rows_of_one_kind_store_reference_and_time_are_one_document(fresh):
    text = HEAD + (
        f"sale,MAIN,SKU-1,1,{NOON},R1\nsale,MAIN,SKU-2,2,{NOON},R1\nsale,MAIN,SKU-2,1,{NOON},R2\n"
        f"sale,SIDE,SKU-1,1,{NOON},R2\nreturn,SIDE,SKU-1,1,{NOON},R2\nsale,MAIN,SKU-1,1,{NOON},R1\n"
    )

    tally, refused = load(fresh, "movements", text)

    made = movements(fresh, occurred_at="2026-03-01T12:00:00.000Z", sort="recorded_at")
    assert (counts(tally), refused) == ((6, 0, 0, 0), [])
    assert [(m["kind"], m["store_id"], m["reference"], len(m["lines"])) for m in made] == [
        ("sale", 1, "R1", 2),
        ("sale", 1, "R2", 1),
        ("sale", 2, "R2", 1),
        ("return", 2, "R2", 1),
        ("sale", 1, "R1", 1),
    ]
    assert made[0]["recorded_by"] is None


def test_every_kind_is_posted_as_the_api_posts_it(fresh):
    text = (
        "kind;store;to_store;sku;quantity;unit_cost;unit_price;reason;note\n"
        "Receipt;main;;SKU-7;10;1,50;;;first\nSALE;main;;SKU-7;2;;3,25;;\nReturn;main;;SKU-7;1;;;;\n"
        "Write-off;main;;SKU-7;1;;;broken;\nAdjustment;main;;SKU-7;-3;;;;\ntransfer;main;side;SKU-7;4;;;;\n"
    )

    tally, refused = load(fresh, "movements", text)

    made = movements(fresh, item_id=7, sort="recorded_at")
    assert (counts(tally), refused) == ((6, 0, 0, 0), [])
    assert [(m["kind"], m["lines"][0]["quantity"], m["reason"], m["to_store_id"]) for m in made] == [
        ("receipt", 10, None, None),
        ("sale", 2, None, None),
        ("return", 1, None, None),
        ("write_off", 1, "broken", None),
        ("adjustment", -3, "import", None),
        ("transfer", 4, None, 2),
    ]
    assert (made[0]["lines"][0]["unit_cost"], made[1]["lines"][0]["unit_price"]) == ("1.50", "3.25")
    assert (made[0]["note"], level(fresh, 1, 7), level(fresh, 2, 7)) == ("first", 1, 0)


def test_a_row_that_is_wrong_by_itself_is_left_out_of_its_document(fresh):
    text = HEAD + (
        f"sale,MAIN,SKU-1,1,{NOON},R1\nsale,MAIN,SKU-1,0,{NOON},R1\nsale,MAIN,NO,0,{NOON},R1\n"
        f"sale,MAIN,SKU-2,1.5,{NOON},R1\nsale,MAIN,SKU-9,1,{NOON},R1\nsale,MAIN,,1,{NOON},R1\n"
        f"sale,MAIN,SKU-2,-1,{NOON},R1\nsale,MAIN,SKU-2,,{NOON},R1\nsale,MAIN,SKU-2,1,{NOON},R1\n"
    )

    tally, refused = load(fresh, "movements", text, partial=True)

    assert refused == [
        (3, "quantity", "too_small"),
        (4, "sku", "unknown"),
        (4, "quantity", "too_small"),
        (5, "quantity", "not_whole"),
        (6, "sku", "archived"),
        (7, "sku", "required"),
        (8, "quantity", "too_small"),
        (9, "quantity", "required"),
    ]
    assert counts(tally) == (2, 0, 0, 7)
    assert [len(made["lines"]) for made in movements(fresh, reference="R1")] == [2]


def test_a_document_that_is_short_is_refused_whole_and_the_others_stand(fresh):
    text = HEAD + (
        f"sale,MAIN,SKU-1,1,{NOON},R1\nsale,MAIN,SKU-5,500,{NOON},R1\nsale,MAIN,SKU-1,2,{NOON},R2\n"
        f"sale,MAIN,SKU-4,1,{NOON},R3\n"
    )

    tally, refused = load(fresh, "movements", text, partial=True)

    assert refused == [(2, "", "document"), (3, "quantity", "insufficient"), (5, "quantity", "insufficient")]
    assert (counts(tally), movements(fresh, reference="R1")) == ((1, 0, 0, 3), [])
    assert len(movements(fresh, reference="R2")) == 1
    assert level(fresh, 1, 4) is None


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",MAIN,,SKU-1,1,", ("kind", "required")),
        ("arrival,MAIN,,SKU-1,1,", ("kind", "choice")),
        ("sale,,,SKU-1,1,", ("store", "required")),
        ("sale,NOWHERE,,SKU-1,1,", ("store", "unknown")),
        ("sale,OLD,,SKU-1,1,", ("store", "archived")),
        ("sale,MAIN,SIDE,SKU-1,1,", ("to_store", "unexpected")),
        ("transfer,MAIN,,SKU-1,1,", ("to_store", "required")),
        ("transfer,MAIN,main,SKU-1,1,", ("to_store", "same")),
        ("sale,MAIN,,SKU-1,1,2199-01-01", ("occurred_at", "in_the_future")),
        ("sale,MAIN,,SKU-1,1,2026-02-30", ("occurred_at", "format")),
        ("sale,MAIN,,SKU-1,1,01/02/2026", ("occurred_at", "format")),
        ("sale,MAIN,,SKU-1,1,1969-12-31", ("occurred_at", "too_small")),
    ],
)
def test_what_is_wrong_with_a_document_is_told_at_its_row(fresh, row, problem):
    _, refused = load(fresh, "movements", f"kind,store,to_store,sku,quantity,occurred_at\n{row}\n")

    assert refused == [(2, *problem)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-07-01T12:00:00+05:30", "2026-07-01T06:30:00.000Z"),
        ("2026-07-01T12:00:00", "2026-07-01T10:00:00.000Z"),
        ("2026-01-01 12:00", "2026-01-01T11:00:00.000Z"),
        ("1.7.2026 9:05", "2026-07-01T07:05:00.000Z"),
        ("2026-07-01", "2026-06-30T22:00:00.000Z"),
        ("2026-07-01 12:00:00.5", "2026-07-01T10:00:00.500Z"),
        ("2025-10-26 02:30", "2025-10-26T00:30:00.000Z"),
    ],
)
def test_a_time_without_offset_is_the_stores_own(fresh, written, meant):
    load(fresh, "movements", HEAD + f"sale,MAIN,SKU-1,1,{written},R1\n")

    assert [made["occurred_at"] for made in movements(fresh, reference="R1")] == [meant]


def test_a_time_that_is_left_out_is_now(fresh):
    load(fresh, "movements", "kind,store,sku,quantity\nsale,MAIN,SKU-1,1\n")

    made = movements(fresh)[0]
    assert made["occurred_at"] == made["recorded_at"]


def test_a_store_and_a_kind_that_hold_for_all_rows_need_no_column(fresh):
    constants = {"store": "main", "kind": "sale"}

    tally, _ = load(fresh, "movements", "sku,qty\nSKU-1,1\nSKU-2,2\n", constants=constants)

    assert (counts(tally), len(movements(fresh)[0]["lines"])) == ((2, 0, 0, 0), 2)


def test_an_item_is_named_by_a_barcode_also_one_that_lost_its_zeros(fresh):
    fresh.made("items", {"sku": "UPC", "name": "Fig", "barcodes": ["036000291452"]})
    text = "kind,store,sku,EAN,quantity\nreceipt,MAIN,,36000291452,3\nsale,MAIN,SKU-1,unknown,1\nsale,MAIN,,int-2,1\n"

    tally, refused = load(fresh, "movements", text)

    assert (counts(tally), refused, level(fresh, 1, 11)) == ((3, 0, 0, 0), [], 3)


def test_a_document_beyond_a_thousand_lines_becomes_several(fresh):
    text = HEAD + f"receipt,MAIN,SKU-1,1,{NOON},BIG\n" * 2345

    load(fresh, "movements", text)

    assert [len(made["lines"]) for made in movements(fresh, reference="BIG")] == [345, 1000, 1000]
    assert level(fresh, 1, 1) == 39 + 2345


def test_one_refused_row_refuses_all(fresh):
    before = fresh.dump()
    text = HEAD + f"receipt,MAIN,SKU-4,1,{NOON},R1\nsale,MAIN,SKU-4,2,{NOON},R2\n"

    tally, _ = load(fresh, "movements", text)

    assert (counts(tally), tally.stands) == ((1, 0, 0, 1), False)
    assert fresh.dump() == before


def test_the_same_movements_again_move_the_stock_again_and_the_notes_say_so(fresh):
    text = HEAD + f"sale,MAIN,SKU-1,1,{NOON},R1\nsale,MAIN,SKU-2,1,{NOON},R2\nsale,MAIN,SKU-1,1,{NOON},R1\n"
    first, _ = load(fresh, "movements", text)

    again, _ = load(fresh, "movements", text)

    assert (+first.notes, +again.notes) == ({}, {Movements.repeated: 3})
    assert level(fresh, 1, 1) == 39 - 4


def test_opening_stock_is_received_at_its_cost_and_an_empty_shelf_says_nothing(fresh):
    text = (
        "store;sku;qty;unit cost\nMAIN;SKU-7;10;1,25\nMAIN;SKU-8;0;\nMAIN;SKU-6;0,5;\nSIDE;SKU-7;3;\nSIDE;SKU-8;-1;\n"
    )

    tally, refused = load(fresh, "stock", text, partial=True)

    assert (counts(tally), refused) == ((3, 0, 1, 1), [(6, "qty", "too_small")])
    made = movements(fresh, reference="opening+stock")
    assert [(m["kind"], m["store_id"], len(m["lines"])) for m in made] == [("receipt", 2, 1), ("receipt", 1, 2)]
    assert (level(fresh, 1, 7), level(fresh, 1, 6), level(fresh, 1, 8)) == (10, 0.5, None)
    assert made[1]["lines"][0]["unit_cost"] == "1.25"


def test_opening_stock_loaded_again_is_added_and_noted(fresh):
    text = "sku,quantity\nSKU-7,10\n"
    load(fresh, "stock", text, constants={"store": "MAIN"})

    tally, _ = load(fresh, "stock", text, constants={"store": "MAIN"})

    assert (+tally.notes, level(fresh, 1, 7)) == ({Stock.repeated: 1}, 20)
