"""models/item.py, by the numbers of its invariants (3: test_search.py); 6 is models/row.py's, on versions."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

import examples
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from common.errors import Archived, Duplicate, InUse, Invalid
from common.gtin import barcode_key
from models.item import Barcode, Item
from models.listing import Listing

EAN, SAME_AS_UPC, UPC = "4006381333931", "0036000291452", "036000291452"
CODES = st.sampled_from([EAN, UPC, SAME_AS_UPC, "00036000291452", "int-7", "INT-7", "0815", "815", "7", "96385074"])


def codes_of(session, item):
    return set(session.scalars(select(Barcode.code_key).where(Barcode.item_id == item.id)))


@pytest.mark.parametrize("again", ["TEA-1", "tea-1", "Tea-1", "\uff34\uff25\uff21-1"])
def test_1_a_sku_is_taken_whatever_its_case(session, again):
    examples.item(session, "TEA-1")

    assert examples.refused(Duplicate, Item.create, session, sku=again, name="Tea") == [("sku", "duplicate")]


def test_1_the_sku_of_an_archived_item_is_taken_too(session):
    examples.item(session, "TEA").archive()
    session.flush()

    assert examples.refused(Duplicate, Item.create, session, sku="tea", name="Tea") == [("sku", "duplicate")]


def test_1_an_item_may_change_the_case_of_its_own_sku_and_not_take_another_s(session):
    tea, _ = examples.item(session, "TEA"), examples.item(session, "SALT")

    assert tea.revise(sku="Tea").sku_key == "tea"
    assert examples.refused(Duplicate, tea.revise, sku="salt") == [("sku", "duplicate")]


def test_2_the_forms_of_one_gtin_belong_to_one_item(session):
    examples.item(session, "TEA", barcodes=[UPC])

    refused = examples.refused(Duplicate, Item.create, session, sku="X", name="X", barcodes=["int-7", SAME_AS_UPC])

    assert refused == [("barcodes/1", "duplicate")]


def test_2_the_same_code_twice_on_one_item_is_refused_where_it_stands_again(session):
    refused = examples.refused(Duplicate, Item.create, session, sku="X", name="X", barcodes=[UPC, EAN, SAME_AS_UPC])

    assert refused == [("barcodes/2", "duplicate")]


def test_2_an_item_keeps_its_codes_as_they_were_written_and_is_found_by_every_form(session):
    tea = examples.item(session, barcodes=[UPC, "int-7"])

    assert tea.barcodes == [UPC, "int-7"]
    for scanned in (UPC, SAME_AS_UPC, "00036000291452", "36000291452", "int-7"):
        assert Item.by_barcode(session, scanned) is tea
    for scanned in ("int-8", "INT-7", EAN, "", "a\0b"):
        assert Item.by_barcode(session, scanned) is None


def test_2_a_code_that_is_taken_away_is_free_for_another(session):
    tea = examples.item(session, "TEA", barcodes=[EAN, "int-7"])

    tea.revise(barcodes=["int-7"])
    session.flush()
    salt = examples.item(session, "SALT", barcodes=[EAN])

    assert Item.by_barcode(session, EAN) is salt
    assert codes_of(session, tea) == {"=int-7"}


def test_2_an_internal_code_that_looks_like_a_gtin_without_its_zeros_comes_before_it(session):
    examples.item(session, "GTIN", barcodes=["0000096385074"])
    internal = examples.item(session, "INTERNAL", barcodes=["096385074"])

    assert Item.by_barcode(session, "096385074") is internal


def test_2_an_archived_item_keeps_its_codes(session):
    tea = examples.item(session, "TEA", barcodes=[EAN]).archive()
    session.flush()

    assert Item.by_barcode(session, EAN) is tea
    assert examples.refused(Duplicate, Item.create, session, sku="X", name="X", barcodes=[EAN])


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), st.lists(CODES, max_size=4)), max_size=15))
def test_2_whatever_is_scanned_onto_items_a_code_belongs_to_one_and_the_table_says_what_the_lists_say(session, changes):
    items = [examples.item(session, f"S{number}") for number in range(4)]
    for number, codes in changes:
        wanted = [barcode_key(code) for code in codes]
        others = {barcode_key(c) for other in items if other is not items[number] for c in other.barcodes}
        fits = len(set(wanted)) == len(wanted) and not others & set(wanted)
        savepoint = session.begin_nested()
        if fits:
            items[number].revise(barcodes=codes)
            session.flush()
        else:
            examples.refused(Duplicate, items[number].revise, barcodes=codes)
            savepoint.rollback()

    for item in items:
        assert codes_of(session, item) == {barcode_key(code) for code in item.barcodes}
    session.rollback()


@pytest.mark.parametrize(("unit", "quantity"), [("g", 1), ("each", 1), ("each", Decimal("0.5"))])
def test_4_the_unit_of_an_item_that_ever_moved_stays(session, unit, quantity):
    salt, shop = examples.item(session, "SALT", unit="kg"), examples.store(session)
    examples.posted(session, "receipt", shop, (salt, quantity))
    examples.posted(session, "sale", shop, (salt, quantity))

    assert examples.refused(InUse, salt.revise, unit=unit) == []

    session.expire(salt)
    assert salt.revise(unit="kg", name="Sea salt").name == "Sea salt"


def test_4_the_unit_of_an_item_that_never_moved_may_change(session):
    salt, pepper, shop = examples.item(session, "SALT"), examples.item(session, "PEPPER"), examples.store(session)
    examples.posted(session, "receipt", shop, (pepper, 1))

    for unit in ("kg", "g", "each"):
        assert salt.revise(unit=unit).unit == unit


@pytest.mark.parametrize(("point", "to"), [(Decimal("0.5"), None), (None, Decimal("1.001")), (Decimal(1), Decimal(2))])
def test_4_an_item_that_is_reordered_in_fractions_is_not_counted_in_pieces(session, point, to):
    salt, shop = examples.item(session, "SALT", unit="kg"), examples.store(session)
    Listing.put(session, shop, salt, price=None, reorder_point=point, reorder_to=to)
    session.flush()

    if point == 1:
        assert salt.revise(unit="each").whole
    else:
        assert examples.refused(InUse, salt.revise, unit="each") == []
        assert salt.revise(unit="g").unit == "g"


def test_4_a_document_moves_no_fraction_of_a_piece(session):
    tea, shop = examples.item(session), examples.store(session)

    refused = examples.refused(Invalid, examples.posted, session, "receipt", shop, (tea, Decimal("0.5")))

    assert refused == [("lines/0/quantity", "not_whole")]


def test_a_category_must_be_there(session):
    refused = examples.refused(Invalid, Item.create, session, sku="TEA", name="Tea", category_id=999)

    assert refused == [("category_id", "unknown")]


def test_5_an_item_is_not_put_into_a_category_that_is_away(session):
    tea, away = examples.item(session), examples.category(session).archive()
    session.flush()

    for act in (tea.revise, partial(Item.create, session, sku="NEW", name="New")):
        assert examples.refused(Archived, act, category_id=away.id) == [("category_id", "archived")]


def test_5_an_item_is_not_brought_back_into_a_category_that_is_away(session):
    food = examples.category(session)
    tea = examples.item(session, category_id=food.id).archive()
    session.flush()
    food.archive()
    session.flush()

    with pytest.raises(Archived, match="The category Food is archived"):
        tea.restore()

    food.restore()
    assert tea.restore().archived_at is None


def test_6_a_version_moves_by_one_with_each_change_and_the_time_with_it(session, time):
    tea = examples.item(session)
    time.after(minute := timedelta(minutes=1))

    tea.revise(name="Green tea", price=Decimal("2.5"), barcodes=[EAN])
    session.flush()

    assert (tea.version, tea.updated_at - tea.created_at) == (2, minute)


def test_6_what_says_the_same_is_no_change(session):
    tea = examples.item(session, price=Decimal("2.5"), barcodes=[EAN], attributes={"colour": "red"})
    before = tea.updated_at

    tea.revise(sku="TEA", price=Decimal("2.5000"), barcodes=[EAN], attributes={"colour": "red"})
    session.flush()

    assert (tea.version, tea.updated_at) == (1, before)


def test_6_a_clock_that_went_back_puts_no_change_before_its_row(session, time):
    tea = examples.item(session)
    time.after(timedelta(days=-400))

    tea.revise(name="Green tea")
    session.flush()

    assert tea.updated_at == tea.created_at


def test_6_an_archived_item_stays_as_it_was_until_it_is_restored(session):
    tea = examples.item(session).archive()
    session.flush()

    assert examples.refused(Archived, tea.revise, name="Green tea") == []
    assert (tea.name, tea.version) == ("Item TEA", 2)

    tea.archive().restore()
    session.flush()
    tea.restore()
    session.flush()
    assert (tea.archived_at, tea.version) == (None, 3)
