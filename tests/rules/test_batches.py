"""Batches in the ledger: what receipts bring, what goes first, what a reversal brings back."""

from __future__ import annotations

import re

import examples
import pytest
from batching import JULY, JUNE, MAY, assert_bounded, moved, of, standing, tracked
from examples import posted, refused
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from common.database import unit_of_work
from common.errors import InsufficientStock, Invalid, Refused
from models import ledger
from models.batch import Batch


@pytest.fixture
def engine(every_engine):
    return every_engine


@pytest.fixture
def milk(session):
    return tracked(session)


@pytest.fixture(autouse=True)
def _bounds(session):
    yield
    assert_bounded(session)


@pytest.fixture
def stocked(session, here, milk):
    """Five that expire in June, three in May, and two of a lot without a day."""
    lines = of(milk, 5, "A", JUNE), of(milk, 3, "B", MAY), of(milk, 2, "C")
    return posted(session, "receipt", here, *lines)


def test_a_receipt_brings_the_batches_that_it_names(session, stocked):
    assert standing(session) == {("HERE", "A", JUNE): 5, ("HERE", "B", MAY): 3, ("HERE", "C", None): 2}
    assert moved(session, stocked) == [(0, "A", JUNE, 5), (1, "B", MAY, 3), (2, "C", None, 2)]
    assert len(stocked.batches_digest) == 64


def test_a_sale_takes_what_expires_first_and_undated_lots_last(session, here, milk, stocked):
    sold = [posted(session, "sale", here, (milk, quantity)) for quantity in (4, 5)]

    assert moved(session, sold[0]) == [(0, "B", MAY, -3), (0, "A", JUNE, -1)]
    assert moved(session, sold[1]) == [(0, "A", JUNE, -4), (0, "C", None, -1)]


def test_what_is_without_a_lot_goes_before_all_batches(session, here, milk, stocked):
    posted(session, "return", here, (milk, 2))

    assert moved(session, posted(session, "sale", here, (milk, 3))) == [(0, "B", MAY, -1)]


def test_goods_that_were_there_before_batches_were_tracked_are_without_a_lot(session, here):
    tea = examples.item(session, "TEA")
    posted(session, "receipt", here, (tea, 4))
    tea.revise(tracks_batches=True)
    session.flush()
    posted(session, "receipt", here, of(tea, 1, "A", MAY))

    assert moved(session, posted(session, "sale", here, (tea, 5))) == [(0, "A", MAY, -1)]


def test_a_batch_that_is_named_is_taken_from_alone(session, here, milk, stocked):
    assert moved(session, posted(session, "sale", here, of(milk, 2, "a"))) == [(0, "A", JUNE, -2)]
    assert moved(session, posted(session, "write_off", here, of(milk, 1, expires_on=JUNE))) == [(0, "A", JUNE, -1)]
    assert moved(session, posted(session, "adjustment", here, of(milk, -1, "C"))) == [(0, "C", None, -1)]


def test_a_lot_with_several_days_gives_the_earliest_first(session, here, milk):
    posted(session, "receipt", here, of(milk, 2, "A", JULY), of(milk, 2, "A", MAY), of(milk, 2, "B", MAY))

    assert moved(session, posted(session, "sale", here, of(milk, 3, "A"))) == [(0, "A", MAY, -2), (0, "A", JULY, -1)]


@pytest.mark.parametrize("allow", [False, True])
def test_more_than_a_batch_holds_is_refused_whatever_the_store_allows(session, milk, allow):
    at = examples.store(session, "SHOP", allow_negative_stock=allow)
    posted(session, "receipt", at, of(milk, 5, "A", JUNE), of(milk, 3, "B", MAY))

    with pytest.raises(InsufficientStock) as caught, session.begin_nested():
        posted(session, "sale", at, of(milk, 4, "B"), of(milk, 1, "unheard-of"))

    assert [(e.field, e.code, e.extra) for e in caught.value.errors] == [
        ("lines/0/quantity", "insufficient", {"requested": 4, "available": 3}),
        ("lines/1/quantity", "insufficient", {"requested": 1, "available": 0}),
    ]


def test_every_line_that_is_short_is_named_and_of_a_batch_with_what_it_has(session, here, milk, tea, stocked):
    with pytest.raises(InsufficientStock) as caught:
        posted(session, "sale", here, of(milk, 50, "B"), of(milk, 4, "A"), (tea, 1), of(milk, 2, "A"))

    told = [(int(error.field.split("/")[1]), error.extra["available"]) for error in caught.value.errors]
    assert told == [(0, 3), (1, 0), (2, 0), (3, 1)]


def test_a_line_that_is_short_takes_nothing_of_other_batches_than_its_own(session, milk):
    at = examples.store(session, "DEBT", allow_negative_stock=True)
    posted(session, "receipt", at, of(milk, 5, "A", JUNE), of(milk, 3, "B", MAY))

    assert refused(InsufficientStock, posted, session, "sale", at, of(milk, 50, "B"), of(milk, 5, "A")) == [
        ("lines/0/quantity", "insufficient")
    ]


def test_lines_of_a_document_see_what_those_before_them_left(session, here, milk):
    posted(session, "receipt", here, of(milk, 3, "A", MAY), of(milk, 3, "A", MAY))
    assert standing(session) == {("HERE", "A", MAY): 6}

    with pytest.raises(InsufficientStock), session.begin_nested():
        posted(session, "sale", here, of(milk, 4, "A"), of(milk, 3, "A"))
    change = posted(session, "adjustment", here, of(milk, 2, "NEW"), of(milk, -1, "NEW"), reason="recount")

    assert moved(session, change) == [(0, "NEW", None, 2), (1, "NEW", None, -1)]


def test_a_batch_is_one_whatever_the_case_of_its_lot_and_is_made_once(session, here, there, milk):
    posted(session, "receipt", here, of(milk, 1, "Lot 7", MAY))
    posted(session, "receipt", there, of(milk, 1, "LOT 7", MAY))

    assert [one.lot for one in session.scalars(select(Batch))] == ["Lot 7"]


def test_a_lot_without_a_day_is_the_one_that_is_known_where_that_is_certain(session, here, milk):
    posted(session, "receipt", here, of(milk, 1, "A", MAY))
    posted(session, "return", here, of(milk, 1, "a"))
    assert standing(session) == {("HERE", "A", MAY): 2}

    posted(session, "receipt", here, of(milk, 1, "A", JUNE))
    posted(session, "return", here, of(milk, 1, "A"))
    assert standing(session)["HERE", "A", None] == 1


def test_a_day_alone_is_a_batch_of_its_own(session, here, milk):
    posted(session, "receipt", here, of(milk, 1, expires_on=MAY), of(milk, 2, "A", MAY), of(milk, 3, expires_on=JUNE))
    posted(session, "receipt", here, of(milk, 1, expires_on=MAY))

    assert standing(session) == {("HERE", None, MAY): 2, ("HERE", "A", MAY): 2, ("HERE", None, JUNE): 3}


def test_what_covers_a_debt_is_gone_already(session, milk):
    at = examples.store(session, "DEBT", allow_negative_stock=True)
    posted(session, "sale", at, (milk, 4))
    receipt = posted(session, "receipt", at, of(milk, 3, "A", MAY), of(milk, 3, "B", JUNE))

    assert moved(session, receipt) == [(1, "B", JUNE, 2)]
    sale = posted(session, "sale", at, (milk, 5))
    assert moved(session, sale) == [(0, "B", JUNE, -2)]
    ledger.reverse(session, examples.CLERK, sale)
    assert standing(session) == {("DEBT", "B", JUNE): 2}


def test_a_reversal_brings_back_the_batches_that_went(session, here, milk, stocked):
    before = standing(session)
    sale = posted(session, "sale", here, (milk, 9))
    undone = ledger.reverse(session, examples.CLERK, sale)

    assert moved(session, undone) == [(0, "B", MAY, 3), (0, "A", JUNE, 5), (0, "C", None, 1)]
    assert standing(session) == before


def test_the_reversal_of_a_receipt_takes_what_is_left_of_its_batches_and_then_the_earliest(session, here, milk):
    receipt = posted(session, "receipt", here, of(milk, 4, "A", MAY))
    posted(session, "receipt", here, of(milk, 4, "B", JUNE))
    posted(session, "sale", here, (milk, 3))
    undone = ledger.reverse(session, examples.CLERK, receipt)

    assert moved(session, undone) == [(0, "A", MAY, -1), (0, "B", JUNE, -3)]


def test_a_reversal_is_refused_where_the_level_refuses_it_alone(session, here, milk, stocked):
    posted(session, "sale", here, (milk, 1))

    assert refused(InsufficientStock, ledger.reverse, session, examples.CLERK, stocked)


def test_a_receipt_names_a_batch_of_what_tracks_them_and_none_of_what_does_not(session, here, milk, tea):
    lines = (milk, 1), of(tea, 1, "A"), of(tea, 1, expires_on=MAY), of(milk, 1, "A")

    assert refused(Invalid, posted, session, "receipt", here, *lines) == [
        ("lines/0/lot", "required"),
        ("lines/1/lot", "no_batches"),
        ("lines/2/expires_on", "no_batches"),
    ]
    assert refused(Invalid, posted, session, "sale", here, of(tea, 1, "A", MAY)) == [
        ("lines/0/lot", "no_batches"),
        ("lines/0/expires_on", "no_batches"),
    ]


def test_an_item_goes_on_tracking_batches_while_it_has_some(session, here, milk):
    posted(session, "receipt", here, of(milk, 1, "A"))
    with session.begin_nested() as step:
        assert refused(Refused, milk.revise, tracks_batches=False) == [("tracks_batches", "in_use")]
        step.rollback()
    session.refresh(milk)
    sale = posted(session, "sale", here, (milk, 1))
    milk.revise(tracks_batches=False)
    session.flush()

    undone = ledger.reverse(session, examples.CLERK, sale)

    assert moved(session, undone) == []
    assert undone.batches_digest is None
    posted(session, "sale", here, (milk, 1))


@pytest.mark.parametrize("table", ["batches", "batch_moves"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 100", "DELETE FROM {}"])
def test_batches_and_their_moves_stay_as_they_were_recorded(engine, session, table, statement):
    with unit_of_work(session, write=True):
        posted(session, "receipt", examples.store(session), of(tracked(session), 1, "A"))

    with engine.connect() as connection, pytest.raises(DBAPIError, match=r"append.only"):
        connection.execute(text(statement.format(table)))


def statements(engine, act):
    """Return what the database is asked meanwhile."""
    asked = []

    def note(_connection, _cursor, statement, *_):
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return asked


def test_documents_of_other_items_ask_for_no_batches(engine, session, here, tea):
    receipt = posted(session, "receipt", here, (tea, 5))

    sale = statements(engine, lambda: posted(session, "sale", here, (tea, 1)))
    posted(session, "return", here, (tea, 1))
    reversal = statements(engine, lambda: ledger.reverse(session, examples.CLERK, receipt))

    assert [one for one in sale + reversal if re.search(r"\b(batches|batch_levels|batch_moves)\b", one)] == []
    looks = [sum("tracks_batches" in one.partition("WHERE")[2] for one in asked) for asked in (sale, reversal)]
    assert looks == [0, 1]
