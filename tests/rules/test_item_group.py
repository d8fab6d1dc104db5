"""models/item_group.py, by the numbers of its invariants."""

from __future__ import annotations

import examples
import pytest
from blanks import session_of
from racing import lost_by_second, race
from sqlalchemy import select

from common.database import unit_of_work
from common.errors import Archived, Duplicate, InUse, Invalid, Refused
from common.fields import FieldProblems
from models.item import Item
from models.item_group import ItemGroup
from models.rules import GROUP

SIZE = {"name": "Size", "values": ["S", "M", "L"]}
COLOUR = {"name": "Colour", "values": ["Red", "Blue"]}
RED_S, RED_M = {"Size": "S", "Colour": "Red"}, {"Colour": "Red", "Size": "M"}


def made(session, name="Shirt", **more):
    return examples.made(session, ItemGroup, **{"name": name, "options": [SIZE, COLOUR]} | more)


@pytest.fixture
def shirt(session):
    return made(session)


@pytest.fixture
def small(session, shirt):
    return examples.item(session, "SHIRT-S", group_id=shirt.id, options=RED_S)


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ([], "too_few"),
        ([{"name": str(number), "values": ["a"]} for number in range(6)], "too_many"),
        ([SIZE, {"name": "SIZE", "values": ["a"]}], "duplicate"),
        ([{"name": "Size", "values": ["S", "s"]}], "duplicate"),
        ([{"name": "Size", "values": []}], "too_few"),
        ([{"name": "Size", "values": [str(number) for number in range(101)]}], "too_many"),
        ([{"values": ["S"]}], "required"),
    ],
)
def test_1_options_are_few_and_differ(options, wrong):
    with pytest.raises(ValueError, match=r".") as caught:
        GROUP["options"](options)

    problem = caught.value
    assert [wrong] == ([e.code for e in problem.errors] if isinstance(problem, FieldProblems) else [problem.code])


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ({}, [("options/Colour", "required"), ("options/Size", "required")]),
        ({"Size": "S"}, [("options/Colour", "required")]),
        ({"Size": "XL", "Colour": "red"}, [("options/Colour", "choice"), ("options/Size", "choice")]),
        (RED_S | {"Fit": "Slim"}, [("options/Fit", "unknown")]),
    ],
)
def test_2_an_item_names_a_value_of_each_option_and_nothing_else(session, shirt, options, problems):
    fields = {"sku": "X", "name": "X", "group_id": shirt.id, "options": options}

    assert examples.refused(Invalid, Item.create, session, **fields) == problems


def test_2_a_group_that_is_not_there_and_options_of_no_group_are_refused(session, small):
    create = Item.create, session
    assert examples.refused(Invalid, *create, sku="X", name="X", group_id=99, options={}) == [("group_id", "unknown")]
    assert examples.refused(Invalid, *create, sku="X", name="X", group_id=None, options=RED_S) == [
        ("options", "no_group")
    ]
    assert examples.refused(Invalid, small.revise, group_id=None) == [("options", "no_group")]


def test_2_no_two_live_items_of_a_group_are_alike(session, shirt, small):
    medium = examples.item(session, "SHIRT-M", group_id=shirt.id, options=RED_M)
    examples.item(session, "OTHER-S", group_id=made(session, "Other").id, options=RED_S)
    taken = [("options", "duplicate")]

    other_order = {"Colour": "Red", "Size": "S"}
    assert examples.refused(Duplicate, medium.revise, options=other_order) == taken
    session.rollback()


def test_2_who_is_archived_makes_room_and_comes_back_into_none(session, shirt, small):
    small.archive()
    session.flush()
    heir = examples.item(session, "SHIRT-S2", group_id=shirt.id, options=RED_S)

    assert examples.refused(Duplicate, small.restore) == [("options", "duplicate")]
    heir.revise(options=RED_M)
    session.flush()
    assert small.restore().archived_at is None
    heir.revise(group_id=None, options={})
    session.flush()
    assert (heir.variant_key, small.variant_key is None) == (None, False)


def test_3_what_live_items_name_stays(session, shirt, small):
    for options in (
        [COLOUR, {"name": "Size", "values": ["M"]}],
        [SIZE],
        [SIZE, COLOUR, {"name": "Fit", "values": "a"}],
    ):
        with pytest.raises(InUse, match="SHIRT-S") as caught:
            shirt.revise(options=options)
        assert [(e.field, e.code) for e in caught.value.errors] == [("options", "in_use")]
        session.refresh(shirt)

    shirt.revise(options=[COLOUR, {"name": "Size", "values": ["XL", "S"]}])
    session.flush()
    small.archive()
    session.flush()
    shirt.revise(options=[SIZE])
    session.flush()
    with pytest.raises(Refused, match="other options by now"):
        small.restore()


def test_4_a_group_with_live_items_stays_and_takes_none_while_it_is_archived(session, shirt, small):
    with pytest.raises(InUse):
        shirt.archive()
    small.archive()
    session.flush()
    shirt.archive()
    session.flush()

    fields = {"sku": "X", "name": "X", "group_id": shirt.id, "options": RED_S}
    assert examples.refused(Archived, Item.create, session, **fields) == [("group_id", "archived")]
    with pytest.raises(Archived):
        small.restore()
    with pytest.raises(Archived):
        shirt.revise(name="Blouse")
    shirt.restore()
    session.flush()
    assert small.restore().variant_key


@pytest.fixture
def two(every_engine):
    """A shop where two are at work; one shirt has no options yet."""
    with session_of(every_engine) as session, unit_of_work(session, write=True):
        made(session)
        examples.item(session, "A")
        examples.item(session, "B")
    return every_engine


def put(sku, options):
    def act(session):
        item = session.scalars(select(Item).where(Item.sku == sku)).one()
        item.revise(group_id=session.scalars(select(ItemGroup.id)).one(), options=options)

    return act


def shrink(session):
    session.scalars(select(ItemGroup)).one().revise(options=[COLOUR])


def close(session):
    session.scalars(select(ItemGroup)).one().archive()


@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [
        (put("A", RED_S), put("B", RED_S), Duplicate),
        (put("A", RED_S), shrink, InUse),
        (shrink, put("A", RED_S), Invalid),
        (put("A", RED_S), close, InUse),
        (close, put("A", RED_S), Archived),
    ],
)
def test_whoever_comes_second_sees_what_the_first_did(two, first, second, refusal):
    lost_by_second(race(two, first, second), refusal)
