"""The catalogue and who uses it at the same moment: whichever comes second sees what the first did."""

from __future__ import annotations

from decimal import Decimal

import examples
import pytest
from blanks import session_of
from racing import lost_by_second, race
from sqlalchemy import select

from common.database import unit_of_work
from common.errors import Archived, InUse, Invalid
from common.fields import FieldProblem
from models.category import Category
from models.importing.categories import Categories
from models.item import Item
from models.level import Level
from models.listing import Listing
from models.store import Store

HALF = Decimal("0.5")


@pytest.fixture
def engine(every_engine):
    """A shop, salt by weight that never moved, and tea that was put away out of a category."""
    with session_of(every_engine) as session, unit_of_work(session, write=True):
        examples.store(session)
        examples.item(session, "SALT", unit="kg")
        food = examples.category(session)
        examples.item(session, "TEA", category_id=food.id).archive()
    return every_engine


def item(session, sku):
    return session.scalars(select(Item).where(Item.sku == sku)).one()


def close_category(session):
    session.scalars(select(Category)).one().archive()


def bring_back(session):
    item(session, "TEA").restore()


def name_in_a_file(session):
    try:
        Categories(session).id(["Food"])
    except FieldProblem as problem:
        raise Archived(problem.message) from problem


def count_in(unit):
    def act(session):
        item(session, "SALT").revise(unit=unit)

    return act


def receive(session):
    examples.posted(session, "receipt", session.scalars(select(Store)).one(), (item(session, "SALT"), HALF))


def list_(session):
    shop = session.scalars(select(Store)).one()
    Listing.put(session, shop, item(session, "SALT"), price=None, reorder_point=HALF, reorder_to=None)


@pytest.mark.parametrize("use", [bring_back, name_in_a_file])
def test_nothing_comes_into_a_category_that_is_being_put_away(engine, use):
    assert lost_by_second(race(engine, close_category, use), Archived) == []


def test_a_category_is_not_put_away_while_an_item_comes_back_into_it(engine):
    assert lost_by_second(race(engine, bring_back, close_category), InUse) == []


@pytest.mark.parametrize("unit", ["g", "each"])
def test_a_unit_does_not_change_while_a_document_moves_the_item(engine, unit):
    assert lost_by_second(race(engine, receive, count_in(unit)), InUse) == []


def test_no_fraction_comes_of_what_is_becoming_pieces(engine):
    lost = lost_by_second(race(engine, count_in("each"), receive), Invalid)

    assert lost == [("lines/0/quantity", "not_whole")]


def test_an_item_does_not_become_pieces_while_it_is_listed_in_fractions(engine):
    assert lost_by_second(race(engine, list_, count_in("each")), InUse) == []


def test_no_fraction_is_listed_of_what_is_becoming_pieces(engine):
    lost = lost_by_second(race(engine, count_in("each"), list_), Invalid)

    assert lost == [("reorder_point", "not_whole")]


@pytest.mark.parametrize(("first", "second"), [(list_, receive), (receive, list_)])
def test_a_first_listing_and_a_first_delivery_make_one_level(engine, first, second):
    assert race(engine, first, second) == {}

    with session_of(engine) as session:
        assert session.scalars(select(Level.on_hand)).all() == [HALF]
