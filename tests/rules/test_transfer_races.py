"""Two who settle one transfer at the same moment: together they take no more than what is on its way."""

from __future__ import annotations

import examples
import pytest
from blanks import session_of
from ledger_walk import assert_sound, dump
from racing import lost_by_second, race
from sqlalchemy import select

from common.database import unit_of_work
from common.errors import Closed, InsufficientStock
from models import ledger
from models.item import Item
from models.movement import VERSION, Movement

ACTS = {"arrival": ledger.arrive, "loss": ledger.lose, "recall": ledger.recall}


@pytest.fixture
def engine(every_engine):
    return every_engine


@pytest.fixture
def sent(engine):
    """Four pieces on their way."""
    with session_of(engine) as session, unit_of_work(session, write=True):
        here, there = examples.store(session, "HERE"), examples.store(session, "THERE")
        tea = examples.item(session, "TEA")
        examples.posted(session, "receipt", here, (tea, 7, "0.3333"))
        examples.posted(session, "transfer", here, (tea, 4), to_store_id=there.id)
    yield engine
    with session_of(engine) as session:
        assert_sound(dump(session))


def settle(kind, pieces=None):
    def act(session):
        lines = None if pieces is None else [examples.line(session.scalars(select(Item)).one(), pieces)]
        more = {"reason": "missing"} if kind == "loss" else {}
        ACTS[kind](session, examples.CLERK, document(session, "transfer"), lines=lines, **more)

    return act


def document(session, kind):
    return session.scalars(select(Movement).where(Movement.kind == kind)).one()


def undo(kind):
    return lambda session: ledger.reverse(session, examples.CLERK, document(session, kind))


@pytest.mark.parametrize("first", ACTS)
@pytest.mark.parametrize("second", ACTS)
def test_of_two_who_take_all_the_rest_one_is_told_that_nothing_is_left(sent, first, second):
    assert lost_by_second(race(sent, settle(first), settle(second)), Closed) == []


@pytest.mark.parametrize("second", ACTS)
def test_of_two_who_take_more_than_there_is_one_is_told_what_is_left(sent, second):
    refusals = race(sent, settle("arrival", 3), settle(second, 2))

    assert lost_by_second(refusals, InsufficientStock) == [("lines/0/quantity", "insufficient")]
    assert refusals["second"].errors[0].extra == {"requested": 2, "available": 1}


def test_two_parts_for_which_there_is_enough_both_come_and_each_is_a_version(sent):
    assert race(sent, settle("arrival", 1), settle("loss", 3)) == {}

    with session_of(sent) as session:
        assert session.scalar(select(VERSION).where(Movement.kind == "transfer")) == 3


@pytest.mark.parametrize("kind", ACTS)
def test_a_transfer_of_which_a_part_is_being_settled_is_not_taken_back(sent, kind):
    assert lost_by_second(race(sent, settle(kind, 1), undo("transfer")), Closed) == []


@pytest.mark.parametrize("kind", ACTS)
def test_nothing_becomes_of_a_transfer_that_is_being_taken_back(sent, kind):
    assert lost_by_second(race(sent, undo("transfer"), settle(kind)), Closed) == []


def test_what_is_taken_back_from_an_arrival_can_be_lost_at_once(sent):
    with session_of(sent) as session, unit_of_work(session, write=True):
        settle("arrival")(session)

    assert race(sent, undo("arrival"), settle("loss")) == {}
