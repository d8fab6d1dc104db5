"""SQLite's own ways: how its file is made, how a connection is set up, how a transaction begins.

What fails here raises the driver's errors; common/database.py, which alone knows the driver, passes them on.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

BUSY_SECONDS = 5.0
_PAUSE = 0.01  # seconds until what SQLite would not wait for is asked for again
_PRAGMAS = (
    f"busy_timeout={BUSY_SECONDS * 1000:.0f}",
    "journal_mode=WAL",
    "synchronous=FULL",  # a power cut loses nothing that was answered
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "cache_size=-16000",
    "temp_store=MEMORY",
)


def make_private(path: str | None) -> None:
    """Make the file for its owner alone; SQLite itself would let everybody read it, and its log is made alike."""
    if path and not path.startswith((":", "file:")):
        with suppress(OSError):  # it is there, or SQLite will say what is wrong
            Path(path).touch(0o600, exist_ok=False)


def prepare(connection: Any) -> None:
    """Set a new connection up."""
    connection.isolation_level = None  # the driver's own BEGIN comes too late and loses updates
    for pragma in _PRAGMAS:
        _set(connection, pragma, time.monotonic() + BUSY_SECONDS)


def _set(connection: Any, pragma: str, until: float) -> None:
    """Set it, again where another process is setting up the same new file.

    SQLite does not wait for a lock that two connections want to turn from a reader's into a writer's, since
    neither would give way; it tells one of them at once that it is busy, whatever the busy timeout. That one
    has let go of everything by then, so that asking again is safe.
    """
    while True:
        try:
            connection.execute(f"PRAGMA {pragma}").close()
        except connection.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
        else:
            return


def begin(connection: Any, *, write: bool, seconds: float) -> None:
    """Begin a transaction; a writing one waits for the lock, for `seconds` or BUSY_SECONDS, whichever is less."""
    if not write or seconds >= BUSY_SECONDS:
        connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        return
    connection.execute(f"PRAGMA busy_timeout={seconds * 1000:.0f}")
    try:
        connection.execute("BEGIN IMMEDIATE")
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000:.0f}")
