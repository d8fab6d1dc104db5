"""Reversals of documents that move shelves; of what becomes of transfers in test_plan_transfers.py."""

from __future__ import annotations

import pytest
from ledger_examples import MONEY, PIECE, VALUE, by_key, level, line, on_hand, planned

from common.errors import InsufficientStock
from models.plan import plan_reversal


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
