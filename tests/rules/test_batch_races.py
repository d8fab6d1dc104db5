"""Several tills at one item with batches: none goes below zero, none is lost, and no lot is made twice."""

from __future__ import annotations

import threading

import examples
import pytest
from batching import JUNE, MAY, assert_bounded, of, standing, tracked
from blanks import session_of
from ledger_walk import assert_sound, dump
from racing import lost_by_second, race
from sqlalchemy import func, select

from common.database import again, unit_of_work
from common.errors import InsufficientStock, Invalid, Refused, StorekeeperError
from models import ledger
from models.batch import Batch
from models.item import Item
from models.movement import Movement
from models.store import Store

TILLS, SALES, STOCK = 8, 12, 60


@pytest.fixture
def engine(every_engine):
    return every_engine


@pytest.fixture
def filled(engine):
    """Sixty pieces: half of them expire in May, half in June."""
    with session_of(engine) as session, unit_of_work(session, write=True):
        here, _ = examples.store(session, "HERE"), examples.store(session, "THERE")
        milk = tracked(session)
        examples.posted(session, "receipt", here, of(milk, STOCK // 2, "A", MAY), of(milk, STOCK // 2, "B", JUNE))
    yield engine
    with session_of(engine) as session:
        assert_bounded(session)
        assert_sound(dump(session))


def row(session, model, **by):
    return session.scalars(select(model).filter_by(**by)).one()


def post(kind, *told, at="HERE", **more):
    def act(session):
        milk, store = row(session, Item, sku="MILK"), row(session, Store, code=at)
        examples.posted(session, kind, store, of(milk, *told), **more)

    return act


def test_tills_that_fight_for_the_last_pieces_sell_each_exactly_once(filled):
    answers, ready = [], threading.Barrier(TILLS)

    def sell(number):
        act = post("sale", 1, *(["A"] if number == 0 else []))  # one of them asks for a lot by name
        with session_of(filled) as session:
            ready.wait(20)
            for _ in range(SALES):
                try:
                    again(session, act)
                    answers.append("sold")
                except InsufficientStock:
                    answers.append("refused")

    threads = [threading.Thread(target=sell, args=(number,)) for number in range(TILLS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert len(answers) == TILLS * SALES
    with session_of(filled) as session:
        left = STOCK - answers.count("sold")
        assert sum(standing(session).values()) == left
        assert left == 0


def test_two_first_deliveries_of_a_lot_make_one_batch(filled):
    assert race(filled, post("receipt", 3, "New"), post("receipt", 2, "NEW", at="THERE")) == {}

    with session_of(filled) as session:
        assert session.scalar(select(func.count(Batch.id)).where(Batch.lot_key == "new")) == 1
        assert {key[0]: pieces for key, pieces in standing(session).items() if key[1] == "New"} == {
            "HERE": 3,
            "THERE": 2,
        }


def test_deliveries_of_the_same_lots_in_another_order_do_not_wait_for_each_other_for_ever(filled):
    def bring(at, *lots):
        def act(session):
            milk = row(session, Item, sku="MILK")
            examples.posted(session, "receipt", row(session, Store, code=at), *(of(milk, 1, lot) for lot in lots))

        return act

    assert race(filled, bring("HERE", "X", "Y"), bring("THERE", "Y", "X")) == {}


def test_of_two_who_take_the_rest_of_a_lot_one_is_told_what_is_left(filled):
    refusals = race(filled, post("sale", 20, "A"), post("sale", 20, "A"))

    assert lost_by_second(refusals, InsufficientStock) == [("lines/0/quantity", "insufficient")]
    assert refusals["second"].errors[0].extra == {"requested": 20, "available": 10}


def track_no_more(session):
    row(session, Item, sku="MILK").revise(tracks_batches=False)


@pytest.fixture
def emptied(filled):
    with session_of(filled) as session, unit_of_work(session, write=True):
        post("sale", STOCK)(session)
    return filled


def test_an_item_does_not_stop_tracking_while_a_batch_comes_in(emptied):
    assert lost_by_second(race(emptied, post("receipt", 1, "A"), track_no_more), Refused) == [
        ("tracks_batches", "in_use")
    ]


def test_no_batch_comes_in_while_an_item_stops_tracking(emptied):
    assert lost_by_second(race(emptied, track_no_more, post("receipt", 1, "A")), Invalid) == [
        ("lines/0/lot", "no_batches")
    ]


def test_no_batch_comes_back_while_an_item_stops_tracking(emptied):
    def undo(session):
        ledger.reverse(session, examples.CLERK, row(session, Movement, kind="sale"))

    refusals: dict[str, StorekeeperError] = race(emptied, track_no_more, undo)

    assert refusals == {}
    with session_of(emptied) as session:
        assert standing(session) == {}
