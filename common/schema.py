"""The schema: which one the database has, which one this version wants, and the way from one to the other.

Each step is one transaction with its version row, on SQLite too, so that a step that is cut off has not happened.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from common import errors

SCRIPTS = Path(__file__).resolve().parent.parent / "models" / "migrations"
logging.getLogger("alembic").setLevel(logging.WARNING)  # each look at the schema would be a line in the log
_LOCK = 7_305_001  # names this project's advisory lock on a PostgreSQL server


@cache
def wanted() -> str:
    """Return the revision that this version of the program was written for."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head() or ""


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions())


def current(connection: Connection) -> str | None:
    """Return the revision that the database has; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def is_current(connection: Connection) -> bool:
    """Tell whether the database is as this version wants it."""
    return current(connection) == wanted()


def refuse_unknown(connection: Connection) -> None:
    """Raise Refused where a newer version of the program made the schema."""
    found = current(connection)
    if found is not None and found not in _known():
        raise errors.Refused("The database was made by a newer version. Update the program; nothing was changed.")


def migrate(engine: Engine) -> bool:
    """Bring the schema up to date; return whether there was anything to do. Several processes may call it at once."""
    with engine.connect() as connection:
        refuse_unknown(connection)
        if is_current(connection):
            return False
    with _alone(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # a step may take longer than a request; the session keeps to it
            with connection.begin():
                connection.execute(text("SET statement_timeout = 0"))
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Let one process at a time migrate; on SQLite each step's own BEGIN IMMEDIATE does."""
    if engine.dialect.name != "postgresql":
        yield
        return
    # A connection of its own, outside any transaction: Alembic may leave one open, and an idle one is cut off.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as keeper:
        keeper.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        try:
            yield
        finally:
            keeper.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
