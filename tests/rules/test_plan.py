"""What is planned and what is refused."""

from __future__ import annotations

import pytest
from ledger_examples import HERE, PIECE, SALT, TEA, THERE, level, line, on_hand, planned

from common.errors import InsufficientStock, OutOfRange, UnexpectedLevel
from models.costing import QUANTITY_LIMIT, VALUE_LIMIT
from models.plan import Level, Wanted


def test_prices_pass_through():
    result = planned("sale", [line(1, unit_price=159_900)], level(1, 1))

    assert result.moves[0].unit_price == 159_900


def test_every_short_line_is_named_with_what_the_lines_before_it_left():
    stock = [level(5, 5), level(1, 1, item=SALT)]
    lines = [line(3), line(2, position=1, item=SALT), line(4, position=2), line(1, position=3)]

    with pytest.raises(InsufficientStock) as refusal:
        planned("sale", lines, *stock)

    assert [(error.field, error.code, error.extra) for error in refusal.value.errors] == [
        ("lines/1/quantity", "insufficient", {"requested": 2, "available": 1}),
        ("lines/2/quantity", "insufficient", {"requested": 4, "available": 2}),
        ("lines/3/quantity", "insufficient", {"requested": 1, "available": 0}),
    ]


def test_what_is_short_is_said_in_wire_quantities():
    stock = Level(HERE, TEA, 1_500, 0, 0, 0, None, allow_negative=False)

    with pytest.raises(InsufficientStock) as refusal:
        planned("write_off", [Wanted(0, TEA, 2_250)], stock)

    assert refusal.value.errors[0].extra == {"requested": 2.25, "available": 1.5}
    assert refusal.value.errors[0].message == "2.25 asked for, 1.5 available."


def test_goods_that_come_in_by_an_earlier_line_may_go_out_by_a_later_one():
    result = planned("adjustment", [line(5, cost=2), line(-5, position=1)], level())

    assert on_hand(result) == (0, 0)


def test_the_expected_level_is_the_one_before_the_document():
    stock = level(5, 5)
    lines = [line(2, expected_on_hand=5 * PIECE), line(2, position=1, expected_on_hand=5 * PIECE)]

    result = planned("sale", lines, stock)

    assert on_hand(result) == (1, 1)


def test_every_line_that_expected_another_level_is_named_before_any_shortage():
    stock = [level(5, 5), level(item=SALT)]
    lines = [
        line(9, expected_on_hand=4 * PIECE),
        line(1, position=1, expected_on_hand=5 * PIECE),
        line(1, position=2, item=SALT, expected_on_hand=PIECE),
    ]

    with pytest.raises(UnexpectedLevel) as refusal:
        planned("sale", lines, *stock)

    assert [(error.field, error.code, error.extra) for error in refusal.value.errors] == [
        ("lines/0/expected_on_hand", "unexpected", {"on_hand": 5}),
        ("lines/2/expected_on_hand", "unexpected", {"on_hand": 0}),
    ]


def test_zero_can_be_the_expected_level():
    with pytest.raises(UnexpectedLevel):
        planned("receipt", [line(1, expected_on_hand=0)], level(1, 1))


BEYOND = {
    "quantity": (level(), Wanted(0, TEA, QUANTITY_LIMIT + 1, unit_cost=0)),
    "value": (level(), Wanted(0, TEA, 10**15, unit_cost=9_001)),
    "value that moves": (
        Level(HERE, TEA, -1, -VALUE_LIMIT, 0, 0, None, allow_negative=True),
        Wanted(0, TEA, 2, unit_cost=VALUE_LIMIT),
    ),
    "value of what stands": (
        Level(HERE, TEA, 1, VALUE_LIMIT, 0, 0, None, allow_negative=False),
        Wanted(0, TEA, 1, unit_cost=1),
    ),
    "cost": (Level(HERE, TEA, -2, 0, 0, 0, None, allow_negative=True), Wanted(0, TEA, 1, unit_cost=VALUE_LIMIT + 1)),
}


@pytest.mark.parametrize(("stock", "wanted"), BEYOND.values(), ids=BEYOND)
def test_what_the_ledger_cannot_hold_is_refused(stock, wanted):
    with pytest.raises(OutOfRange) as refusal:
        planned("receipt", [wanted], stock)

    assert [(error.field, error.code) for error in refusal.value.errors] == [("lines/0/quantity", "out_of_range")]


@pytest.mark.parametrize(
    ("stock", "wanted"),
    [
        (Level(HERE, TEA, 1 - QUANTITY_LIMIT, 0, 0, 0, None, allow_negative=True), Wanted(0, TEA, 2)),
        (Level(HERE, TEA, -1, -VALUE_LIMIT, 0, 0, None, allow_negative=True), Wanted(0, TEA, 1)),
    ],
    ids=["quantity", "value"],
)
def test_what_the_ledger_cannot_hold_below_zero_is_refused_too(stock, wanted):
    with pytest.raises(OutOfRange):
        planned("sale", [wanted], stock)


@pytest.mark.parametrize("limit", [{"in_transit": QUANTITY_LIMIT}, {"in_transit": 1, "transit_value": VALUE_LIMIT}])
def test_what_the_ledger_cannot_hold_in_transit_is_refused_too(limit):
    with pytest.raises(OutOfRange):
        planned("transfer", [line(1)], level(1, 1), level(store=THERE, **limit), to_store_id=THERE)


def test_the_limits_themselves_can_be_held():
    result = planned("receipt", [Wanted(0, TEA, QUANTITY_LIMIT, unit_cost=9_000)], level())

    assert (result.levels[0].on_hand, result.levels[0].value) == (QUANTITY_LIMIT, VALUE_LIMIT)


def test_a_shortage_is_said_rather_than_the_range_it_would_lead_to():
    with pytest.raises(InsufficientStock):
        planned("sale", [Wanted(0, TEA, 2 * QUANTITY_LIMIT)], level(1, 1))


@pytest.mark.parametrize(
    ("kind", "wanted", "destination"),
    [
        ("sale", line(0), None),
        ("sale", line(-1), None),
        ("adjustment", line(0), None),
        ("receipt", line(1, cost=-1), None),
        ("transfer", line(1), None),
        ("sale", line(1), THERE),
    ],
)
def test_what_no_parser_lets_through_is_a_programming_error(kind, wanted, destination):
    with pytest.raises(ValueError, match=kind if destination is None and kind != "transfer" else "destination"):
        planned(kind, [wanted], level(5, 5), to_store_id=destination)
