"""Whatever byte of the record is changed in the file itself, `check` says so."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common import backup
from common.database import db, open_engine
from models import checking

SEED = 20_261_121
PROOFS = (checking.SOUND, "The record is one unbroken chain", "Every change is sealed")
FARTHEST = 300
TABLES = ("audit_entries", "audit_seals")
AROUND = 16  # bytes before a row's first text that are its cell's head
ROWS, FLIPS = 10, 1500


@pytest.fixture(scope="module")
def file(databases, template, tmp_path_factory):
    """The file of a shop that was closed, and what its audit rows say in their texts."""
    if databases.name != "sqlite":
        pytest.skip("a file of one's own is SQLite's")
    target = tmp_path_factory.mktemp("bytes") / "storekeeper.db"
    with template.copy() as service, service.app.app_context():
        backup.copy(db.engine, target)  # without free pages; the remains of a first leaf in its root stand before
        with db.engine.connect() as connection:
            entries = connection.execute(text("SELECT at, changes FROM audit_entries ORDER BY id")).all()
            seals = connection.scalars(text("SELECT hash FROM audit_seals ORDER BY position")).all()
    return target, entries, seals


def places(content, entries, seals):
    """Return every position of a byte that belongs to some of the audit rows."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    found: set[int] = set()
    rows = []
    for at, changes in entries:
        end = content.rfind(changes.encode())
        start = content.rfind(at.encode(), max(0, end - FARTHEST), max(0, end))
        if 0 < start < end:  # a long row stands in pieces
            rows.append(range(start - AROUND, end + len(changes.encode())))
    for row in chance.sample(rows, ROWS):
        found.update(row)
    for hash_ in chance.sample(seals, ROWS):
        start = content.rfind(hash_.encode())
        found.update(range(start - 5, start + len(hash_)))
    return sorted(chance.sample(sorted(found), min(FLIPS, len(found)))), chance


def holds(path):
    engine = open_engine(f"sqlite:///{path.as_posix()}")
    try:
        with engine.connect() as connection:
            return all(finding.holds for finding in checking.prove(connection, titles=PROOFS))
    except DBAPIError:
        return False
    finally:
        engine.dispose()


def read(path):
    """Return all that anybody can read of the record."""
    engine = open_engine(f"sqlite:///{path.as_posix()}")
    try:
        with engine.connect() as connection:
            return [connection.execute(text(f"SELECT * FROM {table} ORDER BY 1")).all() for table in TABLES]
    finally:
        engine.dispose()


def test_no_byte_of_an_audit_row_can_be_changed_unseen(file):
    path, entries, seals = file
    content = path.read_bytes()
    positions, chance = places(content, entries, seals)
    assert len(positions) > 1000
    assert holds(path)
    missed, whole = [], read(path)

    for position in positions:
        other = content[position] ^ chance.choice([1, 2, 4, 8, 16, 32, 64, 128])
        with path.open("r+b") as opened:
            opened.seek(position)
            opened.write(bytes([other]))
        # What SQLite itself never reads, such as where a row's head says that its id is kept elsewhere, says nothing.
        if holds(path) and read(path) != whole:
            missed.append((position, content[position], other))
        with path.open("r+b") as opened:
            opened.seek(position)
            opened.write(content[position : position + 1])

    assert missed == []
    assert holds(path)
