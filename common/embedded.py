"""SQLite's own ways: how its file is made, how a connection is set up, how a transaction begins.

What fails here raises the driver's errors; common/database.py, which alone knows the driver, passes them on.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

BUSY_SECONDS = 5.0
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # a power cut loses nothing that was answered
    "foreign_keys=ON",
    f"busy_timeout={BUSY_SECONDS * 1000:.0f}",
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
        connection.execute(f"PRAGMA {pragma}")


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
