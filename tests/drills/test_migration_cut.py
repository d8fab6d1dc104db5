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


def _migrated(engine):
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert schema.migrate(engine)
    return len(statements), _described(engine)


def test_a_migration_that_fails_at_any_statement_is_done_whole_or_not_at_all(new, tell):
    count, whole = _migrated(new())
    engine, seen = new(), 0
    left = [_described(engine)]
    for number in range(1, count + 1):
        seen = _fails_at(engine, number)
        left.append(_described(engine))
    assert seen == count

    # PostgreSQL's lock is given back when all is done: to fail there changes nothing.
    undone = left.count(left[0])
    assert undone >= count
    assert left[undone:] in ([], [whole])
    schema.migrate(engine)
    assert _described(engine) == whole
    assert not schema.migrate(engine)
    tell(f"{count} statements")


def _fails_at(engine, number):
    count = 0

    def fail(*_):
        nonlocal count
        count += 1
        if count == number:
            raise Injected

    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(Injected):
        schema.migrate(engine)
    event.remove(engine, "before_cursor_execute", fail)
    return count


@pytest.mark.slow
def test_a_migration_that_is_killed_is_done_by_the_next_start(new):
    count, whole = _migrated(new())
    for number in [0, *range(1, count, -(-count // KILLS))]:
        engine = new()
        before = _described(engine)
        url = engine.url.render_as_string(hide_password=False)

        died = subprocess.run([sys.executable, str(SCRIPT), url, str(number)], timeout=60, check=False)

        assert died.returncode == DIED
        assert _described(engine) == before
        assert schema.migrate(engine)
        assert _described(engine) == whole


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
