"""models/importing: what is refused at once, and in which words."""

from __future__ import annotations

import pytest
from importing_examples import load, told

from common.errors import Invalid

NOON = "2026-03-01T12:00:00Z"
HEAD = "kind,store,sku,quantity,occurred_at,reference\n"
TIMES = (
    "Must be a time such as 2026-11-20 09:30, 20.11.2026 09:30 or 2026-11-20T09:30:00Z, or a day such as 2026-11-20."
)


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        ("movements", "store,sku,quantity\nMAIN,SKU-1,1\n", "No column gives kind"),
        ("movements", "kind,sku,quantity\nsale,SKU-1,1\n", "No column gives store"),
        ("movements", "kind,store,quantity\nsale,MAIN,1\n", "No column gives sku or barcode"),
        ("stock", "store,sku\nMAIN,SKU-1\n", "No column gives quantity"),
    ],
)
def test_a_file_without_a_column_that_it_takes_is_refused_at_once(fresh, kind, text, sentence):
    with pytest.raises(Invalid, match=sentence):
        load(fresh, kind, text)


@pytest.mark.parametrize(
    ("kind", "constants", "sentence"),
    [
        ("movements", {"kind": "sale", "store": "NOWHERE"}, "There is no such store"),
        ("movements", {"kind": "sale", "store": "OLD"}, "This store is archived"),
        ("movements", {"kind": "sale", "store": "MAIN", "to_store": "NOWHERE"}, "There is no such store"),
        ("movements", {"kind": "sale", "store": "MAIN", "occurred_at": "03/04/2026"}, "Must be a time such as"),
        ("movements", {"kind": "sale", "store": "MAIN", "occurred_at": "2199-01-01"}, "Must not be in the future"),
        ("movements", {"kind": "sold", "store": "MAIN"}, "Must be one of receipt, "),
        ("items", {"name": "Plum", "category": "Gone"}, "This category is archived"),
        ("items", {"name": "Plum", "tax_rate": "high"}, "Must be a plain decimal number"),
    ],
)
@pytest.mark.parametrize("partial", [False, True])
def test_a_value_for_all_rows_that_is_wrong_is_refused_once_and_nothing_is_written(
    fresh, kind, constants, sentence, partial
):
    before = fresh.dump()

    with pytest.raises(Invalid, match=sentence) as refused:
        load(fresh, kind, "sku,quantity\nSKU-1,1\nSKU-2,2\n", constants=constants, partial=partial)

    assert [error.field.partition("/")[0] for error in refused.value.errors] == ["constants"]
    assert fresh.dump() == before


def test_a_category_for_all_rows_is_made_with_the_first_of_them(fresh):
    tally, _ = load(fresh, "items", "sku,name\nN1,Plum\nN2,Pear\n", constants={"category": "Cellar / Fruit"})

    paths = [row["path"] for row in fresh.get("categories?limit=50").json["data"]]
    assert (tally.new, paths.count("Cellar / Fruit")) == (2, 1)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (f"sale,MAIN,SKU-1,-1,{NOON},R1", "Must be more than zero."),
        (f"sale,MAIN,SKU-1,0,{NOON},R1", "Must be more than zero."),
        ("sale,MAIN,SKU-1,1,03/04/2026,R1", TIMES),
        ("sale,MAIN,SKU-1,1,yesterday,R1", TIMES),
    ],
)
def test_what_is_wrong_is_said_so_that_it_can_be_mended(fresh, row, sentence):
    assert told(fresh, "movements", HEAD + row + "\n") == [sentence]
