"""Proofs that the database says what the models promise, asked of the database itself.

Each proof yields its offenders, one by one and in few words; none means that it holds. A proof asks in one statement or
in batches, so that memory does not grow with the ledger. They are to run in one reading transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator

from common import soundness, time_limits
from common.anchors import Anchors
from common.database import db
from models import (
    checking_batches,
    checking_counts,
    checking_groups,
    checking_guards,
    checking_levels,
    checking_orders,
    checking_record,
    checking_rows,
    checking_texts,
    checking_times,
    checking_transfers,
)
from models.checking_levels import figure, named
from models.movement import SIGNS

FIRST = 5
_QUANTITIES = {"on_hand", "in_transit", "under_way"}
_QUANTITIES |= {"sent", "arrived", "lost", "recalled"}
SOUND = "The database file is sound"
ANCHORED = "The record is as long as it was"
_OUTGOING = ", ".join(f"'{kind}'" for kind, sign in SIGNS.items() if sign < 0)
_INCOMING = "'receipt', 'return', 'arrival', 'recall'"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a proof found: its first offenders, whether there are more, and what it could not look at."""

    title: str
    offenders: tuple[str, ...]
    more: bool
    unseen: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.offenders


Proof = Callable[[Connection], Iterator[str]]


def hold_still(connection: Connection) -> None:
    """Let all proofs see one moment, however long they take; to be the first thing that a transaction does."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        time_limits.extend(connection)
    elif connection.dialect.name == "mariadb":
        time_limits.extend(connection)
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        connection.execute(text("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"))


def prove(
    connection: Connection, anchors: Anchors | None = None, *, titles: Container[str] | None = None
) -> Iterator[Finding]:
    """Run every proof in turn, or those of some titles.

    `anchors` are the heads of the record that were kept outside the database.
    """
    for title, proof in (PROOFS | {ANCHORED: partial(checking_record.anchored, anchors)}).items():
        if titles is not None and title not in titles:
            continue
        found = tuple(islice(_offenders(proof, connection), FIRST + 1))
        unseen = checking_record.unseen(anchors, connection) if title == ANCHORED else ""
        yield Finding(title, found[:FIRST], len(found) > FIRST, unseen)


def _offenders(proof: Proof, connection: Connection) -> Iterator[str]:
    """What damage cuts short proves nothing, and the proofs after it may still tell what is left."""
    try:
        yield from proof(connection)
    except DBAPIError as error:
        words = soundness.damage(error)
        if not words:
            raise
        yield f"it cannot be read: {words}"
    except (ValueError, TypeError) as error:  # of a column's type: a time, a list of barcodes
        yield f"it cannot be read: {error}"


def _asks(query: str, sentence: str) -> Proof:
    """Return the proof whose offenders are a query's rows, each told by a sentence over its columns."""

    def proof(connection: Connection) -> Iterator[str]:
        with connection.execute(text(query), execution_options=checking_texts.STREAMED) as rows:
            for row in rows.mappings():
                yield sentence.format(**{name: _plain(name, value) for name, value in row.items()})

    return proof


def _plain(column: str, value: Any) -> Any:
    return figure(value) if column in _QUANTITIES else value


def _sound(connection: Connection) -> Iterator[str]:
    """SQLite's own look at its pages and indexes; a server looks after its files itself."""
    if connection.dialect.name == "sqlite":
        for (found,) in connection.execute(text("PRAGMA integrity_check(6)")):
            yield from (line for line in found.splitlines() if line != "ok" and not line.startswith("***"))


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
        schema = "database()" if connection.dialect.name == "mariadb" else "current_schema()"
        columns = f"SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = {schema}"  # noqa: S608 - constants
        inexact = " AND data_type IN ('real', 'double precision', 'numeric', 'money', 'float', 'double', 'decimal')"
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


_BELOW = """
    SELECT a.store_id, a.item_id, a.on_hand, a.in_transit FROM levels a JOIN stores s ON s.id = a.store_id
    WHERE a.in_transit < 0 OR (a.on_hand < 0 AND NOT s.allow_negative_stock)
"""
_WORTH = """
    SELECT store_id, item_id FROM levels
    WHERE (on_hand = 0 AND value <> 0) OR (in_transit = 0 AND transit_value <> 0)
        OR (on_hand > 0 AND value < 0) OR (on_hand < 0 AND value > 0) OR (in_transit > 0 AND transit_value < 0)
"""
# A loss moves no shelf, so neither does its reversal; all others do.
_SIGNS = f"""
    SELECT DISTINCT m.id, m.kind FROM movements m LEFT JOIN movements o ON o.id = m.reverses_id
    LEFT JOIN movement_lines l ON l.movement_id = m.id
        AND (l.place = 'on_hand' OR m.kind = 'loss' OR (m.kind = 'reversal' AND o.kind = 'loss'))
    WHERE l.id IS NULL OR (m.kind = 'loss' AND l.place = 'on_hand')
        OR (m.kind IN ({_OUTGOING}) AND l.quantity > 0) OR (m.kind IN ({_INCOMING}) AND l.quantity < 0)
        OR (m.kind <> 'reversal' AND l.store_id <> m.store_id) ORDER BY m.id
"""  # noqa: S608 - a constant
_REVERSALS = """
    SELECT m.id FROM movements m LEFT JOIN movements o ON o.id = m.reverses_id
    WHERE (m.kind = 'reversal') <> (m.reverses_id IS NOT NULL) OR (m.kind = 'reversal' AND o.id IS NULL)
        OR o.kind = 'reversal' OR o.id >= m.id
    UNION SELECT max(id) FROM movements WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1
    UNION SELECT m.id FROM movements m JOIN movement_lines l ON l.movement_id IN (m.id, m.reverses_id)
    WHERE m.kind = 'reversal' GROUP BY m.id, l.store_id, l.item_id, l.place HAVING sum(l.quantity) <> 0
"""

PROOFS: dict[str, Proof] = {
    SOUND: _sound,
    "What a row names is there": _references,
    "Numbers are kept as whole numbers": _exact,
    "The database guards the ledger itself": checking_guards.guards,
    "Levels are the sums of their lines": checking_levels.levels,
    "Each line's level is the one that the lines before it leave": checking_times.chain,
    "Lines count from when their documents were recorded": checking_times.times,
    "No level is below zero where its store forbids it": _asks(
        named(_BELOW), "store {store}, item {item}: on hand {on_hand}, in transit {in_transit}"
    ),
    "Nothing is worth nothing": _asks(named(_WORTH), "store {store}, item {item}"),
    "Documents move what their kind says": _asks(_SIGNS, "{kind} {id}"),
    "Transfers, arrivals and recalls sum to zero": _asks(checking_transfers.SUMMED, "{kind} {id}"),
    "What was sent arrived, is in transit, was lost or was recalled": _asks(
        checking_transfers.ACCOUNTED,
        "transfer {id}, item {item}: sent {sent}, arrived {arrived}, in transit {in_transit}, lost {lost}, "
        "recalled {recalled}",
    ),
    "What is in transit to a store is what its transfers have under way": _asks(
        named(checking_transfers.ON_THE_WAY),
        "store {store}, item {item}: in transit {in_transit}, of its transfers {under_way}",
    ),
    "Arrivals, losses and recalls are of a transfer between their stores": _asks(
        checking_transfers.NAMED, "movement {id}"
    ),
    "A reversal is the opposite of one document, once": _asks(_REVERSALS, "movement {id}"),
    "Levels of batches are the sums of their moves": checking_batches.levels,
    "Batches are never more than what there is": checking_batches.bounds,
    "Batches move with lines of their item": checking_batches.of_lines,
    "What is on its way of batches is on its way of their lines": checking_batches.under_way,
    "Batches are found by their lot and day": checking_batches.keys,
    "Documents moved the batches that were recorded": checking_batches.recorded,
    "Stocktakes say what was tallied": checking_counts.tallies,
    "Orders have received what their receipts brought": checking_orders.received,
    "What receipts brought of orders is what they moved": checking_orders.brought,
    "Freight and duty are shared to the last unit": checking_orders.landed,
    "An order's state follows from what came of it": checking_orders.states,
    "An item has one preferred supplier at most": checking_orders.preferred,
    "Whoever has a second factor is asked for it": _asks(checking_rows.FACTORS, "user {username}"),
    "What is compared without case or accents follows its text": checking_texts.keys,
    "Categories' paths are the names above them": checking_texts.paths,
    "Scanners find items by the barcodes they have": checking_texts.barcodes,
    "Items of a group are told apart by its options": checking_groups.variants,
    "The search knows every item and nothing else": checking_texts.search,
    "The record is one unbroken chain": checking_record.seals,
    "Every change is sealed": checking_record.unsealed,
    "Rows are what the record left": checking_rows.rows,
    "Documents are what was recorded": checking_record.documents,
    "Documents have the lines that were recorded": checking_record.lines,
}
