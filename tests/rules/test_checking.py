"""Each proof of `check`, on a database damaged behind the program's back in just the way that it is there for."""

from __future__ import annotations

import time

import pytest
from behind import behind_the_back, damage, dialect_of, findings, fresh_is_sqlite
from damages import DAMAGE
from damages_of_counts import OF_COUNTS
from damages_of_transfers import OF_TRANSFERS
from damages_of_variants import OF_VARIANTS

from common.database import db
from models import checking

DAMAGES = DAMAGE | OF_COUNTS | OF_TRANSFERS | OF_VARIANTS


def test_a_shop_that_only_the_program_wrote_keeps_every_proof(fresh):
    found = findings(fresh)

    assert [finding for finding in found.values() if not finding.holds] == []
    assert [*found] == [*checking.PROOFS, checking.ANCHORED]


def test_what_was_counted_before_it_ever_moved_is_no_damage(fresh):
    """Counting opens the level, so that it is there before its first line."""
    item = fresh.made("items", {"sku": "NEVER", "name": "Never moved"})["id"]
    count = fresh.made("counts", {"store_id": 1})["id"]
    fresh.made(f"counts/{count}/tallies", {"item_id": item, "quantity": 3})
    time.sleep(0.002)
    fresh.made(f"counts/{count}/approval", {})

    assert [finding for finding in findings(fresh).values() if not finding.holds] == []


@pytest.mark.parametrize(
    ("statement", "title", "offender"),
    DAMAGES.values(),
    ids=DAMAGES,
)
def test_damage_is_named(fresh, statement, title, offender):
    damage(fresh, statement)

    finding = findings(fresh)[title]

    assert not finding.holds
    assert any(offender in one for one in finding.offenders)


def test_a_document_that_is_reversed_twice_is_named(fresh):
    with behind_the_back(fresh) as cursor:
        of = " ON movements" if dialect_of(fresh) == "mariadb" else ""
        cursor.execute(f"DROP INDEX uq_movements_reverses_id{of}")
        cursor.execute("UPDATE movements SET kind = 'reversal', reverses_id = 9 WHERE id = 12")

    found = findings(fresh)["A reversal is the opposite of one document, once"]

    with behind_the_back(fresh) as cursor:
        cursor.execute("UPDATE movements SET kind = 'receipt', reverses_id = NULL WHERE id = 12")
        cursor.execute("CREATE UNIQUE INDEX uq_movements_reverses_id ON movements (reverses_id)")
    assert "movement 12" in found.offenders


OF_VALUE = {
    "postgresql": "ALTER TABLE levels ALTER COLUMN value TYPE {}",
    "mariadb": "ALTER TABLE levels MODIFY value {} NOT NULL",
}


def test_a_float_among_whole_numbers_is_named(fresh):
    if not fresh_is_sqlite(fresh):
        with behind_the_back(fresh) as cursor:
            cursor.execute(OF_VALUE[dialect_of(fresh)].format("double precision"))
    else:
        with behind_the_back(fresh) as cursor:
            cursor.execute("UPDATE levels SET value = value + 0.5 WHERE id = 1")

    finding = findings(fresh)["Numbers are kept as whole numbers"]

    if not fresh_is_sqlite(fresh):
        with behind_the_back(fresh) as cursor:
            cursor.execute(OF_VALUE[dialect_of(fresh)].format("bigint"))
    assert "levels.value" in finding.offenders[0]


def test_a_guard_that_is_gone_is_named(fresh):
    name = "levels_not_below_zero" + ("_insert" if dialect_of(fresh) != "postgresql" else "")
    back = ""
    with fresh.app.app_context(), db.engine.connect() as connection:
        if dialect_of(fresh) == "postgresql":
            connection.exec_driver_sql(f"ALTER TABLE levels DISABLE TRIGGER {name}")
        else:
            back = (
                connection.exec_driver_sql(f"SHOW CREATE TRIGGER {name}").one()[2] if not fresh_is_sqlite(fresh) else ""
            )
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        found = {finding.title: finding for finding in checking.prove(connection)}
        connection.rollback()
        if back:  # what MariaDB drops no rollback brings back
            connection.exec_driver_sql(back)

    assert found["The database guards the ledger itself"].offenders == (f"the trigger {name} is missing",)


def test_only_the_first_offenders_are_named(fresh):
    with behind_the_back(fresh) as cursor:
        cursor.execute("DELETE FROM barcodes")

    finding = findings(fresh)["Scanners find items by the barcodes they have"]

    assert (len(finding.offenders), finding.more) == (5, True)
