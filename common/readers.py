"""SQLite's reading transactions, on connections that are kept at hand between them.

To take a connection from SQLAlchemy's pool, begin there, end and give it back costs as much as a seventh of a page of
fifty rows (docs/performance.md); BEGIN and ROLLBACK themselves cost next to nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

KEPT = 2
"""How many are kept; one thread reads at a time as a rule (common/gate.py). The pool has room for so many more."""

_Kept = tuple[Connection, Any]


class Readers:
    """Reading transactions of one engine; `execute` raises what SQLAlchemy would for the driver's errors."""

    def __init__(self, engine: Engine, execute: Callable[[Any, str], None]) -> None:
        self._engine = engine
        self._execute = execute
        self._idle: deque[_Kept] = deque()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Begin a reading transaction, and end it whatever happens in it; raises DBAPIError."""
        kept = self._take()
        try:
            self._execute(kept[1], "BEGIN")
        except BaseException:
            _drop(kept)
            raise
        try:
            yield kept[0]
        finally:
            self._put_back(kept)

    def _take(self) -> _Kept:
        try:
            return self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
            return connection, connection.connection.dbapi_connection

    def _put_back(self, kept: _Kept) -> None:
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


def _drop(kept: _Kept) -> None:
    """Close for good: what is given back to a pool that was disposed of would stay open."""
    kept[0].invalidate()
    kept[0].close()
