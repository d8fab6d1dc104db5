"""A ledger of millions of lines, made by the database itself in a few statements; see past.py."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import data
from fill import BATCH, _columns, _item
from sqlalchemy import Connection, Engine, create_engine, insert, text
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex, DropIndex

from common import clock
from models import search
from models.item import Item
from models.movement import MovementLine
from models.store import Store

STORES, ITEMS, LINES_OF_DOCUMENT = 4, 40_000, 5
CHUNK = 1_000_000
FIRST = datetime(2023, 11, 1, tzinfo=UTC)
LAST = datetime(2026, 11, 1, tzinfo=UTC)
_IN_BULK = {
    "sqlite": [
        f"PRAGMA {p}" for p in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-1000000", "temp_store=FILE")
    ],
    "postgresql": ["SET session_replication_role = replica", "SET work_mem = '512MB'"],
}
_DRAFTS = "CREATE TEMPORARY TABLE draft (id INTEGER PRIMARY KEY, movement_id BIGINT, store_id BIGINT, item_id BIGINT)"
# Golden-ratio steps spread evenly, squared they make few items move much; later lines know more items.
_DRAFT = """
WITH RECURSIVE n (i) AS (SELECT CAST(:first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < :last)
INSERT INTO draft (id, movement_id, store_id, item_id)
SELECT i, m, 1 + ((m * 2246822519) % 4294967296) * :stores / 4294967296,
    1 + (((x * x / 65536) * (:items / 5 + :items * 4 / 5 * i / :lines) / 65536) * 7919) % :items
FROM (SELECT i, 1 + (i - 1) / :per AS m, ((i * 2654435761) % 4294967296) / 65536 AS x FROM n) hashed
"""
_MOVEMENTS = """
INSERT INTO movements (id, kind, store_id, reason, occurred_at, recorded_at)
SELECT movement_id, 'adjustment', min(store_id), 'bench', {moment}, {moment} FROM draft
WHERE movement_id BETWEEN :first AND :last GROUP BY movement_id
"""
# Twenty come and go again in five steps; now and then a piece is on its way and comes.
_LINES = """
INSERT INTO movement_lines (id, movement_id, position, place, store_id, item_id, quantity, value, unit_cost,
    on_hand_after, value_after, recorded_at)
SELECT id, movement_id, (id - 1) % :per, place, store_id, item_id, quantity, quantity * cost, cost,
    sum(quantity) OVER stands, cost * sum(quantity) OVER stands, :begin + movement_id * :step
FROM (
    SELECT *, 10000 + item_id % 500 * 100 AS cost,
        CASE WHEN k % 20 IN (10, 11) THEN 'in_transit' ELSE 'on_hand' END AS place,
        1000 * CASE WHEN k % 20 = 10 THEN 2 WHEN k % 20 = 11 THEN -2 WHEN k % 6 = 1 THEN 20 ELSE -2 - k % 3 END
            AS quantity
    FROM (SELECT *, row_number() OVER (PARTITION BY store_id, item_id ORDER BY id) AS k FROM draft) counted
) told
WINDOW stands AS (PARTITION BY store_id, item_id, place ORDER BY id) ORDER BY id
"""
_LEVELS = """
INSERT INTO levels (store_id, item_id, on_hand, in_transit, value, transit_value, created_at, updated_at)
SELECT store_id, item_id,
    sum(CASE WHEN place = 'on_hand' THEN quantity ELSE 0 END),
    sum(CASE WHEN place = 'in_transit' THEN quantity ELSE 0 END),
    sum(CASE WHEN place = 'on_hand' THEN value ELSE 0 END),
    sum(CASE WHEN place = 'in_transit' THEN value ELSE 0 END),
    min(recorded_at), {moment} FROM movement_lines GROUP BY store_id, item_id ORDER BY min(id)
"""
_LISTINGS = """
INSERT INTO listings (store_id, item_id, reorder_point, version, created_at, updated_at)
SELECT store_id, item_id, 30000, 1, updated_at, updated_at FROM levels WHERE item_id % 10 = 3
"""
_MOMENT = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%fZ', ({0}) / 1000.0, 'unixepoch')",
    "postgresql": "to_timestamp(({0}) / 1000.0)",
}


def make(engine: Engine, lines: int) -> None:
    """Fill a migrated database, in which nobody else is."""
    with engine.begin() as connection:
        _catalogue(connection)
    bulk = create_engine(engine.url, isolation_level="AUTOCOMMIT")  # without what makes the service's own safe
    with bulk.connect() as connection:
        for setting in _IN_BULK[bulk.dialect.name]:
            connection.exec_driver_sql(setting)
        _fill(connection, lines)
    bulk.dispose()


def _catalogue(connection: Connection) -> None:
    with Session(connection) as session:
        for number in range(1, STORES + 1):
            Store.create(session, code=f"S{number}", name=f"Shop {number}", timezone="UTC")
            session.flush()
    source = data.items(ITEMS)
    while batch := [_item(row) for row in islice(source, BATCH)]:
        connection.execute(insert(Item), [_columns(item) | {"category_id": None} for item in batch])
        search.index(connection, [(item.id, item.search_text) for item in batch])


def _fill(connection: Connection, lines: int) -> None:
    documents = -(-lines // LINES_OF_DOCUMENT)
    step = (LAST - FIRST) // timedelta(milliseconds=1) // documents
    begin, moment = clock.to_milliseconds(FIRST), _MOMENT[connection.dialect.name]
    connection.execute(text(_DRAFTS))
    known = {"stores": STORES, "items": ITEMS, "lines": lines, "per": LINES_OF_DOCUMENT}
    for first in _told("drafts", range(1, lines + 1, CHUNK)):
        connection.execute(text(_DRAFT), known | {"first": first, "last": min(first + CHUNK - 1, lines)})
    indexes = [*MovementLine.__table__.indexes]
    for index in indexes:
        connection.execute(DropIndex(index))
    of_document = moment.format(f"{begin} + movement_id * {step}")
    connection.execute(text(_MOVEMENTS.format(moment=of_document)), {"first": 1, "last": documents})
    for _ in _told("lines", [0]):
        connection.execute(text(_LINES), {"per": LINES_OF_DOCUMENT, "begin": begin, "step": step})
    for index in _told("indexes", indexes):
        connection.execute(CreateIndex(index))
    connection.execute(text(_LEVELS.format(moment=moment.format("max(recorded_at)"))))
    connection.execute(text(_LISTINGS))
    connection.execute(text("DROP TABLE draft"))
    if connection.dialect.name != "sqlite":
        connection.execute(text("VACUUM ANALYZE"))


def _told(what: str, steps: Iterable[Any]) -> Iterator[Any]:
    began = time.monotonic()
    for step in steps:
        yield step
        print(f"{what}: {time.monotonic() - began:,.0f} s", flush=True)
