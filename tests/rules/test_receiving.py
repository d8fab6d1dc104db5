"""models/receiving.py, by the numbers of its invariants."""

from __future__ import annotations

from decimal import Decimal

import buying
import examples
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from common.access import Caller, Role
from common.errors import AlreadyReversed, Closed, InsufficientStock, Invalid, NotAllowed, Refused
from models import receiving
from models.movement import MovementLine
from models.receiving import ReceivingLine, shared

line = examples.line


@pytest.fixture
def engine(every_engine):
    return every_engine


@pytest.fixture
def order(session, firm, here, tea, salt):
    return buying.sent(session, firm, here, buying.packs(tea, 4), line(salt, 10, "0.5"))


def brought(session, movement):
    of_movement = select(ReceivingLine).where(ReceivingLine.movement_id == movement.id)
    return [(one.order_line_id, one.quantity) for one in session.scalars(of_movement.order_by(ReceivingLine.position))]


def test_1_parts_come_until_all_has(session, order, tea, salt):
    first = buying.received(session, order, buying.packs(tea, 1), line(salt, 4))
    assert buying.state(order) == ("partly_received", [12, 4])
    assert brought(session, first) == [(one.id, came) for one, came in zip(order.lines(), (12, 4), strict=True)]

    buying.received(session, order, buying.packs(tea, 3))
    assert buying.state(order) == ("partly_received", [48, 4])

    buying.received(session, order, line(salt, 6))
    assert buying.state(order) == ("received", [48, 10])
    assert buying.worth(session, tea) == (48, Decimal("93.60"))
    assert examples.refused(Closed, buying.received, session, order, line(salt, 1)) == []


def test_1_what_is_too_much_is_taken_and_kept(session, order, tea, salt):
    buying.received(session, order, line(tea, 50), line(salt, 10))

    assert buying.state(order) == ("received", [50, 10])
    assert buying.worth(session, tea)[0] == 50


def test_1_a_reversal_puts_lines_and_state_back(session, order, tea, salt):
    first = buying.received(session, order, line(tea, 12))
    second = buying.received(session, order, line(tea, 36), line(salt, 10))
    assert order.state == "received"

    receiving.reverse(session, examples.CLERK, second)
    session.flush()
    assert buying.state(order) == ("partly_received", [12, 0])
    assert examples.refused(AlreadyReversed, receiving.reverse, session, examples.CLERK, second) == []

    receiving.reverse(session, examples.CLERK, first)
    session.flush()
    assert buying.state(order) == ("sent", [0, 0])


def test_1_a_reversal_that_is_refused_leaves_the_order(session, order, here, tea):
    receipt = buying.received(session, order, line(tea, 12))
    examples.posted(session, "sale", here, (tea, 1))

    examples.refused(InsufficientStock, receiving.reverse, session, examples.CLERK, receipt)

    assert buying.state(order) == ("partly_received", [12, 0])


def test_1_a_closed_order_stays_closed_when_a_receipt_is_reversed(session, order, tea):
    receipt = buying.received(session, order, line(tea, 12))
    order.close()
    session.flush()

    receiving.reverse(session, examples.CLERK, receipt)
    session.flush()

    assert buying.state(order) == ("closed", [0, 0])


def test_1_a_line_is_found_by_its_item_or_named(session, firm, here, tea, salt):
    order = buying.sent(session, firm, here, line(tea, 5), line(tea, 7), line(salt, 1))
    oil = examples.item(session, "OIL")
    first, second, third = (one.id for one in order.lines())

    for wrong, told in (
        (line(tea, 1), ("lines/0/order_line", "required")),
        (line(oil, 1), ("lines/0/item_id", "not_ordered")),
        (line(tea, 1, order_line=third), ("lines/0/order_line", "other_item")),
        (line(tea, 1, order_line=999), ("lines/0/order_line", "unknown")),
        (line(tea, "0.5", order_line=first), ("lines/0/quantity", "not_whole")),
    ):
        assert examples.refused(Invalid, buying.received, session, order, wrong) == [told]
    buying.received(session, order, line(tea, 7, order_line=second), line(salt, 1))
    assert buying.state(order) == ("partly_received", [0, 7, 1])


def test_1_two_lines_may_bring_one(session, order, tea):
    buying.received(session, order, line(tea, 12, "1.90"), line(tea, 12, "2.00"))

    assert buying.state(order) == ("partly_received", [24, 0])
    assert buying.worth(session, tea) == (24, Decimal("46.80"))


def test_what_only_orders_have_is_refused_elsewhere(session, order, here, tea):
    for of_order, field in (
        (buying.packs(tea, 1), "packs"),
        (line(tea, 1, order_line=order.lines()[0].id), "order_line"),
    ):
        refused = examples.refused(
            Invalid, receiving.receive, session, examples.CLERK, store_id=here.id, lines=[of_order]
        )
        assert refused == [(f"lines/0/{field}", "choice")]


def test_an_order_is_received_where_it_was_ordered_for(session, order, tea):
    there = examples.store(session, "THERE")

    refused = examples.refused(Invalid, buying.received, session, order, line(tea, 1), store_id=there.id)

    assert refused == [("store_id", "other_store")]


@pytest.mark.parametrize("sees_all", [True, False])
def test_another_stores_order_is_not_received(session, order, tea, sees_all):
    there = examples.store(session, "THERE")
    clerk = Caller(role=Role.CLERK, store_ids=frozenset({there.id}), sees_all_stores=sees_all)
    error, told = (NotAllowed, []) if sees_all else (Invalid, [("purchase_order_id", "unknown")])

    assert examples.refused(error, buying.received, session, order, line(tea, 1), caller=clerk) == told


def test_nothing_comes_of_a_draft(session, firm, here, tea):
    draft = buying.drafted(session, firm, here, line(tea, 1))

    assert examples.refused(Refused, buying.received, session, draft, line(tea, 1)) == []


def test_3_freight_goes_into_the_average_by_what_goods_cost(session, order, tea, salt):
    receipt = buying.received(session, order, line(tea, 48), line(salt, 10), landed_cost=Decimal(10))

    # 93.60 and 5.00 of goods: the tea bears 10 x 93.60 / 98.60.
    shares = [one.landed for one in session.scalars(select(ReceivingLine).order_by(ReceivingLine.position))]
    assert (shares, sum(shares)) == ([Decimal("9.4929006"), Decimal("0.5070994")], 10)
    assert buying.worth(session, tea) == (48, Decimal("103.0929006"))
    assert buying.worth(session, salt) == (10, Decimal("5.5070994"))
    costs = session.scalars(select(MovementLine.unit_cost).order_by(MovementLine.id)).all()
    assert costs == [Decimal("2.1478"), Decimal("0.5507")]
    receiving.reverse(session, examples.CLERK, receipt)
    assert buying.worth(session, tea) == (0, 0)


def test_3_goods_that_were_free_bear_it_by_quantity(session, here, tea, salt):
    lines = [line(tea, 1, 0), line(salt, 3, 0)]

    receiving.receive(session, examples.CLERK, store_id=here.id, lines=lines, landed_cost=Decimal(1))

    assert (buying.worth(session, tea), buying.worth(session, salt)) == ((1, Decimal("0.25")), (3, Decimal("0.75")))


def test_3_where_nobody_knows_what_goods_cost_nothing_is_shared(session, here, tea):
    oil = examples.item(session, "OIL", cost=Decimal(2))
    lines = [line(oil, 1), line(tea, 1)]

    refused = examples.refused(
        Invalid, receiving.receive, session, examples.CLERK, store_id=here.id, lines=lines, landed_cost=Decimal(1)
    )

    assert refused == [("lines/1/unit_cost", "required")]
    receiving.receive(session, examples.CLERK, store_id=here.id, lines=lines[:1], landed_cost=Decimal(1))
    assert buying.worth(session, oil) == (1, 3)


@given(st.integers(0, 10**16), st.lists(st.integers(0, 10**18), min_size=1, max_size=50).filter(any))
def test_3_shares_sum_to_the_whole_and_none_is_off_by_more_than_one(whole, weights):
    shares = shared(whole, weights)

    assert sum(shares) == whole
    assert min(shares) >= 0
    assert all(
        abs(share * sum(weights) - whole * weight) <= sum(weights)
        for share, weight in zip(shares, weights, strict=True)
    )
