"""Two stocktakes of one store that meet over an item: one has it in its hands."""

from __future__ import annotations

from decimal import Decimal

import examples
import pytest
from blanks import session_of
from racing import race
from sqlalchemy import select

from common.database import unit_of_work
from models import tallying
from models.category import Category
from models.count import Count
from models.counted import CountItem
from models.item import Item
from models.store import Store


@pytest.fixture
def engine(every_engine):
    return every_engine


@pytest.fixture
def shelves(engine):
    """An item in a shelf that stands below WET, which is being counted; it came in after that began."""
    with session_of(engine) as session, unit_of_work(session, write=True):
        here = examples.store(session, "HERE")
        examples.category(session, "Dry", parent_id=None)
        wet = examples.category(session, "Wet", parent_id=None)
        shelf = examples.category(session, "Shelf", parent_id=wet.id)
        begin(session, wet)
        tea = examples.item(session, "TEA", category_id=shelf.id)
        examples.posted(session, "receipt", here, (tea, 7, "0.3333"))
    return engine


def begin(session, category):
    here = session.scalars(select(Store.id)).one()
    scope = {"store_id": here, "category_id": category.id, "blind": False, "tolerance": None, "note": None}
    return Count.begin(session, examples.CLERK, **scope)


def named(session, name):
    return session.scalars(select(Category).where(Category.name == name)).one()


def tally(session):
    item = session.scalars(select(Item)).one()
    count = session.scalars(select(Count).where(Count.category_id == named(session, "Wet").id)).one()
    tallying.tally(session, examples.CLERK, count, {"item_id": item.id, "quantity": Decimal(7)})


def move_and_open(session):
    named(session, "Shelf").revise(parent_id=named(session, "Dry").id)
    session.flush()
    begin(session, named(session, "Dry"))


def test_one_that_is_opened_while_another_tallies_an_item_does_not_list_it(shelves):
    assert race(shelves, tally, move_and_open) == {}

    with session_of(shelves) as session:
        (row,) = session.scalars(select(CountItem)).all()
        assert (session.get(Count, row.count_id).category_id, row.counted) == (named(session, "Wet").id, 7)
        assert len(session.scalars(select(Count)).all()) == 2
