"""SQLite's reading transactions, on connections that are kept at hand between them.

To take a connection from SQLAlchemy's pool, begin there, end and give it back costs as much as a seventh of a page of
fifty rows (docs/performance.md); BEGIN and ROLLBACK themselves cost next to nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine

KEPT = 2
"""How many are kept; one thread reads at a time as a rule (common/gate.py). The pool has room for so many more."""

Kept = tuple[Connection, Any]


class Readers:
    """Reading transactions of one engine; `execute` raises what SQLAlchemy would for the driver's errors."""

    def __init__(self, engine: Engine, execute: Callable[[Any, str], None]) -> None:
        self._engine = engine
        self._execute = execute
        self._idle: deque[Kept] = deque()

    def transaction(self) -> Transaction:
        """Begin a reading transaction, and end it whatever happens in it; raises DBAPIError."""
        return Transaction(self)

    def begin(self) -> Kept:
        """Return a connection that has begun to read."""
        kept = self._take()
        try:
            self._execute(kept[1], "BEGIN")
        except BaseException:
            _drop(kept)
            raise
        return kept

    def _take(self) -> Kept:
        try:
            return self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
            return connection, connection.connection.dbapi_connection

    def end(self, kept: Kept) -> None:
        """End what it read, and keep it at hand."""
        connection, driver = kept
        begun = connection.get_transaction()
        try:
            if begun is not None:
                begun.close()
            if driver.in_transaction:
                self._execute(driver, "ROLLBACK")
        except BaseException:
            _drop(kept)
            raise
        if connection.invalidated or len(self._idle) >= KEPT:
            connection.close()
        else:
            self._idle.append(kept)

    def drop_all(self, _engine: Engine) -> None:
        """Close those that are at hand, when the engine is disposed of."""
        while self._idle:
            _drop(self._idle.pop())


class Transaction:
    """One reading; a generator would take three times as long to come in and go out."""

    __slots__ = ("_kept", "_readers")

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def __enter__(self) -> Connection:
        self._kept = self._readers.begin()
        return self._kept[0]

    def __exit__(self, *_raised: object) -> None:
        self._readers.end(self._kept)


def _drop(kept: Kept) -> None:
    """Close for good: what is given back to a pool that was disposed of would stay open."""
    kept[0].invalidate()
    kept[0].close()
