"""models/supplier.py and models/supplier_item.py, by the numbers of their invariants."""

from __future__ import annotations

from decimal import Decimal

import examples
import pytest

from common.errors import Archived, Duplicate, InUse, Invalid
from models.supplier import Supplier
from models.supplier_item import SupplierItem


def supplier(session, name="Tea & Co", **more):
    return examples.made(session, Supplier, name=name, **more)


def put(session, firm, item, **fields):
    row = SupplierItem.put(session, firm, item, **{"sku": None, "unit_cost": None} | fields)
    session.flush()
    return row


@pytest.fixture
def firm(session):
    return supplier(session)


@pytest.mark.parametrize("archived", [False, True])
def test_1_no_two_have_one_name_case_aside(session, firm, archived):
    if archived:
        firm.archive()
        session.flush()

    refused = examples.refused(Duplicate, supplier, session, "TEA & co")

    assert refused == [("name", "duplicate")]


def test_1_a_name_with_other_accents_is_another(session):
    assert supplier(session, "Müller").name_key == supplier(session, "Muller").name_key


def test_an_archived_one_stays_as_it_was(session, firm, tea):
    firm.archive()

    assert examples.refused(Archived, firm.revise, note="x") == []
    assert examples.refused(Archived, put, session, firm, tea) == []


def test_items_1_a_second_row_replaces_the_first(session, firm, tea):
    first = put(session, firm, tea, sku="T-1", pack_size=Decimal(12), unit_cost=Decimal("1.95"))

    second = put(session, firm, tea, sku="T-2", pack_size=Decimal(6))

    assert second is first
    assert (second.sku, second.pack_size, second.unit_cost, second.version) == ("T-2", 6, None, 2)


def test_items_1_two_items_of_one_supplier_have_not_one_sku(session, firm, tea):
    salt, other = examples.item(session, "SALT"), supplier(session, "Other")
    put(session, firm, tea, sku="t-1")

    assert examples.refused(Duplicate, put, session, firm, salt, sku="T-1") == [("sku", "duplicate")]
    assert put(session, other, salt, sku="T-1").sku == "T-1"
    assert [put(session, firm, item, sku=None).sku for item in (tea, examples.item(session, "OIL"))] == [None, None]


def test_items_2_a_pack_holds_whole_pieces_of_what_is_counted_in_them(session, firm, tea):
    flour = examples.item(session, "FLOUR", unit="kg")

    assert examples.refused(Invalid, put, session, firm, tea, pack_size=Decimal("1.5")) == [("pack_size", "not_whole")]
    put(session, firm, flour, pack_size=Decimal("12.5"))
    assert examples.refused(InUse, flour.revise, unit="each") == []


def test_items_3_who_becomes_the_preferred_one_takes_the_place_of_the_one_before(session, firm, tea):
    first = put(session, firm, tea, preferred=True)

    second = put(session, supplier(session, "Other"), tea, preferred=True)

    assert (first.preferred, first.version, second.preferred) == (False, 2, True)
    assert put(session, firm, tea, preferred=False).preferred is False
    assert second.preferred


def test_what_is_forgotten_is_gone(session, firm, tea):
    put(session, firm, tea).forget()
    session.flush()

    assert SupplierItem.between(session, firm, tea) is None
