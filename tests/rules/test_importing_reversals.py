"""Reversals in files: which document they undo, and what is none of them."""

from __future__ import annotations

import pytest
from importing_examples import counts, load, movements

NOON = "2026-03-01T12:00:00Z"
UNDOING = "kind,store,sku,quantity,occurred_at,reference,reverses\n"


def test_a_reversal_undoes_the_newest_document_in_force_that_moved_just_that(fresh):
    text = UNDOING + (
        f"sale,MAIN,SKU-1,2,{NOON},R1,\nsale,MAIN,SKU-2,1,{NOON},R1,\n"
        f"sale,MAIN,SKU-1,1,{NOON},R1,\nsale,MAIN,SKU-1,3,2026-03-01T13:00:00Z,R1,\n"
        f"reversal,MAIN,sku-2,1,{NOON},C1,R1\nreversal,MAIN,sku-1,3,{NOON},C1,R1\n"
    )

    tally, refused = load(fresh, "movements", text)

    made = movements(fresh, sort="recorded_at", occurred_at="2026-03-01T12:00:00.000Z")
    assert (counts(tally), refused) == ((6, 0, 0, 0), [])
    assert [(m["kind"], m["reference"], m["occurred_at"][11:13]) for m in made] == [
        ("sale", "R1", "12"),
        ("reversal", "C1", "12"),
    ]
    assert made[1]["reverses_id"] == made[0]["id"]
    assert [line["quantity"] for line in made[1]["lines"]] == [1, 1, 2]


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        (["R1,SKU-1,1,"], (3, "reverses", "required")),
        (["C1,SKU-1,1,R2"], (3, "reverses", "unknown")),
        (["C1,SKU-1,2,R1"], (3, "reverses", "unknown")),
        (["C1,SKU-1,1,R1", "C2,SKU-1,1,R1"], (4, "reverses", "unknown")),
        (["C1,SKU-1,-1,R1"], (3, "quantity", "too_small")),
    ],
    ids=["unnamed", "another reference", "another quantity", "undone before", "below zero"],
)
def test_a_reversal_of_what_is_not_there_is_refused(fresh, rows, wrong):
    asked = "".join(
        f"reversal,MAIN,{sku},{quantity},{NOON},{reference},{reverses}\n"
        for reference, sku, quantity, reverses in (row.split(",") for row in rows)
    )

    _, refused = load(fresh, "movements", UNDOING + f"sale,MAIN,SKU-1,1,{NOON},R1,\n" + asked, partial=True)

    assert refused == [wrong]


def test_only_a_reversal_says_what_it_reverses(fresh):
    _, refused = load(fresh, "movements", UNDOING + f"sale,MAIN,SKU-1,1,{NOON},R1,R0\n")

    assert refused == [(2, "reverses", "unexpected")]
