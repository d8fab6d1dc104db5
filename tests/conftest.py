from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from service import PostgresqlDatabases, SqliteFiles, Template
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
# Blank-separated, such as postgresql://root@127.0.0.1/test; the databases that are used are made and dropped there.
SERVERS = os.environ.get("STOREKEEPER_TEST_DATABASES", "").split() or [""]


def missing(what: str) -> None:
    """Skip what this computer has not got; CI has got everything."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(what)


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Find a real data set that is not part of the project: skip where it is absent, but never in CI."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            missing(f"shared data set {name} is not here")
        return path

    return find


def _called(server: str) -> str:
    return "sqlite" if server == "sqlite" else f"postgresql{SERVERS.index(server) or ''}"


@pytest.fixture(scope="session", params=["sqlite", *SERVERS], ids=_called)
def databases(request, tmp_path_factory):
    """A kind of database that the service supports."""
    folder = tmp_path_factory.mktemp("databases")
    if request.param == "sqlite":
        yield (made := SqliteFiles(folder))
        made.end()
        return
    if not request.param:
        missing("STOREKEEPER_TEST_DATABASES names no PostgreSQL server")
    made = PostgresqlDatabases(request.param, folder)
    try:
        with made.server.connect():
            pass
    except OperationalError:
        missing(f"there is no PostgreSQL server at {make_url(request.param).host}")
    yield made
    made.end()


@pytest.fixture(scope="session")
def template(databases):
    """A database with a small shop in it, and everybody signed in."""
    return Template(databases)


@pytest.fixture(scope="session")
def shared_service(template):
    with template.copy() as service:
        service.pristine = service.dump()
        yield service


@pytest.fixture
def served(shared_service):
    """One service for all tests that change nothing; it checks that nothing changed."""
    yield shared_service
    before, shared_service.pristine = shared_service.pristine, shared_service.dump()
    assert shared_service.pristine == before


@pytest.fixture(params=[False, True], ids=["production", "testing"])
def shop(request, served):
    """The same with Flask's TESTING off and on, for errors above all: they must not differ."""
    served.app.testing = request.param
    yield served
    served.app.testing = False


@pytest.fixture
def fresh(template):
    """A service of one's own, to change at will."""
    with template.copy() as service:
        yield service


@pytest.fixture
def opened(template):
    """Open a service of one's own under other settings: `opened(access=Access(...))`."""
    entered = []

    def enter(**sections):
        context = template.copy(**sections)
        entered.append(context)
        return context.__enter__()

    yield enter
    for context in entered:
        context.__exit__(None, None, None)
