"""models/category.py, by the numbers of its invariants; 4 is models/row.py's: versions and archiving."""

from __future__ import annotations

from functools import partial

import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from common.errors import Archived, InUse, Invalid
from models.category import DEEPEST, SEPARATOR, Category

NESTED = ("Food", "Drinks", "Tea")


def chain(session, length, parent=None):
    """Make a category in a category in a category, and return them all."""
    made = []
    for number in range(length):
        parent = examples.category(session, f"Level {number}", parent_id=parent and parent.id)
        made.append(parent)
    return made


def nested(session):
    parent, rows = None, []
    for name in NESTED:
        parent = examples.category(session, name, parent_id=parent and parent.id)
        rows.append(parent)
    return rows


def test_1_a_category_does_not_stand_inside_itself(session):
    food, drinks, tea = nested(session)

    for inside in (food, drinks, tea):
        assert examples.refused(Invalid, food.revise, parent_id=inside.id) == [("parent_id", "loop")]
        session.expire(food)


def test_1_twenty_deep_is_the_deepest(session):
    rows = chain(session, DEEPEST)

    below = examples.refused(Invalid, Category.create, session, name="Too deep", parent_id=rows[-1].id)

    assert below == [("parent_id", "loop")]


def test_1_what_stands_below_is_not_moved_too_deep_either(session):
    *_, nineteenth = chain(session, DEEPEST - 1)
    alone, pair = examples.category(session, "Alone"), chain(session, 2)

    alone.revise(parent_id=nineteenth.id)
    refused = examples.refused(Invalid, pair[0].revise, parent_id=nineteenth.id)

    assert refused == [("parent_id", "loop")]


def test_1_a_parent_must_be_there(session):
    refused = examples.refused(Invalid, Category.create, session, name="Tea", parent_id=999)

    assert refused == [("parent_id", "unknown")]


def test_2_a_path_is_the_names_from_the_root(session):
    *_, tea = nested(session)

    assert tea.path == "Food / Drinks / Tea"


def test_2_a_path_moves_with_every_name_above_it(session):
    food, drinks, tea = nested(session)

    food.revise(name="Groceries")
    session.flush()
    assert (drinks.path, tea.path) == ("Groceries / Drinks", "Groceries / Drinks / Tea")

    drinks.revise(parent_id=None)
    session.flush()
    assert (drinks.path, tea.path) == ("Drinks", "Drinks / Tea")


def test_2_a_path_that_moved_is_a_new_version_and_one_that_did_not_is_none(session):
    food, _, tea = nested(session)

    food.revise(name="Groceries")
    session.flush()
    food.revise(name="Groceries")
    session.flush()

    assert (food.version, tea.version) == (2, 2)


def test_2_the_longest_names_in_the_deepest_tree_fit(session):
    parent = None
    for _ in range(DEEPEST):
        parent = examples.category(session, "n" * 200, parent_id=parent and parent.id)

    assert len(parent.path) <= Category.__table__.c.path.type.length


def test_3_a_category_with_a_live_item_is_not_put_away(session):
    tea = examples.category(session, "Tea")
    item = examples.item(session, category_id=tea.id)

    assert examples.refused(InUse, tea.archive) == []

    item.archive()
    session.flush()
    assert tea.archive().archived_at is not None


def test_3_a_category_with_a_live_category_is_not_put_away(session):
    food, drinks, tea = nested(session)

    assert examples.refused(InUse, food.archive) == []

    for row in (tea, drinks, food):
        row.archive()
        session.flush()
    assert food.archived_at is not None


def test_3_a_category_is_not_put_into_one_that_is_away(session):
    tea, gone = examples.category(session, "Tea"), examples.category(session, "Gone").archive()
    session.flush()

    for act in (tea.revise, partial(Category.create, session, name="New")):
        assert examples.refused(Archived, act, parent_id=gone.id) == [("parent_id", "archived")]


def test_3_a_category_is_not_brought_back_into_one_that_is_away(session):
    food, drinks = nested(session)[:2]
    for row in reversed(session.scalars(select(Category).order_by(Category.id)).all()):
        row.archive()
        session.flush()

    assert examples.refused(Archived, drinks.restore) == []

    food.restore()
    session.flush()
    assert drinks.restore().archived_at is None


def test_4_what_is_put_away_stays_as_it_was(session):
    food = examples.category(session).archive()
    session.flush()

    assert examples.refused(Archived, food.revise, name="Groceries") == []
    assert (food.name, food.version) == ("Food", 2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 7), st.none() | st.integers(0, 7), st.sampled_from("abc")), max_size=25))
def test_whatever_moves_the_categories_stay_a_tree_and_the_paths_its_names(session, moves):
    rows = [examples.category(session, str(number)) for number in range(8)]
    for number, parent, name in moves:
        savepoint = session.begin_nested()
        try:
            rows[number].revise(parent_id=None if parent is None else rows[parent].id, name=name)
        except Invalid:
            savepoint.rollback()
            continue
        session.flush()

    for row in rows:
        names, above, seen = [row.name], row.parent_id, {row.id}
        while above is not None:
            assert above not in seen
            seen.add(above)
            parent = session.get(Category, above)
            names.insert(0, parent.name)
            above = parent.parent_id
        assert row.path == SEPARATOR.join(names)
    session.rollback()
