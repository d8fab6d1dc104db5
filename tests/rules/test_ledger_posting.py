"""models/ledger.py: what a document does to the database; numbers are its invariants'. Costs are models/plan.py's."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import examples
import pytest
from ledger_walk import dump
from sqlalchemy import select

from common.errors import (
    AlreadyReversed,
    Archived,
    Closed,
    InsufficientStock,
    Invalid,
    Refused,
    UnexpectedLevel,
)
from models import ledger
from models.level import AVERAGE, Level
from models.movement import ARRIVED_BY, REVERSED_BY, VERSION, Movement, MovementLine


@pytest.fixture
def engine(every_engine):
    return every_engine


@pytest.fixture
def tea(session):
    return examples.item(session, "TEA", barcodes=["4006381333931"])


def levels(session, item):
    """Return what stands in each store: on hand, in transit, and what all of it is worth."""
    level = Level.__table__.c
    rows = session.execute(
        select(level.on_hand, level.in_transit, level.value, level.transit_value)
        .where(level.item_id == item.id)
        .order_by(level.store_id)
    )
    return [(row.on_hand, row.in_transit, row.value + row.transit_value) for row in rows]


def lines_of(session, movement):
    of_document = select(MovementLine).where(MovementLine.movement_id == movement.id).order_by(MovementLine.id)
    return [(line.place, line.store_id, line.quantity, line.on_hand_after) for line in session.scalars(of_document)]


def shown(session, movement, what):
    return session.scalar(select(what).where(Movement.id == movement.id))


def test_a_delivery_and_a_sale_move_the_level_and_say_what_is_left(session, here, tea):
    delivery = examples.posted(session, "receipt", here, (tea, 10, "2.10"), reference="PO-1")
    sale = examples.posted(session, "sale", here, (tea, 3), (tea, 1))

    assert lines_of(session, delivery) == [("on_hand", here.id, 10, 10)]
    assert lines_of(session, sale) == [("on_hand", here.id, -3, 7), ("on_hand", here.id, -1, 6)]
    assert levels(session, tea) == [(6, 0, Decimal("12.60"))]
    assert (delivery.reference, delivery.recorded_by, delivery.occurred_at) == ("PO-1", None, delivery.recorded_at)


def test_two_deliveries_at_different_prices_are_worth_their_average(session, here, tea):
    examples.posted(session, "receipt", here, (tea, 1, "1"), (tea, 2, "2"))

    assert session.scalar(select(AVERAGE).select_from(Level)) == Decimal("1.6667")
    assert levels(session, tea) == [(3, 0, 5)]


def test_goods_on_their_way_are_in_neither_shop_until_they_arrive(session, here, there, tea):
    examples.posted(session, "receipt", here, (tea, 10, "2"))
    transfer = examples.posted(session, "transfer", here, (tea, 4), to_store_id=there.id)
    assert levels(session, tea) == [(6, 0, 12), (0, 4, 8)]

    arrival = ledger.arrive(session, examples.CLERK, transfer)

    assert levels(session, tea) == [(6, 0, 12), (4, 0, 8)]
    assert lines_of(session, transfer) == [("on_hand", here.id, -4, 6), ("in_transit", there.id, 4, 4)]
    assert lines_of(session, arrival) == [("in_transit", there.id, -4, 0), ("on_hand", there.id, 4, 4)]
    assert (arrival.store_id, shown(session, transfer, ARRIVED_BY)) == (there.id, arrival.id)


def test_goods_arrive_once_unless_their_arrival_is_taken_back(session, here, there, tea):
    examples.posted(session, "receipt", here, (tea, 10, "2"))
    transfer = examples.posted(session, "transfer", here, (tea, 4), to_store_id=there.id)
    first = ledger.arrive(session, examples.CLERK, transfer)
    assert examples.refused(Closed, ledger.arrive, session, examples.CLERK, transfer) == []
    assert examples.refused(Closed, ledger.reverse, session, examples.CLERK, transfer) == []

    ledger.reverse(session, examples.CLERK, first)
    second = ledger.arrive(session, examples.CLERK, transfer)

    assert shown(session, transfer, ARRIVED_BY) == second.id
    assert levels(session, tea) == [(6, 0, 12), (4, 0, 8)]


def test_a_transfer_that_was_taken_back_does_not_arrive(session, here, there, tea):
    examples.posted(session, "receipt", here, (tea, 10, "2"))
    transfer = examples.posted(session, "transfer", here, (tea, 4), to_store_id=there.id)

    ledger.reverse(session, examples.CLERK, transfer)

    assert examples.refused(Closed, ledger.arrive, session, examples.CLERK, transfer) == []
    assert levels(session, tea) == [(10, 0, 20), (0, 0, 0)]


def test_a_reversal_is_the_opposite_once_and_is_not_reversed_itself(session, here, tea):
    sale = examples.posted(session, "receipt", here, (tea, 5, "1")) and examples.posted(session, "sale", here, (tea, 2))

    undone = ledger.reverse(session, examples.CLERK, sale, note="typed twice")

    assert lines_of(session, undone) == [("on_hand", here.id, 2, 5)]
    assert (undone.kind, undone.note, shown(session, sale, REVERSED_BY)) == ("reversal", "typed twice", undone.id)
    assert examples.refused(AlreadyReversed, ledger.reverse, session, examples.CLERK, sale) == []
    assert examples.refused(Refused, ledger.reverse, session, examples.CLERK, undone) == []


def test_a_delivery_whose_goods_are_sold_is_not_taken_back(session, here, tea):
    delivery = examples.posted(session, "receipt", here, (tea, 5, "1"))
    examples.posted(session, "sale", here, (tea, 2))

    refused = examples.refused(InsufficientStock, ledger.reverse, session, examples.CLERK, delivery)

    assert refused == [("lines/0/quantity", "insufficient")]


def test_the_version_of_a_document_is_one_more_for_each_that_names_it(session, here, there, tea):
    examples.posted(session, "receipt", here, (tea, 10, "2"))
    transfer = examples.posted(session, "transfer", here, (tea, 4), to_store_id=there.id)
    versions = [shown(session, transfer, VERSION)]

    first = ledger.arrive(session, examples.CLERK, transfer)
    versions.append(shown(session, transfer, VERSION))
    ledger.reverse(session, examples.CLERK, first)
    versions.append(shown(session, transfer, VERSION))
    ledger.arrive(session, examples.CLERK, transfer)
    versions.append(shown(session, transfer, VERSION))

    assert versions == [1, 2, 3, 4]


def test_1_a_document_with_one_line_too_many_does_nothing_at_all(session, here, tea):
    salt = examples.item(session, "SALT")
    examples.posted(session, "receipt", here, (tea, 5), (salt, 1))
    before = dump(session)

    refused = examples.refused(InsufficientStock, examples.posted, session, "sale", here, (tea, 5), (salt, 2), (tea, 1))

    assert refused == [("lines/1/quantity", "insufficient"), ("lines/2/quantity", "insufficient")]
    assert dump(session) == before


def test_a_shop_that_may_owe_goods_sells_what_it_has_not(session, tea):
    shop = examples.store(session, allow_negative_stock=True)

    sale = examples.posted(session, "sale", shop, (tea, 2))

    assert lines_of(session, sale) == [("on_hand", shop.id, -2, -2)]


def test_a_level_that_is_another_than_expected_refuses_the_document(session, here, tea):
    examples.posted(session, "receipt", here, (tea, 5))
    counted = [
        examples.line(
            tea,
            1,
            expected_on_hand=Decimal(number),
        )
        for number in (4, 5)
    ]

    refused = examples.refused(UnexpectedLevel, examples.posted, session, "sale", here, counted[0])

    assert refused == [("lines/0/expected_on_hand", "unexpected")]
    assert examples.posted(session, "sale", here, counted[1]).kind == "sale"


def test_items_are_named_by_id_sku_or_barcode_and_each_wrong_name_is_told(session, here, tea):
    names = [{"sku": "tea"}, {"barcode": "04006381333931"}, {"item_id": tea.id}]
    good = [{**name, "quantity": Decimal(1)} for name in names]
    bad = [
        {**name, "quantity": Decimal(1)} for name in ({"sku": "x"}, {}, {"item_id": 99, "sku": "TEA"}, {"item_id": 99})
    ]

    examples.posted(session, "receipt", here, *good)

    assert levels(session, tea)[0][0] == 3
    badly_named = examples.refused(Invalid, examples.posted, session, "receipt", here, *bad)
    assert badly_named == [("lines/1", "choice"), ("lines/2", "choice")]
    unknown = examples.refused(Invalid, examples.posted, session, "receipt", here, good[0], bad[0], bad[3])
    assert unknown == [("lines/1/sku", "unknown"), ("lines/2/item_id", "unknown")]


def test_an_archived_item_is_not_moved(session, here, tea):
    tea.archive()
    session.flush()

    assert examples.refused(Archived, examples.posted, session, "receipt", here, (tea, 1)) == [
        ("lines/0/item_id", "archived")
    ]


def test_3_a_document_may_have_happened_before_but_not_later(session, here, tea, time):
    past, skewed = time.moment - timedelta(days=90), time.moment + ledger.CLOCK_SKEW
    examples.posted(session, "receipt", here, (tea, 5))

    backdated = examples.posted(session, "sale", here, (tea, 2), occurred_at=past)
    examples.posted(session, "sale", here, (tea, 2), occurred_at=skewed)
    later = skewed + timedelta(milliseconds=1)
    refused = examples.refused(Invalid, examples.posted, session, "sale", here, (tea, 1), occurred_at=later)

    assert refused == [("occurred_at", "in_the_future")]
    assert (backdated.occurred_at, backdated.recorded_at) == (past, time.moment)
    assert lines_of(session, backdated) == [("on_hand", here.id, -2, 3)]
