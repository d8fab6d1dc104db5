"""The database: how it is opened, how a unit of work begins and ends, and what its refusals mean.

The only file that commits, rolls back or names the SQLite driver. SQLite comes through pysqlite3, whose library is
newer than most systems': before 3.51.3 two connections could corrupt a write-ahead log.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from importlib import import_module
from typing import Any, TypeVar

import pysqlite3.dbapi2 as sqlite
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import StaleDataError

from common import embedded, errors, gate
from common.turns import Turns

T = TypeVar("T")

OLDEST_SQLITE = (3, 51, 3)
ATTEMPTS = 5
WRITE = "storekeeper_write"
_LEFT = "storekeeper_seconds_left"
_INSERTS: dict[str, Any] = {"sqlite": sqlite_dialect.insert, "postgresql": postgresql.insert}
_SQLITE_BUSY = {5, 6, 8, 10, 13, 14}  # busy, locked, read-only, I/O error, full, cannot open
_POSTGRES_AGAIN = {"40001", "40P01"}  # serialization failure, deadlock: the whole unit is run again
_POSTGRES_BUSY = ("08", "53", "55P03", "57")  # connection, resources, lock timeout, operator or timeout
_POSTGRES = (
    "-c lock_timeout={lock:.0f} -c statement_timeout={statement:.0f}"
    " -c idle_in_transaction_session_timeout=30000 -c timezone=UTC"
)


class Base(DeclarativeBase):
    """The root of every model; constraints get names that `refusals` can be keyed by."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


refusals: dict[str, Callable[[], errors.StorekeeperError]] = {}
"""From a constraint's name to the error a client sees; each model file adds its own."""


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with this project's engine."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Any) -> Engine:
        del bind_key, app
        return open_engine(options.pop("url"), **options)

    @property
    def readers(self) -> Engine:
        """The engine whose transactions only read; it shares its connections with the other."""
        engine = self.engine
        if not hasattr(engine, "readers"):
            engine.readers = engine.execution_options(**{WRITE: False})  # type: ignore[attr-defined]
        return engine.readers  # type: ignore[attr-defined, no-any-return]


db = Database(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False, "autoflush": False},
)


def open_engine(url: str | URL, *, write_wait: float = 10, patient: int = 6, **options: Any) -> Engine:
    """Return an engine with this project's pragmas and timeouts; `write_wait` is in seconds."""
    url = make_url(url)
    if url.get_backend_name() == "sqlite":
        if sqlite.sqlite_version_info < OLDEST_SQLITE:
            raise errors.SettingsInvalid(
                f"SQLite {sqlite.sqlite_version} can corrupt a database; 3.51.3 is the oldest."
            )
        embedded.make_private(url.database)
        engine = create_engine(url, module=sqlite, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        engine.turns = Turns(seconds=write_wait, patient=patient)  # type: ignore[attr-defined]
        return engine
    waiting = import_module("common.postgres").WaitingCursor  # its driver is not needed for SQLite
    # A lock that does not come must end the waiting before the statement's own end hides what it waited for.
    timeouts = _POSTGRES.format(lock=1000 * write_wait, statement=1000 * (max(write_wait, 10) + 1))
    arguments = {"options": timeouts, "connect_timeout": 5, "cursor_factory": waiting}
    return create_engine(url, pool_pre_ping=True, connect_args=arguments, **options)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    with _translatable("PRAGMA"):
        embedded.prepare(connection)


def _begin_sqlite(connection: Connection) -> None:
    options: Mapping[str, Any] = connection.get_execution_options()
    with _translatable("BEGIN"):
        embedded.begin(
            connection.connection.dbapi_connection,
            write=options.get(WRITE, True),
            seconds=options.get(_LEFT, embedded.BUSY_SECONDS),
        )


@contextmanager
def _translatable(statement: str) -> Iterator[None]:
    """Raise what SQLAlchemy would; what fails within one of its events it passes on as it is."""
    try:
        yield
    except sqlite.Error as error:
        raise DBAPIError.instance(statement, None, error, sqlite.Error) from error


@contextmanager
def reading() -> Iterator[Connection]:
    """One reading transaction: everything in it sees the same moment. Raises Busy where the database is away."""
    try:
        with db.readers.connect() as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        raise translate(error) from error


def session_on(connection: Connection) -> Session:
    """Return a session that loads objects within a reading transaction."""
    return Session(connection, autoflush=False, expire_on_commit=False)


@contextmanager
def unit_of_work(session: Session, *, write: bool, wait: float | None = None) -> Iterator[Session]:
    """One transaction: committed at the end of a writing one, undone on any error and after every reading one.

    `wait` is how many seconds the embedded database may let it wait for its turn, in place of what settings say.
    Raises Busy when the turn to write does not come or the database is locked, full or away; Stale when the row was
    changed meanwhile; the mapped refusal when a constraint says no.
    """
    turns = getattr(session.get_bind(), "turns", None) if write else None
    with turns.turn(seconds=wait) if turns else nullcontext(embedded.BUSY_SECONDS) as left:
        try:
            session.connection(execution_options={WRITE: write, _LEFT: left})
            yield session
            if write:
                session.flush()
                with gate.outside():  # the disk, or the server, takes its time
                    session.commit()
        except (DBAPIError, StaleDataError) as error:
            raise translate(error) from error
        finally:
            session.rollback()


def again(session: Session, work: Callable[[Session], T]) -> T:
    """Run `work` in a writing unit; where the database asks for it, run the whole unit again."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with unit_of_work(session, write=True):
                return work(session)
        except Conflict:
            session.expunge_all()
            if attempt == ATTEMPTS:
                raise
            with gate.outside():
                time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - jitter, not a secret
    raise AssertionError


def alone_in(session: Session, model: type[Base]) -> None:
    """Let nobody else change this table until the transaction ends; reading goes on. SQLite's writers are alone."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE {model.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))


def insert_missing(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose unique key is not there yet. Waits for a twin that is under way."""
    if rows:
        session.connection().execute(_insert_unless_there(session, model), list(rows))


def insert_first(session: Session, model: type[Base], row: Mapping[str, Any]) -> bool:
    """Insert a row unless its unique key is there; return whether this was the first. Waits for a twin under way."""
    return session.connection().execute(_insert_unless_there(session, model), row).rowcount == 1


def _insert_unless_there(session: Session, model: type[Base]) -> Any:
    insert = _INSERTS[session.get_bind().dialect.name](model).on_conflict_do_nothing()
    return insert.execution_options(preserve_rowcount=True)


class Conflict(errors.Busy):
    """Two transactions met; the one that lost may be run again as a whole."""


def is_lock_timeout(error: DBAPIError) -> bool:
    """Tell whether a row that somebody else holds was waited for too long."""
    return getattr(error.orig, "sqlstate", None) == "55P03"


def translate(error: DBAPIError | StaleDataError) -> Exception:
    """Return what a database error means to a client, by code and constraint name; itself where it means a bug."""
    if isinstance(error, StaleDataError):
        return errors.Stale("Somebody else changed it at the same moment.")
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, IntegrityError):
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        return refusals.get(name or "", errors.Refused)()
    if state in _POSTGRES_AGAIN:
        return Conflict("Two changes met; try again.")
    code = getattr(error.orig, "sqlite_errorcode", None)
    away = isinstance(error, OperationalError) and state is None and code is None  # never reached the server
    if away or code in _SQLITE_BUSY or (state or "").startswith(_POSTGRES_BUSY) or error.connection_invalidated:
        return errors.Busy("The database is locked, full or away. Nothing was done; try again.", retry_after=2)
    return error
