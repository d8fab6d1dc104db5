"""MariaDB's own ways: how a connection is set up, what its tables are made of, how one process at a time does a thing.

1. Transactions are READ COMMITTED, as on PostgreSQL: in MariaDB's own REPEATABLE READ a statement that follows a wait
   for a lock would still read what was there before the wait.
2. Texts are compared by code point, trailing blanks too, as on the other engines: `utf8mb4_nopad_bin`.
3. A moment is text, as on SQLite (common/types.py); a text is MEDIUMTEXT, for TEXT ends after 64 KB.
4. What a step says in SQLAlchemy's own types becomes that here, so that steps are written once for all engines.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pymysql
from pymysql import err
from pymysql.cursors import Cursor
from sqlalchemy import Connection, DateTime, Engine, LargeBinary, Text, event, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable

from common import errors, gate

COLLATION = "utf8mb4_nopad_bin"
_CONSTRAINT_FAILED = 4025  # a CHECK's number, and that of this project's triggers; the driver takes it for a failure
# Quotes and || as the SQL standard has them; nothing is cut, rounded or made up without an error. That what is selected
# is grouped by is left to PostgreSQL to see: here an expression with a subquery is never known again.
_MODES = (
    "STRICT_ALL_TABLES,ANSI_QUOTES,PIPES_AS_CONCAT,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO"
)
_SETTINGS = (
    "SET SESSION sql_mode = '{modes}', time_zone = '+00:00', innodb_lock_wait_timeout = {lock:.0f}, "
    "max_statement_time = {statement:.0f}, idle_transaction_timeout = 30"
)


class WaitingCursor(Cursor):
    """A cursor that lets other requests run while it waits for the database server."""

    def _query(self, q: Any) -> Any:
        try:
            with gate.outside():
                return super()._query(q)  # type: ignore[misc]  # the driver's one way to the server, not in its stubs
        except err.OperationalError as error:
            if error.args[0] == _CONSTRAINT_FAILED:
                raise err.IntegrityError(*error.args) from error
            raise


class FrugalConnection(pymysql.Connection):
    """A connection that loads the system's certificates once in a process where its URL names none to trust.

    Then nobody looks at them, yet the driver loads them for each connection: 50 ms, in which no thread runs.
    """

    def _create_ssl_ctx(self, sslp: dict[str, Any]) -> Any:
        return super()._create_ssl_ctx(sslp) if sslp else _trusting()  # type: ignore[misc]  # not in its stubs


@functools.cache
def _trusting() -> Any:
    return pymysql.Connection(defer_connect=True).ctx  # type: ignore[attr-defined]  # not in its stubs


# SQLAlchemy's compiler for this engine forgets what a join of three tables joins, and would warn of a product.
OPTIONS: dict[str, Any] = {
    "isolation_level": "READ COMMITTED",
    "enable_from_linting": False,
    "module": SimpleNamespace(**vars(pymysql) | {"connect": FrugalConnection}),
}


def arguments(write_wait: float) -> dict[str, Any]:
    """Return what a connection is made with; `write_wait` is how many seconds a row that somebody holds is waited for.

    A lock that does not come must end the waiting before the statement's own end hides what it waited for.
    """
    settings = _SETTINGS.format(modes=_MODES, lock=max(1, write_wait), statement=max(write_wait, 10) + 1)
    return {
        "charset": "utf8mb4",
        "collation": COLLATION,
        "init_command": settings,
        "connect_timeout": 5,
        "cursorclass": WaitingCursor,
    }


@contextmanager
def locked(connection: Connection, name: str, *, seconds: float) -> Iterator[None]:
    """Hold a lock of this database by name, past the ends of transactions; raises Busy where it does not come."""
    key = {"name": f"storekeeper {name} {connection.engine.url.database}"[:64], "seconds": seconds}
    if connection.scalar(text("SELECT get_lock(:name, :seconds)"), key) != 1:
        raise errors.Busy("Another process is at it. Nothing was done; try again.", retry_after=2)
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.execute(text("SELECT release_lock(:name)"), key)


@event.listens_for(Engine, "engine_connect")
def _one_answer_at_a_time(connection: Connection) -> None:
    """Let answers be read whole: one that is read row by row keeps its connection to itself, and proofs ask beside."""
    if connection.dialect.name == "mariadb":
        connection.dialect.supports_server_side_cursors = False


@compiles(CreateTable, "mariadb")
def _create_table(element: CreateTable, compiler: Any, **options: Any) -> str:
    made: str = compiler.visit_create_table(element, **options).rstrip()
    return f"{made} ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={COLLATION}"


@compiles(DateTime, "mariadb")
def _moment(_type: DateTime, _compiler: Any, **_options: Any) -> str:
    return "VARCHAR(24)"


@compiles(Text, "mariadb")
def _text(_type: Text, _compiler: Any, **_options: Any) -> str:
    return "MEDIUMTEXT"


@compiles(LargeBinary, "mariadb")
def _bytes(_type: LargeBinary, _compiler: Any, **_options: Any) -> str:
    return "MEDIUMBLOB"
