"""Batches on their way: line by line, to the other shelf or back to where they came from."""

from __future__ import annotations

import examples
import pytest
from batching import JUNE, MAY, assert_bounded, moved, of, standing, tracked
from examples import posted

from models import ledger

CLERK = examples.CLERK
LATE = "2028-01-01"


@pytest.fixture
def engine(every_engine):
    return every_engine


@pytest.fixture
def milk(session):
    return tracked(session)


@pytest.fixture
def stocked(session, here, milk):
    """Five that expire in June, three in May, and one without a lot."""
    posted(session, "receipt", here, of(milk, 5, "A", JUNE), of(milk, 3, "B", MAY))
    posted(session, "return", here, (milk, 1))


@pytest.fixture
def sent(session, here, there, milk, stocked):
    """One without a lot and four with one in the first line, two of A in the second; three of the shelf are left."""
    return posted(session, "transfer", here, (milk, 5), of(milk, 2, "A"), to_store_id=there.id)


@pytest.fixture(autouse=True)
def _bounds(session):
    yield
    assert_bounded(session)


def part(milk, quantity):
    return [examples.line(milk, quantity)]


def test_a_transfer_takes_as_a_sale_does_and_has_it_on_its_way(session, sent):
    assert moved(session, sent) == [(0, "B", MAY, -3), (0, "A", JUNE, -1), (1, "A", JUNE, -2)]
    assert moved(session, sent, "in_transit") == [(0, "B", MAY, 3), (0, "A", JUNE, 1), (1, "A", JUNE, 2)]
    assert standing(session) == {("HERE", "A", JUNE): 2}
    assert standing(session, "in_transit") == {("THERE", "A", JUNE): 3, ("THERE", "B", MAY): 3}


def test_an_arrival_puts_the_same_batches_on_the_other_shelf(session, sent):
    arrival = ledger.arrive(session, CLERK, sent)

    assert moved(session, arrival) == [(0, "B", MAY, 3), (0, "A", JUNE, 1), (1, "A", JUNE, 2)]
    assert standing(session)["THERE", "A", JUNE] == 3
    assert standing(session, "in_transit") == {}


def test_what_comes_in_parts_is_without_a_lot_first_and_then_the_earliest(session, milk, sent):
    first = ledger.arrive(session, CLERK, sent, lines=part(milk, 2))
    second = ledger.lose(session, CLERK, sent, lines=part(milk, 2), reason="broken")
    third = ledger.recall(session, CLERK, sent)

    assert moved(session, first) == [(0, "B", MAY, 1)]
    assert moved(session, second, "in_transit") == [(0, "B", MAY, -2)]
    assert moved(session, third) == [(0, "A", JUNE, 1), (1, "A", JUNE, 2)]
    assert standing(session) == {("HERE", "A", JUNE): 5, ("THERE", "B", MAY): 1}


def test_an_item_asked_for_twice_comes_twice(session, milk, sent):
    arrival = ledger.arrive(session, CLERK, sent, lines=part(milk, 2) + part(milk, 4))

    assert moved(session, arrival) == [(0, "B", MAY, 1), (0, "B", MAY, 2), (0, "A", JUNE, 1), (1, "A", JUNE, 1)]


def test_what_comes_to_a_shelf_below_zero_is_partly_gone(session, here, milk, stocked):
    debt = examples.store(session, "DEBT", allow_negative_stock=True)
    posted(session, "sale", debt, (milk, 3))
    sent = posted(session, "transfer", here, of(milk, 3, "B"), of(milk, 2, "A"), to_store_id=debt.id)
    ledger.arrive(session, CLERK, sent)

    assert standing(session)["DEBT", "A", JUNE] == 2
    assert ("DEBT", "B", MAY) not in standing(session)


def test_the_reversal_of_a_transfer_brings_its_batches_back(session, sent):
    ledger.reverse(session, CLERK, sent)

    assert standing(session) == {("HERE", "A", JUNE): 5, ("HERE", "B", MAY): 3}
    assert standing(session, "in_transit") == {}


def test_the_reversal_of_an_arrival_puts_the_same_batches_on_their_way_again(session, there, milk, sent):
    arrival = ledger.arrive(session, CLERK, sent)
    posted(session, "receipt", there, of(milk, 4, "C", LATE))
    posted(session, "sale", there, (milk, 3))  # one without a lot, and two of B
    undone = ledger.reverse(session, CLERK, arrival)

    # What of B was sold is taken of what expires first of the rest.
    assert sorted(moved(session, undone)) == [
        (0, "A", JUNE, -1),
        (0, "B", MAY, -1),
        (0, "C", LATE, -3),
        (1, "A", JUNE, -2),
    ]
    # What is on its way again is what left the shelf, and not what was sold of what had come.
    assert standing(session, "in_transit") == {("THERE", "A", JUNE): 3, ("THERE", "B", MAY): 1, ("THERE", "C", LATE): 3}
    assert standing(session)["THERE", "C", LATE] == 1
    ledger.arrive(session, CLERK, sent)
    assert standing(session, "in_transit") == {}
    assert standing(session)["THERE", "C", LATE] == 4


def test_what_came_twice_goes_on_its_way_twice(session, there, milk, sent):
    before = standing(session, "in_transit")
    arrival = ledger.arrive(session, CLERK, sent, lines=part(milk, 2) + part(milk, 2))
    assert len(moved(session, arrival)) == 2
    ledger.reverse(session, CLERK, arrival)

    assert standing(session, "in_transit") == before
    assert standing(session).keys() == {("HERE", "A", JUNE)}


def test_a_transfer_that_is_undone_after_its_arrival_was_brings_back_what_is_on_its_way(
    session, here, there, milk, sent
):
    arrival = ledger.arrive(session, CLERK, sent)
    posted(session, "receipt", there, of(milk, 4, "C", LATE))
    posted(session, "sale", there, (milk, 3))  # one without a lot, and two of B
    ledger.reverse(session, CLERK, arrival)
    ledger.reverse(session, CLERK, sent)

    assert standing(session, "in_transit") == {}
    assert standing(session) == {
        ("HERE", "A", JUNE): 5,
        ("HERE", "B", MAY): 1,
        ("HERE", "C", LATE): 3,
        ("THERE", "C", LATE): 1,
    }


def test_the_reversal_of_a_recall_puts_on_the_way_what_it_takes_off_the_shelf(session, here, there, milk, stocked):
    sent = posted(session, "transfer", here, of(milk, 3, "B"), to_store_id=there.id)
    recall = ledger.recall(session, CLERK, sent)
    posted(session, "sale", here, of(milk, 3, "B"))
    ledger.reverse(session, CLERK, recall)

    assert standing(session, "in_transit") == {("THERE", "A", JUNE): 2}  # and one without a lot
    assert standing(session) == {("HERE", "A", JUNE): 3}


def test_the_reversal_of_a_loss_finds_the_same_batches_on_their_way(session, milk, sent):
    before = standing(session, "in_transit")
    loss = ledger.lose(session, CLERK, sent, lines=part(milk, 4), reason="fell off")
    ledger.reverse(session, CLERK, loss)

    assert standing(session, "in_transit") == before


def test_batches_that_were_forgotten_stay_so_when_a_transfer_is_undone_late(session, here, there, milk, sent):
    arrival = ledger.arrive(session, CLERK, sent)
    posted(session, "sale", there, (milk, 7))
    posted(session, "sale", here, (milk, 2))
    milk.revise(tracks_batches=False)
    session.flush()
    posted(session, "receipt", there, (milk, 7))
    ledger.reverse(session, CLERK, arrival)
    milk.revise(tracks_batches=True)
    session.flush()
    undone = ledger.reverse(session, CLERK, sent)

    assert moved(session, undone, "in_transit") == []


def test_goods_sent_before_batches_were_tracked_arrive_without_a_lot(session, here, there, tea):
    posted(session, "receipt", here, (tea, 3))
    sent = posted(session, "transfer", here, (tea, 3), to_store_id=there.id)
    tea.revise(tracks_batches=True)
    session.flush()

    assert ledger.arrive(session, CLERK, sent).batches_digest is None
