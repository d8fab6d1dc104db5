"""Whether the embedded database's file is sound, asked before anybody is served from it."""

from __future__ import annotations

import logging
import time
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from common import errors
from common.database import WRITE

logger = logging.getLogger("storekeeper.database")

CHECK_SECONDS = 3.0
_STEPS = 200000  # of SQLite's machine between two looks at the clock
_INTERRUPTED = 9
_DAMAGED = {11, 26}  # malformed, not a database
_NO_TEXT = "Could not decode to UTF-8"  # the driver's own words, without a code: SQLite does not look into a text


def refuse_damaged(engine: Engine, *, seconds: float = CHECK_SECONDS) -> None:
    """Raise Refused where the file is damaged, as far as `seconds` let it be read.

    Three seconds are 600 MB and more; a shop that opens cannot wait longer. Every backup is checked whole.
    """
    if engine.dialect.name != "sqlite":
        return
    try:
        with engine.connect().execution_options(**{WRITE: False}) as connection:
            found = _look(connection, time.monotonic() + seconds)
    except DBAPIError as error:
        if _code(error) == _INTERRUPTED:
            logger.warning(
                "the database is too large to be checked whole in %g s; what was looked at is sound", seconds
            )
            return
        found = damage(error)
        if not found:
            raise
    if found != "ok":
        raise errors.Refused(f"The database {engine.url.database} is damaged. Restore a backup; nothing was changed.")


def damage(error: DBAPIError) -> str:
    """Return what is wrong with the embedded database's file in SQLite's words; nothing where it is something else."""
    words = str(error.orig)
    if words.startswith(_NO_TEXT):
        return "a text is no UTF-8"
    return words if _code(error) in _DAMAGED else ""


def _code(error: DBAPIError) -> int:
    return int(getattr(error.orig, "sqlite_errorcode", 0)) & 0xFF


def _look(connection: Connection, until: float) -> str:
    driver: Any = connection.connection.dbapi_connection
    driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    try:
        return str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    finally:
        driver.set_progress_handler(None, 0)
