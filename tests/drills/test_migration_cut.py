from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cut_migration import DIED
from sqlalchemy import event, text

from common import schema
from common.database import WRITE, open_engine
from common.settings import Settings

SCRIPT = Path(__file__).parent / "cut_migration.py"
KILLS = 8
DESCRIBED = {
    "sqlite": "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name",
    "postgresql": """
        SELECT 'column', table_name, column_name, data_type || coalesce(character_maximum_length::text, '')
          || is_nullable || coalesce(column_default, '') FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
          WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
          WHERE NOT tgisinternal
        UNION ALL SELECT 'function', '', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        ORDER BY 1, 2, 3, 4""",
    "mariadb": """
        SELECT 'column', table_name, column_name, column_type FROM information_schema.columns
          WHERE table_schema = database()
        UNION ALL SELECT 'trigger', event_object_table, trigger_name, action_statement FROM information_schema.triggers
          WHERE trigger_schema = database() ORDER BY 1, 2, 3, 4""",
}


class Injected(Exception):
    """What no driver raises."""


@pytest.fixture
def new(databases):
    """Open new, empty databases; they are closed at the end."""
    opened = []

    def make():
        opened.append(open_engine(Settings(**databases.settings(databases.create())).database_url))
        return opened[-1]

    yield make
    for engine in opened:
        engine.dispose()


def _described(engine):
    with engine.connect().execution_options(**{WRITE: False}) as connection:
        return [tuple(row) for row in connection.execute(text(DESCRIBED[engine.dialect.name]))]


@pytest.fixture
def stages(new, databases):
    """What a database looks like before any step, after the first, … after the last; and the statements of all."""
    if databases.name == "mariadb":
        pytest.skip("MariaDB undoes no change of a table: there the way back is a dump, see docs/engines.md")
    engine, whole, statements = new(), new(), []
    described = [_described(engine)]
    for step in schema.steps():
        schema.migrate(engine, to=step)
        described.append(_described(engine))
    event.listen(whole, "before_cursor_execute", lambda *given: statements.append(given[2]))
    schema.migrate(whole)
    assert described[-1] == _described(whole)
    return described, len(statements)


def test_a_step_that_fails_at_any_statement_is_done_whole_or_not_at_all(new, stages, tell):
    described, _ = stages
    engine, number, failures = new(), 1, 0
    before = described[0]

    while _fails_at(engine, number):
        failures += 1
        after = _described(engine)
        assert described.index(after) >= described.index(before)
        number, before = number + 1 if after == before else 1, after

    assert failures > len(described)
    assert _described(engine) == described[-1]
    assert not schema.migrate(engine)
    tell(f"{failures} failures in {len(schema.steps())} steps")


def _fails_at(engine, number):
    """Tell whether a migration came so far as to fail there."""
    count = 0

    def fail(*_):
        nonlocal count
        count += 1
        if count == number:
            raise Injected

    event.listen(engine, "before_cursor_execute", fail)
    try:
        schema.migrate(engine)
    except Injected:
        return True
    finally:
        event.remove(engine, "before_cursor_execute", fail)
    return False


@pytest.mark.slow
def test_a_migration_that_is_killed_is_done_by_the_next_start(new, stages):
    described, count = stages
    for number in [0, *range(1, count, -(-count // KILLS))]:
        engine = new()
        url = engine.url.render_as_string(hide_password=False)

        died = subprocess.run([sys.executable, str(SCRIPT), url, str(number)], timeout=60, check=False)

        assert died.returncode == DIED
        assert _described(engine) in described[:-1]
        assert schema.migrate(engine)
        assert _described(engine) == described[-1]


def test_a_mariadb_is_changed_only_when_somebody_says_that_there_is_a_dump_and_tells_where_it_failed(copies, tmp_path):
    place = copies(tmp_path / "data")
    if place.is_sqlite or place.url.get_backend_name() != "mariadb":
        pytest.skip("the other engines undo half a step themselves")
    last, before = schema.steps()[-1], schema.steps()[-2]
    engine = open_engine(place.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})
    described = _described(engine)

    unsaid, said = place.run("migrate"), place.run("migrate", "--backed-up")

    assert (unsaid.returncode, unsaid.stdout, len(unsaid.stderr.splitlines())) == (1, "", 1)
    assert "--backed-up" in unsaid.stderr
    assert (said.returncode, said.stdout, len(said.stderr.splitlines())) == (1, "", 1)
    assert f"Step {last} failed half-way" in said.stderr
    assert "Restore the dump" in said.stderr
    assert _described(engine) == described
    engine.dispose()


def test_the_second_migration_does_nothing_and_says_so(place):
    again = place.run("migrate")

    assert (again.returncode, again.stdout.strip()) == (0, "The schema is up to date already.")


@pytest.mark.parametrize("command", ["serve", "migrate", "check"])
def test_a_database_of_a_newer_version_is_left_alone(command, place):
    engine = open_engine(place.url or f"sqlite:///{place.file.as_posix()}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = _described(engine)

    refused = place.run(command)

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert len(refused.stderr.splitlines()) == 1
    assert "newer version" in refused.stderr
    assert _described(engine) == before
    engine.dispose()
