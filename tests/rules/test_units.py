"""common/database.py: how a unit of work begins and ends, and what becomes of those that meet another."""

from __future__ import annotations

import threading

import examples
import pytest
from blanks import session_of
from sqlalchemy import event, func, select

from common import database
from common.database import Conflict, again, open_engine, unit_of_work
from common.errors import Busy, Stale
from models.store import Store


def stores(engine):
    with session_of(engine) as session:
        return session.scalar(select(func.count()).select_from(Store))


class Begun:
    """The statements with which transactions began, as SQLite saw them."""

    def __init__(self, engine) -> None:
        self.statements = []
        event.listen(engine, "connect", self._trace)
        engine.pool.dispose()  # the next connection is a new one

    def _trace(self, connection, _record):
        connection.set_trace_callback(lambda sql: self.statements.append(sql) if sql.startswith("BEGIN") else None)


def test_who_writes_takes_the_lock_at_once_and_who_reads_takes_none(engine):
    begun = Begun(engine)

    for write in (True, False):
        with session_of(engine) as session, unit_of_work(session, write=write):
            session.scalar(select(1))
    with session_of(engine) as session:
        session.scalar(select(1))

    assert begun.statements == ["BEGIN IMMEDIATE", "BEGIN", "BEGIN IMMEDIATE"]


def test_readers_see_one_moment_while_another_writes(engine):
    with session_of(engine) as reader, unit_of_work(reader, write=False):
        before = reader.scalar(select(func.count()).select_from(Store))
        with session_of(engine) as writer, unit_of_work(writer, write=True):
            examples.store(writer)
        after = reader.scalar(select(func.count()).select_from(Store))

    assert (before, after, stores(engine)) == (0, 0, 1)


def test_a_reading_unit_keeps_nothing(engine):
    with session_of(engine) as session, unit_of_work(session, write=False):
        examples.store(session)

    assert stores(engine) == 0


def test_whatever_goes_wrong_undoes_the_whole_unit(engine):
    def act():
        with session_of(engine) as session, unit_of_work(session, write=True):
            examples.store(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()

    assert stores(engine) == 0


def test_who_waits_for_a_database_that_another_program_holds_is_told_to_come_back(engine):
    other = open_engine(engine.url)  # with a queue of its own, as another process has
    with session_of(other) as holder, unit_of_work(holder, write=True), session_of(engine) as session:
        with pytest.raises(Busy) as caught, unit_of_work(session, write=True, wait=0.05):
            pass
        assert caught.value.retry_after == 2
    other.dispose()

    with session_of(engine) as session, unit_of_work(session, write=True, wait=0):
        examples.store(session)
    assert stores(engine) == 1


def test_a_row_that_was_changed_meanwhile_is_stale_and_the_change_stays(engine):
    with session_of(engine) as session, unit_of_work(session, write=True):
        examples.store(session)
    late = session_of(engine)
    with unit_of_work(late, write=False):
        mine = late.scalars(select(Store)).one()
        late.expunge(mine)
    with session_of(engine) as session, unit_of_work(session, write=True):
        session.scalars(select(Store)).one().revise(name="Theirs")

    def act():
        with unit_of_work(late, write=True):
            late.add(mine)
            mine.name = "Mine"

    assert examples.refused(Stale, act) == []
    late.close()
    with session_of(engine) as session:
        assert session.scalars(select(Store.name)).one() == "Theirs"


def test_a_unit_that_met_another_is_run_again_from_its_start(engine, monkeypatch):
    monkeypatch.setattr(database.time, "sleep", (pauses := []).append)
    tries = []

    def work(session):
        examples.store(session)
        tries.append(len(tries))
        if len(tries) < 3:
            raise Conflict
        return "done"

    with session_of(engine) as session:
        assert again(session, work) == "done"

    assert (len(tries), len(pauses), stores(engine)) == (3, 2, 1)


def test_a_unit_that_always_meets_another_gives_up(engine, monkeypatch):
    monkeypatch.setattr(database.time, "sleep", (pauses := []).append)
    tries = []

    def work(session):
        tries.append(session)
        raise Conflict

    with session_of(engine) as session:
        assert examples.refused(Conflict, again, session, work) == []

    assert len(tries) == len(pauses) + 1 == database.ATTEMPTS
    assert issubclass(Conflict, Busy)


def test_writers_of_one_program_take_turns_and_lose_no_update(every_engine):
    with session_of(every_engine) as session, unit_of_work(session, write=True):
        examples.store(session, name="0")

    def work(session):
        shop = session.scalars(select(Store).with_for_update()).one()
        shop.revise(name=str(int(shop.name) + 1))

    def run():
        for _ in range(10):
            with session_of(every_engine) as session:
                again(session, work)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    with session_of(every_engine) as session:
        assert session.execute(select(Store.name, Store.version)).one() == ("40", 41)
