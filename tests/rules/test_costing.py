"""What moves are worth."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_examples import HERE, MONEY, PIECE, TEA, VALUE, level, line, on_hand, planned

from models.costing import Balance, Cost, bent, divide, moved
from models.plan import Level, Wanted

NUMBERS = st.integers(-20, 20) | st.integers(-(10**19), 10**19)
COUNTS = st.integers(1, 20) | st.integers(1, 10**15)


def is_sound(balance):
    return balance.value == 0 if balance.units == 0 else balance.value * balance.units >= 0


SOUND = st.builds(
    lambda units, value: Balance(units, abs(value) * ((units > 0) - (units < 0))),
    NUMBERS,
    NUMBERS,
)


@given(NUMBERS, COUNTS, st.sampled_from((1, -1)))
def test_division_agrees_with_fractions(numerator, denominator, sign):
    assert divide(numerator, sign * denominator) == round(Fraction(numerator, sign * denominator))


@given(SOUND, COUNTS, COUNTS)
def test_what_goes_out_goes_at_the_average_rounded_once(balance, quantity, last_cost):
    average = Fraction(*reversed(balance)) if balance.units else Fraction(last_cost)

    after = moved(balance, -quantity, Cost(average.numerator, average.denominator))

    assert is_sound(after)
    assert after == (balance.units - quantity, balance.value - round(average * quantity))


@given(SOUND, COUNTS, COUNTS)
def test_what_comes_in_adds_its_cost_or_covers_a_debt(balance, quantity, cost):
    after = moved(balance, quantity, Cost(cost))

    assert is_sound(after)
    if balance.units >= 0:
        assert after.value == balance.value + quantity * cost
    elif after.units >= 0:
        assert after.value == after.units * cost
    else:
        assert after.value == round(Fraction(balance.value * after.units, balance.units))


@given(NUMBERS, NUMBERS)
def test_a_value_is_bent_no_further_than_it_must(units, value):
    result = bent(Balance(units, value))

    assert is_sound(result)
    assert result == (units, value if is_sound(Balance(units, value)) else 0)


@pytest.mark.parametrize(
    ("numerator", "denominator", "nearest"),
    [(1, 2, 0), (3, 2, 2), (5, 2, 2), (-1, 2, 0), (-3, 2, -2), (3, -2, -2), (7, 3, 2), (8, 3, 3), (-8, 3, -3)],
)
def test_division_rounds_half_to_even(numerator, denominator, nearest):
    assert divide(numerator, denominator) == nearest


def test_division_is_exact_beyond_floats_and_64_bits():
    assert divide((10**30 + 1) * 3 + 1, 3) == 10**30 + 1


def test_a_receipt_moves_the_average():
    stock = level(10, 100)

    result = planned("receipt", [line(30, cost=20)], stock)

    assert on_hand(result) == (40, 700)
    assert result.levels[0].last_cost == 20 * MONEY
    assert [(move.quantity, move.value, move.unit_cost) for move in result.moves] == [
        (30 * PIECE, 600 * VALUE, 20 * MONEY)
    ]


@pytest.mark.parametrize("kind", ["receipt", "return", "adjustment"])
@pytest.mark.parametrize(
    ("stock", "own_cost", "worth"),
    [
        (level(10, 50, last_cost=6), 7 * MONEY, 60),
        (level(last_cost=6), 7 * MONEY, 12),
        (level(last_cost=0), 7 * MONEY, 0),
        (level(), 7 * MONEY, 14),
        (level(), None, 0),
    ],
    ids=["average", "last cost", "a last cost of nothing", "the item's own", "nothing known"],
)
def test_without_a_cost_goods_come_in_at_the_best_known_one(kind, stock, own_cost, worth):
    result = planned(kind, [line(2)], stock, fallback=own_cost)

    assert result.levels[0].value == worth * VALUE


def test_the_average_is_not_rounded_and_carried():
    stock = Level(HERE, TEA, 3 * PIECE, 10 * VALUE, 0, 0, None, allow_negative=False)

    result = planned("receipt", [Wanted(0, TEA, 3 * PIECE)], stock)

    assert on_hand(result) == (6, 20)
    assert result.moves[0].unit_cost == 33_333


@pytest.mark.parametrize("kind", ["receipt", "return"])
def test_what_comes_in_may_state_its_cost(kind):
    result = planned(kind, [line(5, cost=99)], level(10, 100))

    assert result.moves[0].unit_cost == 99 * MONEY


@pytest.mark.parametrize("kind", ["sale", "write_off"])
def test_what_goes_out_is_worth_what_it_is_whatever_the_line_states(kind):
    stock = level(10, 100)

    result = planned(kind, [line(5, cost=99)], stock)

    assert result.moves[0].unit_cost == 10 * MONEY


def test_an_adjustment_is_signed_and_its_cost_counts_on_the_way_in():
    stock = level(10, 100)

    result = planned("adjustment", [line(-4, cost=99), line(2, position=1, cost=25)], stock)

    assert [move.value / VALUE for move in result.moves] == [-40, 50]
    assert on_hand(result) == (8, 110)


def test_the_last_goods_out_take_all_the_value_that_is_left():
    stock = Level(HERE, TEA, 3, 10, 0, 0, None, allow_negative=False)
    lines = [Wanted(position, TEA, 1) for position in range(3)]

    result = planned("sale", lines, stock)

    assert [(move.value, move.on_hand_after) for move in result.moves] == [(-3, 2), (-4, 1), (-3, 0)]
    assert result.levels[0].value == 0


def test_a_return_after_the_last_sale_comes_back_at_what_it_went_out_for():
    stock = level(4, 40, last_cost=12)

    sold = planned("sale", [line(4)], stock)
    result = planned("return", [line(1)], *sold.levels)

    assert on_hand(result) == (1, 10)


def test_a_cost_of_zero_that_nobody_stated_is_not_remembered():
    stock = level(2, 0)

    sold = planned("sale", [line(2)], stock)
    result = planned("receipt", [line(1)], *sold.levels, fallback=3 * MONEY)

    assert on_hand(result) == (1, 3)


def test_a_stated_cost_of_zero_is_remembered():
    stock = level(-1, -5, last_cost=5, allow_negative=True)

    received = planned("receipt", [line(1, cost=0)], stock)
    result = planned("return", [line(1)], *received.levels, fallback=3 * MONEY)

    assert on_hand(result) == (1, 0)


@pytest.mark.parametrize(
    ("stock", "left"),
    [
        (level(2, 20, allow_negative=True), (-3, -30)),
        (level(0, 0, allow_negative=True, last_cost=6), (-5, -30)),
        (level(0, 0, allow_negative=True), (-5, -35)),
        (level(-1, -10, allow_negative=True), (-6, -60)),
    ],
    ids=["at the average", "at the last cost", "at the item's own", "further down at its average"],
)
def test_where_it_is_allowed_a_sale_goes_below_zero_in_proportion(stock, left):
    result = planned("sale", [line(5)], stock, fallback=7 * MONEY)

    assert on_hand(result) == left


@pytest.mark.parametrize(
    ("pieces", "left", "line_worth"),
    [(8, (3, 36), 86), (5, (0, 0), 50), (2, (-3, -30), 20)],
    ids=["with some left", "exactly", "in part"],
)
def test_a_receipt_that_covers_a_debt_revalues_it(pieces, left, line_worth):
    stock = level(-5, -50, allow_negative=True)

    result = planned("receipt", [line(pieces, cost=12)], stock)

    assert on_hand(result) == left
    assert result.moves[0].value == line_worth * VALUE
    assert result.levels[0].last_cost == 12 * MONEY
