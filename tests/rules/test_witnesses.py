"""The database's own word, where the rules were passed by: what is recorded stays, and no shelf goes below zero."""

from __future__ import annotations

import examples
import pytest
from blanks import session_of
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common import database_errors
from common.database import refusals, translate, unit_of_work
from common.errors import AlreadyReversed, Duplicate, InUse, Refused, Stale
from models import count, ledger, supplier_item

MET = ((count.Count, "open_scope"), (supplier_item.SupplierItem, "supplier_id_item_id"))
APPEND_ONLY = ("movements", "movement_lines")
# Numbers of rows differ between databases; these are found by what people call them.
MAIN, DEBT = (f"(SELECT id FROM stores WHERE code = '{code}')" for code in ("MAIN", "DEBT"))
TEA, SALT = (f"(SELECT id FROM items WHERE sku = '{sku}')" for sku in ("TEA", "SALT"))
SALE = "(SELECT id FROM movements WHERE kind = 'sale')"
LINE = (
    "INSERT INTO movement_lines (movement_id, position, place, store_id, item_id, quantity, value, unit_cost, "
    "on_hand_after, value_after, recorded_at) "
    f"VALUES ({SALE}, 0, 'on_hand', {MAIN}, {TEA}, {{quantity}}, 0, 0, 0, 0, 0)"
)
LEVEL = (
    "INSERT INTO levels (store_id, item_id, on_hand, in_transit, value, transit_value, updated_at) "
    "VALUES ({store}, {item}, {on_hand}, {in_transit}, {value}, 0, '2026-11-20T08:00:00.000Z')"
)
MOVEMENT = (
    "INSERT INTO movements (kind, store_id, occurred_at, recorded_at, reverses_id) "
    "VALUES ('{kind}', {store}, '2026-11-20T08:00:00.000Z', '2026-11-20T08:00:00.000Z', {reverses})"
)
SOUND = {"store": MAIN, "item": SALT, "on_hand": 0, "in_transit": 0, "value": 0}
CHECKS = {
    "a line that moves nothing": LINE.format(quantity=0),
    "a document of no known kind": MOVEMENT.format(kind="theft", store=MAIN, reverses="NULL"),
    "less than nothing on the way": LEVEL.format(**SOUND | {"in_transit": -1}),
    "nothing that is worth something": LEVEL.format(**SOUND | {"value": 1}),
    "a level below zero": LEVEL.format(**SOUND | {"on_hand": -1}),
    "a level that falls below zero": "UPDATE levels SET on_hand = -1",
    "a level of no store": LEVEL.format(**SOUND | {"store": 99}),
    "a level of no item": LEVEL.format(**SOUND | {"item": 99}),
    "a second level of both": LEVEL.format(**SOUND | {"item": TEA}),
    "a document of no store": MOVEMENT.format(kind="sale", store=99, reverses="NULL"),
    "a price below zero": "UPDATE items SET price = -1",
    "a cost below zero": "UPDATE items SET cost = -1",
    "an item in no category": "UPDATE items SET category_id = 99",
    "an item of the same SKU": "UPDATE items SET sku_key = 'same'",
    "a store that has goods and goes": f"DELETE FROM stores WHERE id = {MAIN}",
    "an item that has lines and goes": f"DELETE FROM items WHERE id = {TEA}",
}


@pytest.fixture
def engine(every_engine):
    """Two stores, of which the second may owe goods; two items; five pieces of the first came, and two were sold."""
    with session_of(every_engine) as session, unit_of_work(session, write=True):
        shop, _ = examples.store(session), examples.store(session, "DEBT", allow_negative_stock=True)
        tea, _ = examples.item(session), examples.item(session, "SALT")
        examples.posted(session, "receipt", shop, (tea, 5, "2"))
        sale = examples.posted(session, "sale", shop, (tea, 2))
        ledger.reverse(session, examples.CLERK, sale)
    return every_engine


def refusal(engine, statement):
    """Return what the database says to a statement, and what a client would be told."""
    with session_of(engine) as session, pytest.raises(IntegrityError) as caught:
        session.execute(text(statement))
    return caught.value, translate(caught.value)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET store_id = store_id", "DELETE FROM {}"])
def test_what_is_recorded_is_neither_changed_nor_deleted(engine, table, statement):
    error, told = refusal(engine, statement.format(table))

    assert f"{table}_append_only" in (
        str(error.orig),
        getattr(error.orig, "diag", None) and error.orig.diag.constraint_name,
        database_errors._constraint(error),
    )
    assert type(told) is Refused


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_ledger_is_not_replaced_or_emptied_at_a_stroke(engine, table):
    statement = {
        "sqlite": f"UPDATE OR REPLACE {table} SET id = id + 1",
        "postgresql": f"TRUNCATE {table} CASCADE",
        "mariadb": f"INSERT INTO {table} SELECT * FROM {table} ON DUPLICATE KEY UPDATE {table}.store_id = 0",
    }[engine.dialect.name]

    assert type(refusal(engine, statement)[1]) is Refused


@pytest.mark.parametrize("statement", CHECKS.values(), ids=CHECKS)
def test_the_database_refuses(engine, statement):
    _, told = refusal(engine, statement)

    assert isinstance(told, Refused)


def test_a_store_that_may_owe_goods_has_levels_below_zero(engine):
    with session_of(engine) as session, unit_of_work(session, write=True):
        session.execute(text(LEVEL.format(**SOUND | {"store": DEBT, "on_hand": -1, "value": -1})))

    with session_of(engine) as session:
        assert session.scalar(text("SELECT min(on_hand) FROM levels")) == -1


def test_a_document_is_reversed_once_even_behind_the_rules_back(engine):
    _, told = refusal(engine, MOVEMENT.format(kind="reversal", store=MAIN, reverses=SALE))

    assert type(told) is (Refused if engine.dialect.name == "sqlite" else AlreadyReversed)


def test_each_refusal_of_a_constraint_is_a_named_error():
    told = {name: make() for name, make in refusals.items()}

    assert set(told) >= {f"uq_{model.__tablename__}_{of}" for model, of in MET}
    assert {type(error) for error in told.values()} == {Duplicate, AlreadyReversed, Stale, InUse}
    assert all(error.errors for error in told.values() if isinstance(error, Duplicate))


def test_what_the_database_refuses_takes_the_whole_unit_with_it(engine):
    def act():
        with session_of(engine) as session, unit_of_work(session, write=True):
            examples.store(session, "NEW")
            session.execute(text(CHECKS["a level below zero"]))

    assert examples.refused(Refused, act) == []

    with session_of(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM stores")) == 2
