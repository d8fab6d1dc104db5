"""Proofs that the database says what the models promise, asked of the database itself.

Each proof yields its offenders, one by one and in few words; none means that it holds. A proof asks in one statement or
in batches, so that memory does not grow with the ledger. They are to run in one reading transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, text
from sqlalchemy.types import TypeDecorator

from common.database import db
from models import checking_texts
from models.movement import SIGNS

FIRST = 5
_OUTGOING = ", ".join(f"'{kind}'" for kind, sign in SIGNS.items() if sign < 0)
_INCOMING = "'receipt', 'return', 'arrival'"
_WITNESSES = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        {f"{table}_append_only_{event}" for table in ("movements", "movement_lines") for event in ("update", "delete")}
        | {f"levels_not_below_zero_{event}" for event in ("insert", "update")},
    ),
    "postgresql": (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
        {f"{table}_{rule}" for table in ("movements", "movement_lines") for rule in ("append_only", "not_emptied")}
        | {"levels_not_below_zero"},
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a proof found: its first offenders, and whether there are more."""

    title: str
    offenders: tuple[str, ...]
    more: bool

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.offenders


Proof = Callable[[Connection], Iterator[str]]


def hold_still(connection: Connection) -> None:
    """Let all proofs see one moment, however long they take; to be the first thing that a transaction does."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))


def prove(connection: Connection) -> Iterator[Finding]:
    """Run every proof in turn."""
    for title, proof in PROOFS.items():
        found = tuple(islice(proof(connection), FIRST + 1))
        yield Finding(title, found[:FIRST], len(found) > FIRST)


def _asks(query: str, sentence: str) -> Proof:
    """Return the proof whose offenders are a query's rows, each told by a sentence over its columns."""

    def proof(connection: Connection) -> Iterator[str]:
        with connection.execute(text(query), execution_options=checking_texts.STREAMED) as rows:
            for row in rows.mappings():
                yield sentence.format(**row)

    return proof


def _sound(connection: Connection) -> Iterator[str]:
    """SQLite's own look at its pages and indexes; a server looks after its files itself."""
    if connection.dialect.name == "sqlite":
        for (line,) in connection.execute(text("PRAGMA integrity_check(6)")):
            if line != "ok":
                yield line


def _references(connection: Connection) -> Iterator[str]:
    for table in db.metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            child, parent = key.parent.name, key.column.table.name
            query = (
                f'SELECT a."{child}" AS id FROM "{table.name}" a LEFT JOIN "{parent}" b ON b.id = a."{child}" '  # noqa: S608 - names from the models
                f'WHERE a."{child}" IS NOT NULL AND b.id IS NULL'
            )
            for (missing,) in connection.execute(text(query)):
                yield f"{table.name}.{child} names {missing}, which is not in {parent}"


def _exact(connection: Connection) -> Iterator[str]:
    """SQLite keeps whatever it is given: a float in a column of whole numbers would stay one."""
    if connection.dialect.name != "sqlite":
        columns = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        inexact = " AND data_type IN ('real', 'double precision', 'numeric', 'money')"
        yield from _asks(columns + inexact, "{table_name}.{column_name} is no column of whole numbers")(connection)
        return
    for table in db.metadata.sorted_tables:
        cases = " ".join(f"""WHEN typeof("{c.name}") NOT IN ({_kept(c)}) THEN '{c.name}'""" for c in table.columns)
        query = f'SELECT rowid AS place, CASE {cases} END AS wrong FROM "{table.name}" WHERE wrong IS NOT NULL'  # noqa: S608 - names from the models
        yield from _asks(query, f"{table.name}.{{wrong}} of {{place}} is kept as another type")(connection)


def _kept(column: Column[Any]) -> str:
    type_ = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    whole = isinstance(type_, Integer | Boolean)
    return "'integer', 'null'" if whole else "'text', 'blob', 'null'"


def _witnesses(connection: Connection) -> Iterator[str]:
    query, wanted = _WITNESSES[connection.dialect.name]
    yield from (f"the trigger {name} is missing" for name in sorted(wanted - set(connection.scalars(text(query)))))


_SUMS = """
    SELECT store_id, item_id,
        sum(CASE WHEN place = 'on_hand' THEN quantity ELSE 0 END) AS on_hand,
        sum(CASE WHEN place = 'on_hand' THEN value ELSE 0 END) AS value,
        sum(CASE WHEN place = 'in_transit' THEN quantity ELSE 0 END) AS in_transit,
        sum(CASE WHEN place = 'in_transit' THEN value ELSE 0 END) AS transit_value
    FROM movement_lines GROUP BY item_id, store_id
"""
_LEVELS = f"""
    SELECT a.store_id, a.item_id FROM levels a
    LEFT JOIN ({_SUMS}) b ON a.store_id = b.store_id AND a.item_id = b.item_id
    WHERE a.on_hand <> coalesce(b.on_hand, 0) OR a.value <> coalesce(b.value, 0)
        OR a.in_transit <> coalesce(b.in_transit, 0) OR a.transit_value <> coalesce(b.transit_value, 0)
    UNION ALL SELECT * FROM (
        SELECT store_id, item_id FROM movement_lines EXCEPT SELECT store_id, item_id FROM levels) lost
"""  # noqa: S608 - a constant
_CHAIN = """
    SELECT id, store_id, item_id FROM (
        SELECT id, store_id, item_id, on_hand_after, CASE place
            WHEN 'on_hand' THEN sum(CASE WHEN place = 'on_hand' THEN quantity ELSE 0 END) OVER ledger
            ELSE sum(CASE WHEN place = 'in_transit' THEN quantity ELSE 0 END) OVER ledger END AS stands
        FROM movement_lines WINDOW ledger AS (PARTITION BY item_id, store_id ORDER BY id)
    ) steps WHERE on_hand_after <> stands
"""
_BELOW = """
    SELECT a.store_id, a.item_id FROM levels a JOIN stores s ON s.id = a.store_id
    WHERE a.in_transit < 0 OR (a.on_hand < 0 AND NOT s.allow_negative_stock)
"""
_WORTH = """
    SELECT store_id, item_id FROM levels
    WHERE (on_hand = 0 AND value <> 0) OR (in_transit = 0 AND transit_value <> 0)
        OR (on_hand > 0 AND value < 0) OR (on_hand < 0 AND value > 0) OR (in_transit > 0 AND transit_value < 0)
"""
_SIGNS = f"""
    SELECT m.id, m.kind FROM movements m LEFT JOIN movement_lines l ON l.movement_id = m.id AND l.place = 'on_hand'
    WHERE l.id IS NULL OR (m.kind IN ({_OUTGOING}) AND l.quantity > 0) OR (m.kind IN ({_INCOMING}) AND l.quantity < 0)
        OR (m.kind <> 'reversal' AND l.store_id <> m.store_id) ORDER BY m.id
"""  # noqa: S608 - a constant
# Where the destination of an arrival stood below zero, what comes revalues the debt (models/plan.py, 6).
_TRANSFERS = """
    SELECT DISTINCT m.id, m.kind FROM movements m JOIN movement_lines l ON l.movement_id = m.id
    WHERE m.kind IN ('transfer', 'arrival') GROUP BY m.id, m.kind, l.position
    HAVING sum(l.quantity) <> 0 OR (sum(l.value) <> 0 AND max(
        CASE WHEN l.place = 'on_hand' AND l.quantity > 0 AND l.on_hand_after < l.quantity THEN 1 ELSE 0 END) = 0)
"""
_SENT = """
    SELECT family AS id, item_id FROM (
        SELECT CASE m.kind WHEN 'transfer' THEN m.id WHEN 'arrival' THEN m.transfer_id
            ELSE coalesce(o.transfer_id, o.id) END AS family, l.item_id, l.quantity
        FROM movements m LEFT JOIN movements o ON o.id = m.reverses_id
        JOIN movement_lines l ON l.movement_id = m.id AND l.place = 'in_transit'
    ) moved GROUP BY family, item_id HAVING family IS NULL OR sum(quantity) < 0
"""
_ARRIVALS = """
    SELECT m.id FROM movements m LEFT JOIN movements t ON t.id = m.transfer_id
    WHERE (m.kind = 'arrival') <> (t.id IS NOT NULL) OR t.kind <> 'transfer' OR t.to_store_id <> m.store_id
"""
_REVERSALS = """
    SELECT m.id FROM movements m LEFT JOIN movements o ON o.id = m.reverses_id
    WHERE (m.kind = 'reversal') <> (m.reverses_id IS NOT NULL) OR (m.kind = 'reversal' AND o.id IS NULL)
        OR o.kind = 'reversal' OR o.id >= m.id
    UNION SELECT max(id) FROM movements WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1
    UNION SELECT m.id FROM movements m JOIN movement_lines l ON l.movement_id IN (m.id, m.reverses_id)
    WHERE m.kind = 'reversal' GROUP BY m.id, l.store_id, l.item_id, l.place HAVING sum(l.quantity) <> 0
"""

PROOFS: dict[str, Proof] = {
    "The database file is sound": _sound,
    "What a row names is there": _references,
    "Numbers are kept as whole numbers": _exact,
    "The database guards the ledger itself": _witnesses,
    "Levels are the sums of their lines": _asks(_LEVELS, "store {store_id}, item {item_id}"),
    "Each line's level is the one that the lines before it leave": _asks(
        _CHAIN, "line {id}, store {store_id}, item {item_id}"
    ),
    "No level is below zero where its store forbids it": _asks(_BELOW, "store {store_id}, item {item_id}"),
    "Nothing is worth nothing": _asks(_WORTH, "store {store_id}, item {item_id}"),
    "Documents move what their kind says": _asks(_SIGNS, "{kind} {id}"),
    "Transfers and arrivals sum to zero": _asks(_TRANSFERS, "{kind} {id}"),
    "No more arrives than was sent": _asks(_SENT, "transfer {id}, item {item_id}"),
    "An arrival is of a transfer to its store": _asks(_ARRIVALS, "movement {id}"),
    "A reversal is the opposite of one document, once": _asks(_REVERSALS, "movement {id}"),
    "What is compared without case or accents follows its text": checking_texts.keys,
    "Categories' paths are the names above them": checking_texts.paths,
    "Scanners find items by the barcodes they have": checking_texts.barcodes,
    "The search knows every item and nothing else": checking_texts.search,
}
