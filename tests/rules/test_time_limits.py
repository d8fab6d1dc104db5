"""common/time_limits.py on each server: longer where it was asked for, and as before for whoever comes next."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from common import time_limits

LIMITS = {
    "postgresql": "SELECT current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout')",
    "mariadb": "SELECT @@session.max_statement_time, @@session.idle_transaction_timeout",
}
RAISED = {"postgresql": ("2min", "20s"), "mariadb": (120, 20)}


@pytest.fixture
def asked(every_engine):
    """A question for the limits of the one connection that the pool hands out again and again."""
    if every_engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no limits")
    return text(LIMITS[every_engine.dialect.name])


def test_limits_are_raised_until_the_connection_is_given_back(every_engine, asked):
    every_engine.dispose()  # so that there is one connection to be handed out
    with every_engine.begin() as connection:
        before = connection.execute(asked).one()
        time_limits.extend(connection, statement=120, idle=20)
        during = connection.execute(asked).one()
        driver = connection.connection.dbapi_connection
    with every_engine.begin() as connection:
        after = connection.execute(asked).one()
        same = connection.connection.dbapi_connection is driver

    assert tuple(during) == RAISED[every_engine.dialect.name] != tuple(before)
    assert same
    assert after == before


def test_a_transaction_that_fails_leaves_the_limits_as_they_were(every_engine, asked):
    def fail():
        with every_engine.begin() as connection:
            time_limits.extend(connection)
            connection.execute(text("SELECT no_such_column FROM stores"))

    with every_engine.begin() as connection:
        before = connection.execute(asked).one()
    with pytest.raises(Exception, match="no_such_column"):
        fail()
    with every_engine.begin() as connection:
        assert connection.execute(asked).one() == before


def test_who_does_not_ask_for_it_pays_nothing(every_engine, asked):
    said = []
    event.listen(every_engine, "before_cursor_execute", lambda *told: said.append(told[2]))

    with every_engine.begin() as connection:
        connection.execute(asked)

    assert said == [asked.text]
