"""The catalogue that everyone is measured on: invented, and the same wherever and whenever it is made.

One word stands in exactly 50 names (one page) and one in exactly three names of ten; both are spread over the whole
table. No other word begins with either. Names sort alike by bytes and without case, so that every service's page by
name is the same page.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

PAGE = 50
RARE = "quintrelle"
FREQUENT = "velmora"
CATEGORIES = 40
SESSION = "3f0a7c51b2e84d69"  # the session that FastAPI's user has
COLUMNS = (
    "id", "version", "created_at", "updated_at", "sku", "name", "description",
    "category_id", "unit", "price", "cost", "tax_rate", "archived_at",
)  # fmt: skip

_FIRST = datetime(2024, 1, 1, tzinfo=UTC)
_SORTS = (
    "Amber", "Basil", "Cedar", "Dusk", "Elder", "Fennel", "Garnet", "Hazel",
    "Ivory", "Juniper", "Kelp", "Larch", "Maple", "Nettle", "Olive", "Pearl",
)  # fmt: skip
_THINGS = (
    "Bowl", "Candle", "Drawer", "Easel", "Flask", "Grinder", "Hook", "Inkwell",
    "Jug", "Kettle", "Lantern", "Mug", "Napkin", "Opener", "Pan", "Rack",
)  # fmt: skip
_UNITS = ("each", "each", "each", "kg", "l", "m")
_TAXES = ("5.5", "10", "20")
_SCHEMA = """
CREATE TABLE items (
    id INTEGER PRIMARY KEY, version INTEGER NOT NULL, created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL,
    sku VARCHAR(64) NOT NULL UNIQUE, name VARCHAR(200) NOT NULL, description TEXT, category_id INTEGER,
    unit VARCHAR(8) NOT NULL, price DECIMAL(12, 4), cost DECIMAL(12, 4), tax_rate DECIMAL(7, 4), archived_at DATETIME
);
CREATE TABLE members (id INTEGER PRIMARY KEY, username VARCHAR(80) NOT NULL UNIQUE, active BOOLEAN NOT NULL);
CREATE TABLE member_sessions (
    key VARCHAR(64) PRIMARY KEY, member_id INTEGER NOT NULL REFERENCES members (id), expires_at DATETIME NOT NULL
);
"""


class Row(NamedTuple):
    """One item; money and rates as decimal text."""

    id: int
    created_at: datetime
    updated_at: datetime
    sku: str
    name: str
    description: str | None
    category_id: int
    unit: str
    price: str
    cost: str
    tax_rate: str


def rare_ids(rows: int) -> list[int]:
    """Return the ids whose names hold the rare word."""
    return list(range(rows // PAGE // 2, rows + 1, rows // PAGE))


def frequent_ids(rows: int) -> range:
    """Return the ids whose names hold the frequent word: more than enough for one page."""
    return range(1, min(rows, 1000) + 1)


def is_frequent(id_: int) -> bool:
    """Tell whether a name holds the frequent word: three of ten."""
    return id_ % 10 in {1, 4, 7}


def items(rows: int) -> Iterator[Row]:
    """Yield the rows, ids from 1 without a gap; `rows` is a multiple of 2,000."""
    if rows < 2000 or rows % 2000:
        raise ValueError("rows must be a multiple of 2,000")
    random, rare = Random(20261120).random, set(rare_ids(rows))  # noqa: S311 - invented data; only random() stays as it is
    for id_ in range(1, rows + 1):
        sort, thing = _SORTS[int(random() * 16)], _THINGS[int(random() * 16)]
        marks = [word.title() for word, has in ((FREQUENT, is_frequent(id_)), (RARE, id_ in rare)) if has]
        name = " ".join([sort, thing, *marks, str(int(random() * 9000) + 1000)])
        cents = int(random() * 20000) + 50
        created = _FIRST + timedelta(seconds=id_)
        yield Row(
            id_,
            created,
            created + timedelta(milliseconds=int(random() * 86_400_000)),
            f"{sort[0]}{thing[0]}-{id_:08d}",
            name,
            f"{name}, from the {thing.lower()} shelf of the {sort.lower()} range." if id_ % 2 else None,
            int(random() * CATEGORIES) + 1,
            _UNITS[id_ % 6],
            f"{cents / 100:.2f}",
            f"{cents * 0.6 / 100:.2f}",
            _TAXES[id_ % 3],
        )


def peers_file(folder: Path, rows: int) -> Path:
    """Return the SQLite file that all peers read, in WAL mode; made once, and again when this module changes."""
    mark = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    path = folder / f"peers-{rows}-{mark}.db"
    if path.exists():
        return path
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    connection = sqlite3.connect(part)
    try:
        _fill(connection, rows)
    finally:
        connection.close()
    for old in folder.glob(f"peers-{rows}-*.db*"):
        old.unlink()
    part.replace(path)
    return path


def ids_by_name(path: Path) -> list[int]:
    """Return the ids of the first page by name."""
    connection = sqlite3.connect(path)
    try:
        found = connection.execute("SELECT id FROM items ORDER BY name, id LIMIT ?", (PAGE,)).fetchall()
    finally:
        connection.close()
    return [id_ for (id_,) in found]


def _fill(connection: sqlite3.Connection, rows: int) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    connection.executescript(_SCHEMA)
    insert = f"INSERT INTO items ({', '.join(COLUMNS)}) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"
    connection.executemany(insert, (_plain(row) for row in items(rows)))
    connection.execute("CREATE INDEX ix_items_name_id ON items (name, id)")
    connection.execute("INSERT INTO members VALUES (1, 'bench', 1)")
    connection.execute("INSERT INTO member_sessions VALUES (?, 1, '2099-01-01 00:00:00.000000')", (SESSION,))
    connection.commit()
    connection.execute("ANALYZE")
    connection.execute("PRAGMA journal_mode=WAL")


def _plain(row: Row) -> tuple[object, ...]:
    """The form that SQLAlchemy and Django both keep: times as text in UTC, decimals as SQLite's numbers."""
    return (row.id, *(f"{moment:%Y-%m-%d %H:%M:%S.%f}" for moment in row[1:3]), *row[3:])
