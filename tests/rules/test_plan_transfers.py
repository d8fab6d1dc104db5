"""Documents that follow from others: arrivals and reversals."""

from __future__ import annotations

import pytest
from ledger_examples import HERE, MONEY, PIECE, SALT, TEA, THERE, VALUE, by_key, level, line, on_hand, planned

from common.errors import InsufficientStock
from models.plan import plan_arrival, plan_reversal


def transfer(*levels, pieces=4):
    return planned("transfer", [line(pieces)], *levels, to_store_id=THERE)


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

    result = plan_arrival(sent.moves, by_key(*sent.levels), quantities={0: PIECE})

    assert on_hand(result) == (1, 10)
    assert (result.levels[0].in_transit, result.levels[0].transit_value) == (3 * PIECE, 30 * VALUE)


def test_a_line_of_which_nothing_came_moves_nothing():
    sent = transfer(level(10, 100), level(store=THERE))

    result = plan_arrival(sent.moves, by_key(*sent.levels), quantities={})

    assert result.moves == ()


@pytest.mark.parametrize("came", [5, 99])
def test_no_more_arrives_than_the_transfer_sent_even_if_others_are_under_way(came):
    others = level(store=THERE, in_transit=9 * PIECE, transit_value=9 * VALUE)
    sent = transfer(level(10, 100), others)

    with pytest.raises(InsufficientStock) as refusal:
        plan_arrival(sent.moves, by_key(*sent.levels), quantities={0: came * PIECE})

    assert refusal.value.errors[0].field == "lines/0/quantity"
    assert refusal.value.errors[0].extra == {"requested": came, "available": 4}


def test_goods_in_transit_never_fall_below_zero_even_where_stock_may():
    sent = transfer(level(10, 100), level(store=THERE, allow_negative=True))
    arrived = plan_arrival(sent.moves, by_key(*sent.levels))

    with pytest.raises(InsufficientStock):
        plan_arrival(sent.moves, by_key(*arrived.levels))


@pytest.mark.parametrize("kind", ["receipt", "adjustment"])
def test_a_reversal_takes_back_the_value_that_came(kind):
    stock = level(10, 100)
    done = planned(kind, [line(5, cost=40)], stock)

    result = plan_reversal(kind, done.moves, by_key(*done.levels))

    assert on_hand(result) == (10, 100)
    assert [(move.quantity, move.value) for move in result.moves] == [(-5 * PIECE, -200 * VALUE)]


def test_a_reversal_retraces_the_documents_own_steps():
    stock = level()
    done = planned("adjustment", [line(5, cost=2), line(-5, position=1)], stock)

    result = plan_reversal("adjustment", done.moves, by_key(*done.levels))

    assert [(move.position, move.on_hand_after / PIECE) for move in result.moves] == [(1, 5), (0, 0)]


def test_a_reversal_leaves_no_negative_value_on_goods_that_are_there():
    received = planned("receipt", [line(10, cost=100)], level(10, 10))
    sold = planned("sale", [line(9)], *received.levels)

    result = plan_reversal("receipt", received.moves, by_key(*sold.levels))

    assert on_hand(result) == (1, 0)
    assert result.moves[0].value == -sold.levels[0].value


def test_a_reversal_that_takes_the_last_goods_takes_all_their_value():
    received = planned("receipt", [line(10, cost=1)], level(10, 1_000))
    sold = planned("sale", [line(10)], *received.levels)

    result = plan_reversal("receipt", received.moves, by_key(*sold.levels))

    assert on_hand(result) == (0, 0)


def test_a_reversal_of_what_was_sold_meanwhile_is_refused_line_by_line():
    received = planned("receipt", [line(10, cost=1), line(2, position=1, cost=1)], level())
    sold = planned("sale", [line(11)], *received.levels)

    with pytest.raises(InsufficientStock) as refusal:
        plan_reversal("receipt", received.moves, by_key(*sold.levels))

    assert refusal.value.detail == "What this receipt moved is not all there any more."
    assert [(error.field, error.extra) for error in refusal.value.errors] == [
        ("lines/0/quantity", {"requested": 10, "available": 0}),
        ("lines/1/quantity", {"requested": 2, "available": 1}),
    ]


def test_a_reversal_teaches_no_cost():
    received = planned("receipt", [line(1, cost=5)], level(last_cost=4))
    again = planned("receipt", [line(1, cost=6)], *received.levels)

    result = plan_reversal("receipt", received.moves, by_key(*again.levels))

    assert result.levels[0].last_cost == 6 * MONEY


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
