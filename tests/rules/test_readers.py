"""common/readers.py: reading transactions on connections that are kept at hand."""

from __future__ import annotations

import examples
import pysqlite3.dbapi2 as sqlite
import pytest
from blanks import session_of
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError

from common.database import session_on, unit_of_work
from common.readers import KEPT
from models.store import Store

COUNT = select(func.count()).select_from(Store)


@pytest.fixture
def sqlite_engine(engine):
    if engine.dialect.name != "sqlite":
        pytest.skip("a server's connections are taken from the pool each time")
    return engine


def add_store(engine):
    with session_of(engine) as session, unit_of_work(session, write=True):
        examples.store(session)


def driver_of(connection):
    return connection.connection.dbapi_connection


def test_one_connection_serves_one_reading_after_another(sqlite_engine):
    seen = []
    for _ in range(3):
        with sqlite_engine.reading() as connection:
            seen.append(driver_of(connection))

    assert len(set(map(id, seen))) == 1


def test_each_reading_sees_one_moment_and_the_next_one_a_new(engine):
    with engine.reading() as connection:
        before = connection.scalar(COUNT)
        add_store(engine)
        within = connection.scalar(COUNT), session_on(connection).scalar(COUNT)
    with engine.reading() as connection:
        after = session_on(connection).scalar(COUNT)

    assert (before, within, after) == (0, (0, 0), 1)


def test_a_moment_begins_with_the_first_statement_of_a_bare_cursor_too(sqlite_engine):
    with sqlite_engine.reading() as connection:
        driver = driver_of(connection)
        before = driver.execute("SELECT count(*) FROM stores").fetchone()
        add_store(sqlite_engine)

        assert driver.in_transaction
        assert driver.execute("SELECT count(*) FROM stores").fetchone() == before
    assert not driver.in_transaction


@pytest.mark.parametrize("within", ["a bare cursor", "a statement", "a session"])
def test_whatever_goes_wrong_ends_the_reading(sqlite_engine, within):
    def fail():
        with sqlite_engine.reading() as connection:
            if within == "a statement":
                connection.scalar(COUNT)
            elif within == "a session":
                session_on(connection).scalar(COUNT)
            else:
                driver_of(connection).execute("SELECT 1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    add_store(sqlite_engine)

    with sqlite_engine.reading() as connection:
        assert connection.scalar(COUNT) == 1


def test_many_at_once_give_back_all_but_the_few_that_are_kept(sqlite_engine):
    taken = [sqlite_engine.reading() for _ in range(KEPT + 2)]
    for one in taken:
        one.__enter__()
    for one in taken:
        one.__exit__(None, None, None)

    assert sqlite_engine.pool.checkedout() == KEPT


def test_disposing_of_the_engine_closes_what_is_kept(sqlite_engine):
    with sqlite_engine.reading() as connection:
        driver = driver_of(connection)
    sqlite_engine.dispose()

    with pytest.raises(sqlite.ProgrammingError):
        driver.execute("SELECT 1")
    with sqlite_engine.reading() as connection:
        assert connection.scalar(COUNT) == 0


def test_a_connection_that_cannot_begin_is_thrown_away(sqlite_engine):
    with sqlite_engine.reading() as connection:
        driver = driver_of(connection)
    driver.close()

    with pytest.raises(DBAPIError), sqlite_engine.reading():
        pass
    with sqlite_engine.reading() as connection:
        assert connection.scalar(COUNT) == 0


def test_a_reading_takes_no_lock_to_write(sqlite_engine):
    begun = []
    sqlite_engine.dispose()
    event.listen(
        sqlite_engine,
        "connect",
        lambda driver, _: driver.set_trace_callback(lambda sql: begun.append(sql) if "BEGIN" in sql else None),
    )
    with sqlite_engine.reading() as connection:
        connection.scalar(COUNT)

    assert begun == ["BEGIN"]
