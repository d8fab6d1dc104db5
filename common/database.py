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
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import StaleDataError

from common import embedded, errors, gate
from common.anchors import Anchors
from common.database_errors import Conflict, is_duplicate, is_lock_timeout, refusals, translate
from common.readers import Readers
from common.turns import Turns

__all__ = ["Conflict", "again", "db", "is_lock_timeout", "refusals", "translate"]

T = TypeVar("T")

OLDEST_SQLITE = (3, 51, 3)
ATTEMPTS = 5
WRITE = "storekeeper_write"
_LEFT = "storekeeper_seconds_left"
_INSERTS: dict[str, Any] = {"sqlite": sqlite_dialect.insert, "postgresql": postgresql.insert}


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


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with this project's engine."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Any) -> Engine:
        del bind_key, app
        return open_engine(options.pop("url"), **options)


db = Database(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False, "autoflush": False},
)


def open_engine(
    url: str | URL, *, write_wait: float = 10, patient: int = 6, anchors: Anchors | None = None, **options: Any
) -> Engine:
    """Return an engine with this project's pragmas and timeouts; `write_wait` is in seconds.

    `anchors` is where the heads of the record are kept (models/chain.py).
    """
    engine = _open(make_url(url), write_wait, patient, options)
    engine.anchors = anchors  # type: ignore[attr-defined]
    return engine


def _open(url: URL, write_wait: float, patient: int, options: dict[str, Any]) -> Engine:
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
        readers = Readers(engine.execution_options(**{WRITE: False}), _execute)
        event.listen(engine, "engine_disposed", readers.drop_all)
        engine.reading = readers.transaction  # type: ignore[attr-defined]
        return engine
    return _open_server(url, write_wait, options)


def _open_server(url: URL, write_wait: float, options: dict[str, Any]) -> Engine:
    mine = {"postgresql": "common.postgres", "mariadb": "common.mariadb"}[url.get_backend_name()]
    ways = import_module(mine)  # the drivers of other engines than one's own are not needed
    engine = create_engine(url, pool_pre_ping=True, connect_args=ways.arguments(write_wait), **ways.OPTIONS, **options)
    engine.reading = engine.execution_options(**{WRITE: False}).begin  # type: ignore[attr-defined]
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    with _translatable("PRAGMA"):
        embedded.prepare(connection)


def _begin_sqlite(connection: Connection) -> None:
    options: Mapping[str, Any] = connection.get_execution_options()
    driver: Any = connection.connection.dbapi_connection
    write = options.get(WRITE, True)
    if not write and driver.in_transaction:
        return  # begun in common/readers.py
    with _translatable("BEGIN"):
        embedded.begin(driver, write=write, seconds=options.get(_LEFT, embedded.BUSY_SECONDS))


def _execute(driver: Any, statement: str) -> None:
    """Execute what the driver is told by hand."""
    try:
        driver.execute(statement)
    except sqlite.Error as error:
        raise DBAPIError.instance(statement, None, error, sqlite.Error) from error


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
        with db.engine.reading() as connection:  # type: ignore[attr-defined]
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


def again(session: Session, work: Callable[[Session], T], *, met: tuple[type[Exception], ...] = ()) -> T:
    """Run `work` in a writing unit; where the database asks for it, run the whole unit again.

    Also after the refusals in `met`: those by which this work is told that another did the same at the same moment.
    """
    losing: tuple[type[Exception], ...] = (Conflict, *met)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with unit_of_work(session, write=True):
                return work(session)
        except losing:
            session.expunge_all()
            if attempt == ATTEMPTS:
                raise
            with gate.outside():
                time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - jitter, not a secret
    raise AssertionError


def alone_in(session: Session, model: type[Base]) -> None:
    """Let nobody else change this table until the transaction ends; reading goes on. SQLite's writers are alone."""
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        session.execute(text(f"LOCK TABLE {model.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
    elif dialect == "mariadb":  # whose LOCK TABLE ends the transaction: one known row, then all that are there
        session.execute(text("SELECT version_num FROM alembic_version FOR UPDATE"))
        session.execute(text(f"SELECT id FROM {model.__tablename__} ORDER BY id FOR UPDATE"))  # noqa: S608 - a model's


@contextmanager
def one_at_a_time(engine: Engine, name: str, number: int) -> Iterator[Connection]:
    """One writing transaction of a server's database at a time, of those that name this lock; committed at its end."""
    if engine.dialect.name == "postgresql":
        with engine.execution_options(**{WRITE: True}).begin() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({number})"))
            yield connection
        return
    ways = import_module("common.mariadb")
    with engine.connect() as connection, ways.locked(connection, name, seconds=embedded.BUSY_SECONDS):
        connection.commit()
        with connection.begin():
            yield connection


def insert_missing(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose unique key is not there yet. Waits for a twin that is under way."""
    if rows:
        session.connection().execute(_insert_unless_there(session, model), list(rows))


def insert_first(session: Session, model: type[Base], row: Mapping[str, Any]) -> bool:
    """Insert a row unless its unique key is there; return whether this was the first. Waits for a twin under way."""
    if session.get_bind().dialect.name == "mariadb":  # which tells them apart only by refusing the second
        try:
            session.connection().execute(mysql.insert(model), row)
        except IntegrityError as error:
            if not is_duplicate(error):
                raise
            return False
        return True
    return session.connection().execute(_insert_unless_there(session, model), row).rowcount == 1


def _insert_unless_there(session: Session, model: type[Base]) -> Any:
    if session.get_bind().dialect.name == "mariadb":  # INSERT IGNORE would let other mistakes pass too
        first = next(iter(model.__table__.primary_key))
        return mysql.insert(model).on_duplicate_key_update({first.name: first})
    insert = _INSERTS[session.get_bind().dialect.name](model).on_conflict_do_nothing()
    return insert.execution_options(preserve_rowcount=True)
