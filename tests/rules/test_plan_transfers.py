"""Documents that follow from others: arrivals, losses, recalls and reversals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ledger_examples import HERE, PIECE, SALT, TEA, THERE, VALUE, by_key, level, line, on_hand, planned

from common.errors import InsufficientStock
from models.plan import plan_reversal
from models.plan_transfers import plan_outcome, still_under_way


def transfer(*levels, pieces=4):
    return planned("transfer", [line(pieces)], *levels, to_store_id=THERE)


def plan_arrival(moves, levels, **asked):
    return plan_outcome(still_under_way(moves), levels, shelf=THERE, **asked)


def left_after(*plans):
    """Return what is left of the first plan's goods after the others, as (position, pieces, worth)."""
    moves = still_under_way(move for one in plans for move in one.moves)
    return [(move.position, move.quantity / PIECE, move.value / VALUE) for move in moves]


def test_a_transfer_leaves_one_store_and_is_in_transit_at_the_other():
    stock = [level(10, 100), level(3, 3, store=THERE)]

    result = transfer(*stock)

    assert [(move.place, move.store_id, move.quantity / PIECE, move.value / VALUE) for move in result.moves] == [
        ("on_hand", HERE, -4, -40),
        ("in_transit", THERE, 4, 40),
    ]
    assert [move.on_hand_after / PIECE for move in result.moves] == [6, 4]
    assert [(one.on_hand / PIECE, one.in_transit / PIECE) for one in result.levels] == [(6, 0), (3, 4)]


def test_the_levels_come_back_in_the_order_in_which_they_are_locked():
    stock = [level(1, 1, store=store, item=item) for store in (THERE, HERE) for item in (SALT, TEA)]

    result = planned("transfer", [line(1, item=SALT), line(1, position=1)], *stock, to_store_id=THERE)

    assert [(one.store_id, one.item_id) for one in result.levels] == [(1, 7), (1, 8), (2, 7), (2, 8)]


def test_what_arrives_is_worth_what_it_left_with():
    sent = transfer(level(10, 100), level(4, 0, store=THERE))

    result = plan_arrival(sent.moves, by_key(*sent.levels))

    assert on_hand(result) == (8, 40)
    assert (result.levels[0].in_transit, result.levels[0].transit_value) == (0, 0)
    assert [(move.place, move.quantity / PIECE, move.value / VALUE) for move in result.moves] == [
        ("in_transit", -4, -40),
        ("on_hand", 4, 40),
    ]


def test_an_arrival_in_part_leaves_the_rest_in_transit():
    sent = transfer(level(10, 100), level(store=THERE))

    result = plan_arrival(sent.moves, by_key(*sent.levels), asked=[line(1)])

    assert on_hand(result) == (1, 10)
    assert (result.levels[0].in_transit, result.levels[0].transit_value) == (3 * PIECE, 30 * VALUE)
    assert left_after(sent, result) == [(0, 3, 30)]


def test_what_comes_last_brings_all_the_rest_of_the_value():
    sent = transfer(level(3, 10), level(store=THERE), pieces=3)
    first = plan_arrival(sent.moves, by_key(*sent.levels), asked=[line(1)])
    second = plan_arrival((*sent.moves, *first.moves), by_key(*first.levels), asked=[line(1)])
    third = plan_arrival((*sent.moves, *first.moves, *second.moves), by_key(*second.levels))

    values = [move.value for one in (first, second, third) for move in one.moves if move.place == "on_hand"]

    assert values == [33_333_333, 33_333_334, 33_333_333]
    assert sum(values) == 10 * VALUE
    assert (third.levels[0].in_transit, third.levels[0].transit_value) == (0, 0)


def test_an_item_comes_off_its_lines_in_their_order_and_may_be_said_twice():
    lines = [line(4), line(2, position=1, item=SALT), line(3, position=2)]
    stock = [level(7, 70), level(2, 8, item=SALT), level(store=THERE), level(store=THERE, item=SALT)]
    sent = planned("transfer", lines, *stock, to_store_id=THERE)

    result = plan_arrival(sent.moves, by_key(*sent.levels), asked=[line(3), line(1, item=SALT), line(2)])

    came = [(move.position, move.quantity / PIECE) for move in result.moves if move.place == "on_hand"]
    assert came == [(0, 3), (1, 1), (0, 1), (2, 1)]
    assert left_after(sent, result) == [(1, 1, 4), (2, 2, 20)]


def test_each_line_that_asks_too_much_is_told_what_those_before_it_left():
    sent = transfer(level(10, 100), level(store=THERE))

    with pytest.raises(InsufficientStock) as refusal:
        plan_arrival(sent.moves, by_key(*sent.levels), asked=[line(3), line(2, position=1), line(1, position=2)])

    assert [(error.field, error.extra) for error in refusal.value.errors] == [
        ("lines/1/quantity", {"requested": 2, "available": 1}),
        ("lines/2/quantity", {"requested": 1, "available": 0}),
    ]


def test_what_is_lost_leaves_transit_with_its_value_and_comes_nowhere():
    sent = transfer(level(10, 100), level(1, 1, store=THERE))

    result = plan_outcome(still_under_way(sent.moves), by_key(*sent.levels), shelf=None, asked=[line(3)])

    assert [(move.place, move.store_id, move.quantity / PIECE, move.value / VALUE) for move in result.moves] == [
        ("in_transit", THERE, -3, -30)
    ]
    assert on_hand(result) == (1, 1)
    assert left_after(sent, result) == [(0, 1, 10)]


def test_what_is_recalled_goes_back_at_its_value_whatever_the_average_is_by_now():
    sent = transfer(level(10, 100), level(store=THERE))
    dearer = planned("receipt", [line(6, cost=50)], *sent.levels)
    levels = by_key(*sent.levels) | by_key(*dearer.levels)

    result = plan_outcome(still_under_way(sent.moves), levels, shelf=HERE)

    assert [(move.place, move.store_id, move.quantity / PIECE, move.value / VALUE) for move in result.moves] == [
        ("in_transit", THERE, -4, -40),
        ("on_hand", HERE, 4, 40),
    ]
    assert (result.levels[0].on_hand, result.levels[0].value) == (16 * PIECE, 400 * VALUE)


def test_a_loss_and_a_recall_can_be_reversed():
    stock = [level(10, 100), level(store=THERE)]
    sent = transfer(*stock)
    levels = by_key(*stock) | by_key(*sent.levels)
    under_way = levels

    for shelf, kind in ((None, "loss"), (HERE, "recall")):
        done = plan_outcome(still_under_way(sent.moves), levels, shelf=shelf, asked=[line(3)])
        levels |= by_key(*done.levels)
        undone = plan_reversal(kind, done.moves, levels)
        levels |= by_key(*undone.levels)
        assert left_after(sent, done, undone) == [(0, 4, 40)]

    assert levels == {key: replace(level, last_cost=levels[key].last_cost) for key, level in under_way.items()}


def test_a_line_of_which_nothing_came_moves_nothing():
    sent = transfer(level(10, 100), level(store=THERE))

    result = plan_arrival(sent.moves, by_key(*sent.levels), asked=[])

    assert result.moves == ()


@pytest.mark.parametrize("came", [5, 99])
def test_no_more_arrives_than_the_transfer_sent_even_if_others_are_under_way(came):
    others = level(store=THERE, in_transit=9 * PIECE, transit_value=9 * VALUE)
    sent = transfer(level(10, 100), others)

    with pytest.raises(InsufficientStock) as refusal:
        plan_arrival(sent.moves, by_key(*sent.levels), asked=[line(came)])

    assert refusal.value.errors[0].field == "lines/0/quantity"
    assert refusal.value.errors[0].extra == {"requested": came, "available": 4}


def test_goods_in_transit_never_fall_below_zero_even_where_stock_may():
    sent = transfer(level(10, 100), level(store=THERE, allow_negative=True))
    arrived = plan_arrival(sent.moves, by_key(*sent.levels))

    with pytest.raises(InsufficientStock):
        plan_arrival(sent.moves, by_key(*arrived.levels))
    assert left_after(sent, arrived) == []


def test_a_transfer_under_way_and_an_arrival_can_be_reversed():
    stock = [level(10, 100), level(store=THERE)]
    sent = transfer(*stock)
    arrived = plan_arrival(sent.moves, by_key(*sent.levels))
    levels = by_key(*sent.levels) | by_key(*arrived.levels)

    levels |= by_key(*plan_reversal("arrival", arrived.moves, levels).levels)
    under_way = levels[THERE, TEA]
    levels |= by_key(*plan_reversal("transfer", sent.moves, levels).levels)

    assert (under_way.on_hand, under_way.in_transit, under_way.transit_value) == (0, 4 * PIECE, 40 * VALUE)
    assert (levels[HERE, TEA].on_hand, levels[HERE, TEA].value) == (10 * PIECE, 100 * VALUE)
    assert (levels[THERE, TEA].in_transit, levels[THERE, TEA].transit_value) == (0, 0)
