"""The schema: which one the database has, which one this version wants, and the way from one to the other.

Each step is one transaction with its version row, on SQLite too, so that a step that is cut off has not happened. On
MariaDB, which undoes no change of a table, it has happened in part: what is left is the dump that was taken before.

Alembic is imported where a step is taken. To look at what there is would do without it, and every command looks.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from common import errors, time_limits

SCRIPTS = Path(__file__).resolve().parent.parent / "models" / "migrations"
logging.getLogger("alembic").setLevel(logging.WARNING)  # each look at the schema would be a line in the log
_PATIENCE = 3600.0  # seconds for another process's steps
_LOCK = 7_305_001  # names this project's advisory lock on a PostgreSQL server


@cache
def wanted() -> str:
    """Return the revision that this version of the program was written for."""
    return steps()[-1]


def current(connection: Connection) -> str | None:
    """Return the revision that the database has; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def is_current(connection: Connection) -> bool:
    """Tell whether the database is as this version wants it."""
    return current(connection) == wanted()


def refuse_unknown(connection: Connection) -> None:
    """Raise Refused where a newer version of the program made the schema."""
    found = current(connection)
    if found is not None and found not in steps():
        raise errors.Refused("The database was made by a newer version. Update the program; nothing was changed.")


@cache
def steps() -> tuple[str, ...]:
    """Return the revisions in their order. Each is what the name of its file begins with."""
    return tuple(sorted(path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("*.py")))


def migrate(engine: Engine, *, to: str = "head") -> bool:
    """Bring the schema up to date; return whether there was anything to do. Several processes may call it at once."""
    with engine.connect() as connection:
        refuse_unknown(connection)
        if is_current(connection):
            return False
    with _alone(engine), engine.connect() as connection, _as_one(connection):
        if engine.dialect.name != "sqlite":  # a step may take longer than a request
            with connection.begin():
                time_limits.extend(connection)
        config = import_module("alembic.config").Config()
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        config.attributes["connection"] = connection
        try:
            import_module("alembic.command").upgrade(config, to)
        except DBAPIError as error:
            if engine.dialect.name != "mariadb":
                raise
            raise errors.Refused(_half_done(engine, error)) from error
    return True


def unmake(engine: Engine) -> None:
    """Take all tables out of a server's database that has no others than this program's."""
    names = inspect(engine).get_table_names()
    with engine.begin() as connection:
        if engine.dialect.name == "mariadb":
            connection.execute(text("SET SESSION foreign_key_checks = 0"))
        for name in names:
            connection.execute(text(f'DROP TABLE "{name}" CASCADE'))
        if engine.dialect.name == "mariadb":
            connection.execute(text("SET SESSION foreign_key_checks = 1"))
        else:
            connection.execute(text("DROP FUNCTION IF EXISTS refuse_change(), refuse_below_zero()"))


def _half_done(engine: Engine, error: DBAPIError) -> str:
    """Return in words where a step left a database that undoes no change of a table."""
    with engine.connect() as connection:
        found = current(connection)
    known = steps()
    step = known[known.index(found) + 1] if found else known[0]
    way = "Restore the dump that was taken before" if found else "Empty the database"
    return (
        f"Step {step} failed half-way: {error.orig}. MariaDB cannot undo what the step had done by then, so the schema "
        f"stands between {found or 'nothing'} and {step}. {way}, put right what is said here, and migrate again."
    )


def _as_one(connection: Connection) -> AbstractContextManager[object]:
    """Take all steps in one transaction on SQLite: between two of its own, another process could take the next one."""
    return connection.begin() if connection.dialect.name == "sqlite" else nullcontext()


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Let one process at a time migrate; on SQLite `_as_one` does."""
    if engine.dialect.name == "sqlite":
        yield
        return
    # A connection of its own, outside any transaction: Alembic may leave one open, and an idle one is cut off.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as keeper:
        if engine.dialect.name == "mariadb":
            with import_module("common.mariadb").locked(keeper, "migrate", seconds=_PATIENCE):
                yield
            return
        keeper.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        try:
            yield
        finally:
            keeper.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
