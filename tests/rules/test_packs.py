"""models/barcode.py: what the codes of packs count, and whose they are."""

from __future__ import annotations

from decimal import Decimal

import examples
import pytest
from sqlalchemy import select

from common.access import Caller, Role
from common.errors import Duplicate, InUse, Invalid, UnexpectedLevel
from common.types import dump_json
from models import receiving, tallying
from models.barcode import Barcode
from models.count import Count
from models.item import Item
from models.movement import MovementLine
from models.purchase_order import PurchaseOrder
from models.rules import ITEM_PACKS
from models.supplier import Supplier

CASE, PALLET = "14006381333938", "pallet-1"
EAN = "4006381333931"
MANAGER = Caller(role=Role.MANAGER)


def pack(code, quantity, name=None):
    return {"barcode": code, "quantity": quantity, "name": name}


@pytest.fixture
def shop(session):
    return examples.store(session)


@pytest.fixture
def tea(session):
    return examples.item(session, barcodes=[EAN], packs=[pack(CASE, 12, "case"), pack(PALLET, 480)])


@pytest.fixture
def salt(session):
    return examples.item(session, "SALT", unit="kg", packs=[pack("bag", Decimal("0.125")), pack("sack", 25)])


def scanned(code, quantity, **more):
    return {"barcode": code, "quantity": Decimal(quantity), **more}


def moved(session, movement):
    lines = select(MovementLine.quantity, MovementLine.unit_cost).where(MovementLine.movement_id == movement.id)
    return [tuple(row) for row in session.execute(lines)]


def test_a_pack_is_found_by_its_code_and_tells_what_it_holds(session, tea):
    assert Item.by_barcode(session, CASE) is tea
    assert Item.by_barcode(session, PALLET) is tea
    kept = {row.code_key: row.pack_quantity for row in session.scalars(select(Barcode))}
    assert kept == {EAN.zfill(14): None, CASE: 12, f"={PALLET}": 480}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"barcodes": [CASE]}, "barcodes/0"),
        ({"packs": [pack(EAN, 6)]}, "packs/0/barcode"),
        ({"packs": [pack("new", 6), pack(PALLET, 6)]}, "packs/1/barcode"),
        ({"barcodes": ["new"], "packs": [pack("new", 6)]}, "packs/0/barcode"),
        ({"packs": [pack("036000291452", 6), pack("0036000291452", 12)]}, "packs/1/barcode"),
    ],
)
def test_no_two_items_and_no_two_packs_share_a_code(session, tea, fields, problem):
    refused = examples.refused(Duplicate, Item.create, session, sku="X", name="X", **fields)

    assert refused == [(problem, "duplicate")]


def test_a_code_may_go_from_the_item_to_its_pack_and_back_and_change_what_it_counts(session, tea):
    tea.revise(barcodes=[], packs=[pack(EAN, 6), pack(CASE, 24)])
    session.flush()
    session.expunge_all()
    kept = {row.code_key: row.pack_quantity for row in session.scalars(select(Barcode))}
    assert kept == {EAN.zfill(14): 6, CASE: 24}

    session.scalars(select(Item)).one().revise(barcodes=[CASE], packs=[])
    session.flush()
    session.expunge_all()
    assert [(row.code_key, row.pack_quantity) for row in session.scalars(select(Barcode))] == [(CASE, None)]


def test_packs_of_what_is_counted_in_pieces_hold_whole_pieces(session, salt):
    half = [pack("a", 6), pack("b", Decimal("0.5"))]

    assert examples.refused(Invalid, Item.create, session, sku="X", name="X", packs=half) == [
        ("packs/1/quantity", "not_whole")
    ]
    examples.refused(InUse, salt.revise, unit="each")


@pytest.mark.parametrize(("given", "kept"), [("12.000", "12"), ("0.500", "0.5"), ("1000", "1000")])
def test_a_pack_s_quantity_is_kept_without_decimals_that_say_nothing(given, kept):
    (one,) = ITEM_PACKS([{"barcode": "a", "quantity": Decimal(given)}])

    assert dump_json(one) == f'{{"barcode":"a","quantity":{kept},"name":null}}'


@pytest.mark.parametrize("wrong", [{"quantity": 0}, {"quantity": -1}, {"quantity": Decimal("0.0001")}, {}])
def test_a_pack_holds_more_than_nothing(wrong):
    with pytest.raises(ValueError, match="1 problems"):
        ITEM_PACKS([{"barcode": "a", **wrong}])


def test_a_line_that_names_a_pack_counts_what_it_holds_at_the_price_of_one(session, shop, tea):
    received = examples.posted(session, "receipt", shop, scanned(CASE, 2, unit_cost=Decimal("1.5")), scanned(EAN, 1))
    sold = examples.posted(session, "sale", shop, scanned(CASE, 1, expected_on_hand=Decimal(25)))
    down = examples.posted(session, "adjustment", shop, scanned(CASE, "-0.5"), reason="half a case")

    assert moved(session, received)[0] == (24, Decimal("1.5"))
    assert [quantity for movement in (sold, down) for quantity, _ in moved(session, movement)] == [-12, -6]
    wrong = scanned(CASE, 1, expected_on_hand=Decimal(1))
    assert examples.refused(UnexpectedLevel, examples.posted, session, "sale", shop, wrong) == [
        ("lines/0/expected_on_hand", "unexpected")
    ]


@pytest.mark.parametrize(
    ("code", "quantity", "problem"),
    [("bag", "0.001", "too_precise"), (CASE, "0.1", "not_whole"), ("sack", "999999999", "too_large")],
)
def test_what_so_many_packs_cannot_be_is_refused_at_the_quantity(session, shop, tea, salt, code, quantity, problem):
    refused = examples.refused(Invalid, examples.posted, session, "receipt", shop, scanned(code, quantity))

    assert refused == [("lines/0/quantity", problem)]


def test_fractions_of_packs_are_exact(session, shop, salt):
    received = examples.posted(session, "receipt", shop, scanned("bag", 3), scanned("sack", "0.1"))

    assert [quantity for quantity, _ in moved(session, received)] == [Decimal("0.375"), Decimal("2.5")]


def test_what_was_recorded_stays_when_a_pack_changes(session, shop, tea):
    received = examples.posted(session, "receipt", shop, scanned(CASE, 1))

    tea.revise(packs=[pack(CASE, 10)])
    session.flush()
    again = examples.posted(session, "receipt", shop, scanned(CASE, 1))

    assert [quantity for movement in (received, again) for quantity, _ in moved(session, movement)] == [12, 10]


def test_a_tally_of_cases_counts_pieces(session, shop, tea):
    count = Count.begin(session, MANAGER, store_id=shop.id, category_id=None, blind=False)
    session.flush()

    tallying.tally(session, MANAGER, count, scanned(CASE, 2))
    session.flush()
    last = tallying.tally(session, MANAGER, count, scanned(EAN, 3))

    assert (last.quantity, last.counted) == (3, 27)
    refused = examples.refused(Invalid, tallying.tally, session, MANAGER, count, scanned(CASE, "0.1"))
    assert refused == [("quantity", "not_whole")]


def test_orders_and_their_receipts_count_the_pack_that_is_scanned_and_packs_count_those_of_the_order(
    session, shop, tea
):
    supplier = examples.made(session, Supplier, name="Tea & Co")
    salt = examples.item(session, "SALT", packs=[pack("salt-6", 6)])
    order = PurchaseOrder.create(session, MANAGER, supplier_id=supplier.id, store_id=shop.id, lines=[scanned(CASE, 4)])
    session.flush()
    order.send()
    session.flush()
    (line,) = order.lines()

    for lines in ([scanned(CASE, 1)], [{"barcode": CASE, "packs": 5}]):
        receiving.receive(session, MANAGER, purchase_order_id=order.id, store_id=shop.id, lines=lines)
        session.flush()

    assert (line.quantity, line.pack_size, line.received) == (48, 1, 17)
    unordered = {"purchase_order_id": order.id, "store_id": shop.id, "lines": [scanned("salt-6", 1)]}
    assert examples.refused(Invalid, receiving.receive, session, MANAGER, **unordered) == [
        ("lines/0/barcode", "not_ordered")
    ]
    assert salt.packs
