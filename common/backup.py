"""Copies of the embedded database: consistent, verified, never of the file alone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, text

from common import clock, errors
from common.database import open_engine


def before_migration(engine: Engine, folder: Path, revision: str) -> Path:
    """Copy the database before its schema changes; return where the copy is."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = clock.wire(clock.now()).replace(":", "").replace(".", "")
    target = folder / f"before-migration-{revision}-{stamp}.db"
    copy(engine, target)
    return target


def copy(engine: Engine, target: Path) -> None:
    """Write a verified copy of a SQLite database that may be in use; raises Refused where it does not check."""
    partial = target.with_name(f"{target.name}.part")
    partial.unlink(missing_ok=True)
    partial.touch(0o600)  # as private as what it is a copy of
    # Past SQLAlchemy, whose every connection here begins a transaction: within one SQLite copies nothing.
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM INTO ?", (str(partial),))
    verify(partial)
    partial.replace(target)


def verify(path: Path) -> None:
    """Raise Refused unless the file is a sound SQLite database."""
    engine = open_engine(f"sqlite:///{path.as_posix()}")
    try:
        with engine.connect() as connection:
            found = connection.execute(text("PRAGMA integrity_check")).scalar()
    finally:
        engine.dispose()
    if found != "ok":
        raise errors.Refused(f"The copy {path.name} is damaged.")
