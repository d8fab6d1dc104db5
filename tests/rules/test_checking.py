"""Each proof of `check`, on a database damaged behind the program's back in just the way that it is there for."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from common.database import db, unit_of_work
from models import checking

SUMS = "Levels are the sums of their lines"
CHAIN = "Each line's level is the one that the lines before it leave"
DAMAGE = {
    # a statement, the proof that must see it, what it must name
    "a level says more": ("UPDATE levels SET on_hand = on_hand + 1 WHERE item_id = 5 AND store_id = 1", SUMS, "item 5"),
    "a level is worth more": ("UPDATE levels SET value = value + 1 WHERE item_id = 2", SUMS, "store 1, item 2"),
    "more is in transit": ("UPDATE levels SET in_transit = in_transit + 1 WHERE id = 1", SUMS, "item"),
    "transit is worth more": ("UPDATE levels SET transit_value = transit_value + 1 WHERE item_id = 1", SUMS, "item 1"),
    "a level is lost": ("DELETE FROM levels WHERE item_id = 3", SUMS, "store 1, item 3"),
    "a line is changed": ("UPDATE movement_lines SET quantity = quantity + 1 WHERE movement_id = 4", CHAIN, "item 1"),
    "a line is lost": ("DELETE FROM movement_lines WHERE movement_id = 3 AND item_id = 2", CHAIN, "item 2"),
    "a line says another level": ("UPDATE movement_lines SET on_hand_after = 7 WHERE id = 2", CHAIN, "line 2"),
    "a level is below zero": (
        "UPDATE levels SET on_hand = -1000 WHERE item_id = 3",
        "No level is below zero where its store forbids it",
        "store 1, item 3",
    ),
    "nothing is worth something": (
        "UPDATE levels SET transit_value = 5 WHERE item_id = 3",
        "Nothing is worth nothing",
        "store 1, item 3",
    ),
    "a sale brings in": (
        "UPDATE movements SET kind = 'sale' WHERE id = 4",
        "Documents move what their kind says",
        "sale 4",
    ),
    "a document has no lines": (
        "DELETE FROM movement_lines WHERE movement_id = 12",
        "Documents move what their kind says",
        "receipt 12",
    ),
    "a transfer loses a piece": (
        "UPDATE movement_lines SET quantity = 3000 WHERE movement_id = 11 AND place = 'in_transit'",
        "Transfers and arrivals sum to zero",
        "transfer 11",
    ),
    "an arrival gains value": (
        "UPDATE movement_lines SET value = value + 1 WHERE movement_id = 8 AND place = 'on_hand'",
        "Transfers and arrivals sum to zero",
        "arrival 8",
    ),
    "more arrives than was sent": (
        "UPDATE movement_lines SET quantity = quantity * 2 WHERE movement_id = 8",
        "No more arrives than was sent",
        "transfer 7",
    ),
    "an arrival is of nothing": (
        "UPDATE movements SET transfer_id = NULL WHERE id = 8",
        "An arrival is of a transfer to its store",
        "movement 8",
    ),
    "an arrival is elsewhere": (
        "UPDATE movements SET store_id = 1 WHERE id = 8",
        "An arrival is of a transfer to its store",
        "movement 8",
    ),
    "a reversal takes back less": (
        "UPDATE movement_lines SET quantity = 500 WHERE movement_id = 10",
        "A reversal is the opposite of one document, once",
        "movement 10",
    ),
    "a reversal names nothing": (
        "UPDATE movements SET reverses_id = NULL WHERE id = 10",
        "A reversal is the opposite of one document, once",
        "movement 10",
    ),
    "a reversal names what is not there": (
        "UPDATE movements SET reverses_id = 999 WHERE id = 10",
        "A reversal is the opposite of one document, once",
        "movement 10",
    ),
    "a line names no item": (
        "UPDATE movement_lines SET item_id = 999 WHERE id = 1",
        "What a row names is there",
        "movement_lines.item_id names 999",
    ),
    "an item's key is stale": (
        "UPDATE items SET sku_key = 'other' WHERE id = 4",
        "What is compared without case or accents follows its text",
        "item 4: sku_key",
    ),
    "a store's key is stale": (
        "UPDATE stores SET name_key = 'other' WHERE id = 2",
        "What is compared without case or accents follows its text",
        "store 2: name_key",
    ),
    "a user's key is stale": (
        "UPDATE users SET username_key = 'other' WHERE id = 2",
        "What is compared without case or accents follows its text",
        "user 2: username_key",
    ),
    "a path is stale": (
        "UPDATE categories SET path = 'Drinks' WHERE id = 2",
        "Categories' paths are the names above them",
        "category 2",
    ),
    "categories stand in a circle": (
        "UPDATE categories SET parent_id = 2 WHERE id = 1",
        "Categories' paths are the names above them",
        "category 1",
    ),
    "a barcode is lost": (
        "DELETE FROM barcodes WHERE item_id = 1",
        "Scanners find items by the barcodes they have",
        "item 1: 04006381333931 is not found",
    ),
    "a barcode is another's": (
        "UPDATE barcodes SET item_id = 3 WHERE item_id = 2",
        "Scanners find items by the barcodes they have",
        "item 3: =int-2 is not its own",
    ),
    "the search forgot an item": (
        "DELETE FROM item_search WHERE {search} = 6",
        "The search knows every item and nothing else",
        "item 6 is not found",
    ),
    "the search finds a ghost": (
        "DELETE FROM items WHERE id = 10",
        "The search knows every item and nothing else",
        "10 is found, which is no item",
    ),
}


@contextmanager
def behind_the_back(service):
    """A connection on which no trigger, no foreign key and, on SQLite, no check says a word."""
    with service.app.app_context():
        connection = db.engine.raw_connection()
        cursor = connection.cursor()
        if db.engine.dialect.name == "sqlite":
            triggers = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            before = ["PRAGMA foreign_keys=OFF", "PRAGMA ignore_check_constraints=ON"]
            before += [f"DROP TRIGGER {name}" for name, _ in triggers]
            after = ["PRAGMA foreign_keys=ON", "PRAGMA ignore_check_constraints=OFF", *(sql for _, sql in triggers)]
        else:
            before = ["SET session_replication_role = replica"]
            after = ["RESET session_replication_role"]
        for statement in before:
            cursor.execute(statement)
        yield cursor
        for statement in after:
            cursor.execute(statement)
        if db.engine.dialect.name != "sqlite":
            connection.driver_connection.commit()
        connection.close()


def findings(service):
    with service.app.app_context(), unit_of_work(db.session(), write=False) as session:
        checking.hold_still(session.connection())
        return {finding.title: finding for finding in checking.prove(session.connection())}


def test_a_shop_that_only_the_program_wrote_keeps_every_proof(fresh):
    found = findings(fresh)

    assert [finding for finding in found.values() if not finding.holds] == []
    assert found.keys() == checking.PROOFS.keys()


@pytest.mark.parametrize(("statement", "title", "offender"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_named(fresh, statement, title, offender):
    with behind_the_back(fresh) as cursor:
        cursor.execute(statement.format(search="rowid" if fresh_is_sqlite(fresh) else "item_id"))

    finding = findings(fresh)[title]

    assert not finding.holds
    assert any(offender in one for one in finding.offenders)


def fresh_is_sqlite(service):
    with service.app.app_context():
        return db.engine.dialect.name == "sqlite"


def test_a_document_that_is_reversed_twice_is_named(fresh):
    with behind_the_back(fresh) as cursor:
        cursor.execute("DROP INDEX uq_movements_reverses_id")
        cursor.execute("UPDATE movements SET kind = 'reversal', reverses_id = 9 WHERE id = 12")

    found = findings(fresh)["A reversal is the opposite of one document, once"]

    with behind_the_back(fresh) as cursor:
        cursor.execute("UPDATE movements SET kind = 'receipt', reverses_id = NULL WHERE id = 12")
        cursor.execute("CREATE UNIQUE INDEX uq_movements_reverses_id ON movements (reverses_id)")
    assert "movement 12" in found.offenders


def test_a_float_among_whole_numbers_is_named(fresh):
    if not fresh_is_sqlite(fresh):
        with behind_the_back(fresh) as cursor:
            cursor.execute("ALTER TABLE levels ALTER COLUMN value TYPE double precision")
    else:
        with behind_the_back(fresh) as cursor:
            cursor.execute("UPDATE levels SET value = value + 0.5 WHERE id = 1")

    finding = findings(fresh)["Numbers are kept as whole numbers"]

    if not fresh_is_sqlite(fresh):
        with behind_the_back(fresh) as cursor:
            cursor.execute("ALTER TABLE levels ALTER COLUMN value TYPE bigint")
    assert "levels.value" in finding.offenders[0]


def test_a_guard_that_is_gone_is_named(fresh):
    name = "levels_not_below_zero_insert" if fresh_is_sqlite(fresh) else "levels_not_below_zero"
    with fresh.app.app_context(), db.engine.connect() as connection:
        if fresh_is_sqlite(fresh):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql(f"ALTER TABLE levels DISABLE TRIGGER {name}")
        found = {finding.title: finding for finding in checking.prove(connection)}
        connection.rollback()

    assert found["The database guards the ledger itself"].offenders == (f"the trigger {name} is missing",)


def test_only_the_first_offenders_are_named(fresh):
    with behind_the_back(fresh) as cursor:
        cursor.execute("DELETE FROM barcodes")

    finding = findings(fresh)["Scanners find items by the barcodes they have"]

    assert (len(finding.offenders), finding.more) == (5, True)
