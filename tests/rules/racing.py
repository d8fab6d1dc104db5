"""Two sessions of which the second begins while the first is under way."""

from __future__ import annotations

import threading
import time

from blanks import session_of
from sqlalchemy import text

from common.database import again, unit_of_work
from common.errors import StorekeeperError

AT_MOST = 20  # seconds until a test gives up
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def waits(engine, thread):
    """Return once the thread waits for the other's transaction, or has ended."""
    deadline = time.monotonic() + AT_MOST
    while thread.is_alive() and time.monotonic() < deadline:
        if engine.dialect.name == "sqlite":
            waiting = bool(engine.turns._waiting)
        else:
            with engine.connect() as connection:
                waiting = connection.scalar(text(WAITING))
        if waiting:
            return
        time.sleep(0.005)


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
