"""Migrate and die at a statement: `python cut_migration.py URL NUMBER`; 0 dies as the last step is committed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sqlalchemy import event

import models  # noqa: F401 - as the service has them
from common import schema
from common.database import open_engine

DIED = 77


def die_at(engine, number):
    """Leave without a word or a farewell to the database, as a killed process does."""
    count = 0

    def before(*_):
        nonlocal count
        count += 1
        if count == number:
            os._exit(DIED)

    if number:
        event.listen(engine, "before_cursor_execute", before)
    else:
        event.listen(engine, "commit", lambda _connection: os._exit(DIED))


if __name__ == "__main__":
    opened = open_engine(sys.argv[1])
    with opened.connect() as connection:
        schema.refuse_unknown(connection)
    die_at(opened, int(sys.argv[2]))
    schema.migrate(opened)
