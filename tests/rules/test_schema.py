"""common/schema.py and the migrations: what they make is what the models say, and what the refusals name."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import PIPE, Popen

import examples
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from blanks import settings_of
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from common import schema
from common.database import db, open_engine, refusals
from common.errors import Refused
from models.search import is_ours

ROOT = Path(__file__).parents[2]
MIGRATE = """
import sys
from common.database import open_engine
from common.schema import migrate
engine = open_engine(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(migrate(engine), flush=True)
"""
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "mariadb": "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = database()",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture
def engine(every_engine):
    return every_engine


@pytest.fixture
def empty(every_blanks):
    """A database in which nothing is yet."""
    engine = open_engine(settings_of(every_blanks.places, every_blanks.places.create()).database_url)
    yield engine
    engine.dispose()


def named(engine):
    """Return the names of all constraints and indexes, by table."""
    inspector = inspect(engine)
    return {
        table: {
            inspector.get_pk_constraint(table)["name"],
            *(found["name"] for found in inspector.get_unique_constraints(table)),
            *(found["name"] for found in inspector.get_check_constraints(table)),
            *(found["name"] for found in inspector.get_foreign_keys(table)),
            *(found["name"] for found in inspector.get_indexes(table)),
        }
        for table in db.metadata.tables
    }


def test_the_migrations_make_what_the_models_say(engine):
    with engine.connect() as connection:
        options = {
            "compare_type": True,
            "compare_server_default": True,
            "include_name": lambda name, kind, _parents: not (kind == "table" and is_ours(name)),
        }
        difference = compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)

    # MariaDB says 0 of a default that is said to be false.
    assert [found for found in difference if engine.dialect.name != "mariadb" or found[0][0] != "modify_default"] == []


def test_every_constraint_of_the_models_is_in_the_database_under_its_name(engine):
    """The comparison above looks at no check and at no primary key."""
    found = named(engine)

    for table in db.metadata.tables.values():
        wanted = {str(constraint.name) for constraint in table.constraints} | {index.name for index in table.indexes}
        if engine.dialect.name == "sqlite" and table.dialect_options["sqlite"]["autoincrement"]:
            wanted.discard(str(table.primary_key.name))  # SQLAlchemy writes no name where ids are never given again
        if engine.dialect.name == "mariadb":
            wanted.discard(str(table.primary_key.name))  # its name is PRIMARY there
        assert wanted - found[table.name] == set()


def test_every_constraint_that_a_refusal_names_is_there(engine):
    names = set.union(*named(engine).values())

    if engine.dialect.name == "mariadb":  # where a primary key is PRIMARY, and known by its table
        names |= {f"pk_{table}" for table in db.metadata.tables}
    assert refusals.keys() - names == set()


def test_every_unique_key_that_people_could_meet_has_its_refusal():
    unique = {
        str(key.name)
        for table in db.metadata.tables.values()
        for key in (*table.constraints, *table.indexes)
        if getattr(key, "unique", None) or type(key).__name__ == "UniqueConstraint"
    }
    # Kept by the ledger, by the record and by chance: nobody can ask for one that is taken.
    never_met = {
        *("uq_levels_store_id_item_id", "uq_audit_seals_entry_id", "uq_sessions_reference_hash"),
        *(
            "uq_count_items_count_id_item_id",
            "uq_batch_levels_store_id_item_id_batch_id",
            "uq_batches_item_id_batch_key",
        ),
    }

    assert unique - refusals.keys() == never_met


def test_an_empty_database_is_brought_up_to_date_once(empty):
    with empty.connect() as connection:
        assert schema.current(connection) is None
        assert not schema.is_current(connection)

    assert [schema.migrate(empty), schema.migrate(empty)] == [True, False]

    with empty.connect() as connection:
        assert schema.current(connection) == schema.wanted()
        assert schema.is_current(connection)
        assert connection.scalars(text(TRIGGERS[empty.dialect.name])).all() != []


def test_there_is_one_line_of_steps():
    scripts = ScriptDirectory(str(schema.SCRIPTS))

    assert scripts.get_heads() == [schema.wanted()]
    assert scripts.get_bases() == ["0001"]
    assert [script.revision for script in scripts.walk_revisions()] == list(schema.steps())[::-1]


def test_a_step_that_is_cut_off_has_not_happened(empty, monkeypatch):
    """The last statement of the first step meets a table that is there already."""
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE item_search (id INTEGER)"))

    with pytest.raises(Exception, match="item_search") as caught:
        schema.migrate(empty)

    if empty.dialect.name == "mariadb":  # which undoes no change of a table, and is told so
        assert "Step 0001 failed half-way" in str(caught.value)
        return
    assert [name for name in inspect(empty).get_table_names() if name != "alembic_version"] == ["item_search"]
    with empty.connect() as connection:
        assert schema.current(connection) is None


def test_the_schema_of_a_newer_version_is_left_alone(engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        assert examples.refused(Refused, schema.migrate, engine) == []
        with engine.connect() as connection:
            assert schema.current(connection) == "9999"
            assert not schema.is_current(connection)
    finally:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :wanted"), {"wanted": schema.wanted()})


def test_a_row_that_names_what_is_not_there_is_refused_on_every_engine(engine):
    with engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(text("INSERT INTO barcodes (code_key, item_id) VALUES ('=x', 99)"))


def test_several_processes_may_bring_it_up_to_date_at_once(empty):
    """Each is its own process, for Alembic keeps what it is at in its modules; they start at one word."""
    url = empty.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", MIGRATE, url]
    twins = [Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True, encoding="utf-8") for _ in range(2)]
    try:
        assert [twin.stdout.readline() for twin in twins] == ["ready\n"] * 2
        for twin in twins:
            twin.stdin.write("go\n")
            twin.stdin.flush()
        answers = [twin.communicate(timeout=60)[0] for twin in twins]
    finally:
        for twin in twins:
            twin.kill()
            twin.communicate()

    assert [twin.returncode for twin in twins] == [0, 0], answers
    assert "True\n" in answers
    with empty.connect() as connection:
        assert schema.is_current(connection)
