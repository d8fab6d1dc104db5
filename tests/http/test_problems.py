"""What failed inside is told by a request id alone, under TESTING as in production."""

from __future__ import annotations

import logging

import pytest
from refusals import assert_problem
from sqlalchemy import text

from common import errors
from common.database import db, reading
from common.http.problems import STATUSES, of

SECRET = "postgresql://admin:hunter2@db/shop"


@pytest.fixture
def fresh(template):
    """With an app of its own, since routes are added to it."""
    with template.copy() as service:
        yield service


def raising(service, error, testing):
    """Add a page that fails."""

    def fail():
        raise error

    service.app.testing = testing
    service.app.add_url_rule("/fail", "fail", fail)
    return service.get("/fail")


@pytest.mark.parametrize("testing", [False, True])
@pytest.mark.parametrize("error", [RuntimeError(SECRET), KeyError(SECRET), RecursionError(SECRET), MemoryError(SECRET)])
def test_a_bug_is_told_by_its_request_id(fresh, caplog, error, testing):
    with caplog.at_level(logging.ERROR):
        answer = raising(fresh, error, testing)

    problem = assert_problem(answer, 500, "internal")
    assert "hunter2" not in answer.text
    assert problem["request_id"]
    assert any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("testing", [False, True])
def test_a_statement_that_the_database_refuses_is_a_bug_and_shows_nothing(fresh, testing, caplog):
    def fail():
        with reading() as connection:
            connection.execute(text("SELECT nothing FROM nowhere"))

    fresh.app.testing = testing
    fresh.app.add_url_rule("/fail", "fail", fail)

    answer = fresh.get("/fail")

    assert_problem(answer, 500, "internal")
    assert "nowhere" not in answer.text


@pytest.mark.parametrize("error", [error for error in STATUSES if error is not errors.SettingsInvalid])
def test_every_refusal_of_our_own_has_a_status(fresh, error):
    answer = raising(fresh, error("Because."), testing=False)

    problem = assert_problem(answer, STATUSES[error], error.slug)
    assert problem["detail"] == "Because."


def _all(error):
    return [error, *(below for child in error.__subclasses__() for below in _all(child))]


def test_every_refusal_but_of_settings_is_one_that_clients_may_see():
    for error in _all(errors.StorekeeperError):
        if error not in {errors.StorekeeperError, errors.SettingsInvalid}:
            assert of(error("x")).status in {400, 401, 403, 404, 409, 412, 422, 428, 429, 503}


def test_a_database_that_is_away_is_told_by_503(fresh, monkeypatch):
    with fresh.app.app_context():
        engine = db.engine
    monkeypatch.setattr(engine.dialect, "connect", _away(engine.dialect))
    engine.dispose()

    answer = fresh.get("items")

    assert_problem(answer, 503, "busy")


def _away(dialect):
    def connect(*_args, **_kwargs):
        raise dialect.dbapi.OperationalError("connection to server at 10.0.0.7 failed: hunter2")

    return connect


@pytest.mark.parametrize("host", ["", "evil.example", "a b", "localhost:x"])
def test_an_odd_host_is_no_error_of_ours(served, host):
    answer = served.get("items", headers={"Host": host})

    assert answer.status_code in {200, 400}
