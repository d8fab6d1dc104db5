"""Two sessions of which the second begins while the first is under way."""

from __future__ import annotations

import re
import threading
import time

from blanks import session_of
from sqlalchemy import text

from common.database import again, unit_of_work
from common.errors import StorekeeperError

AT_MOST = 20  # seconds until a test gives up
ON_POSTGRESQL = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
# Its table of transactions would be older the more often it is asked, by whichever process.
ON_MARIADB = re.compile(r"LOCK WAIT [^\n]*\nMariaDB thread id (\d+)")


def waits(engine, thread):
    """Return once the thread waits for the other's transaction, or has ended."""
    deadline = time.monotonic() + AT_MOST
    while thread.is_alive() and time.monotonic() < deadline:
        if _is_waiting(engine):
            return
        time.sleep(0.005)


def _is_waiting(engine):
    if engine.dialect.name == "sqlite":
        return bool(engine.turns._waiting)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            return connection.scalar(text(ON_POSTGRESQL)) > 0
        told = connection.execute(text("SHOW ENGINE INNODB STATUS")).one()[-1]
        here = connection.scalars(text("SELECT id FROM information_schema.processlist WHERE db = database()"))
        return not set(map(int, ON_MARIADB.findall(told))).isdisjoint(here)


def race(engine, first, second):
    """Let `second` begin when `first` has done its work and not kept it yet; return what each was refused with."""
    refusals = {}

    def late():
        with session_of(engine) as session:
            try:
                again(session, second)
            except StorekeeperError as refusal:
                refusals["second"] = refusal

    thread = threading.Thread(target=late)
    with session_of(engine) as session:
        try:
            with unit_of_work(session, write=True):
                first(session)
                session.flush()
                thread.start()
                waits(engine, thread)
        except StorekeeperError as refusal:
            refusals["first"] = refusal
    thread.join(AT_MOST)
    assert not thread.is_alive()
    return refusals


def lost_by_second(refusals, error):
    assert refusals.keys() == {"second"}
    assert type(refusals["second"]) is error
    return [(problem.field, problem.code) for problem in refusals["second"].errors]
