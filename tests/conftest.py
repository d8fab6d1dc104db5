from __future__ import annotations

import gc
import os
import re
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from lacking import missing
from places import SqliteFiles, on_server
from service import Template
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from models import password, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

CLOCK = re.compile(
    r"^tests/drills/|^tests/http/test_(server|feed|sign_on_(away|crowds))|throttl|log_handlers|test_(schema|timely)"
)
GENERATED = r"^tests/contract/|^tests/http/test_(openapi|docs|problem|second_factor_demanded)"
TALK = r"^tests/http/test_(sign_on_(away|tokens|attacks)|passkeys|headers_once|broken_headers)"
NOT_ON_MARIADB = re.compile(f"{GENERATED}|{TALK}")
EVERYTHING = os.environ.get("STOREKEEPER_TEST_EVERYTHING") == "true"
_BROWSER, _DATA, _OTHERS, _CLOCK = range(4)
SHARED = Path(__file__).parents[1].parent / "shared" / "data"
HASHER = password._hasher
_KINDS = {"postgresql": "postgresql", "mysql": "mariadb", "mariadb": "mariadb"}
# Blank-separated, such as postgresql://root@127.0.0.1/test; the databases that are used are made and dropped there.
SERVERS = os.environ.get("STOREKEEPER_TEST_DATABASES", "").split()


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Look for no garbage while thirty thousand tests are made, nor ever again among them: it takes four seconds."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 10, 10)
        gc.enable()


@pytest.hookimpl(wrapper=True, tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(config, items):
    """Order the tests for several processes, and leave out what would be tried twice.

    What takes minutes on each engine comes first of all, one in each process, so that the three minutes of a drill are
    the same one. Then come browsers, for they take long; then the loading of real data, in one process, for both
    would load it; then what only computes; and last what measures time or ends servers, when nothing else is left to
    do. Flask's TESTING and broken JSON are tried on one kind of database: they end in Flask and in the parser, before
    all rows. What is generated from the routing table, or is talk with providers and keys, is tried on MariaDB where
    STOREKEEPER_TEST_EVERYTHING=true asks for it.
    """
    twice = {item for item in items if _is_twice(item)}
    config.hook.pytest_deselected(items=list(twice))
    items[:] = sorted((item for item in items if item not in twice), key=_turn)
    for item in items:
        if _turn(item) == _DATA:
            item.add_marker(pytest.mark.xdist_group("data"))
        elif item.nodeid.startswith("tests/drills/") and _on(item) != "sqlite" and _how_long(item):
            # One at a time on each: a drill has servers of its own, and a database server a hundred connections.
            item.add_marker(pytest.mark.xdist_group(f"drills {_on(item)}"))
    yield  # pytest brings together what wants the same engine
    items.sort(key=_how_long)


def _how_long(item) -> int:
    """What takes minutes comes first, one in each process: each of these is there once for each engine."""
    long = ("readers_see_each_change_once", "ten_thousand_steps")
    return next((turn for turn, name in enumerate(long) if name in item.nodeid), len(long))


def _turn(item) -> int:
    if item.nodeid.startswith("tests/console/"):
        return _BROWSER
    return _DATA if item.nodeid.startswith("tests/data/") else _CLOCK if CLOCK.search(item.nodeid) else _OTHERS


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Let what a test wrote pass from one process to another, lone surrogates too."""
    report = yield
    report.sections = [(name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections]
    return report


def _on(item) -> str:
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return _called(params.get("databases", "sqlite"))


def _is_twice(item) -> bool:
    params = item.callspec.params if hasattr(item, "callspec") else {}
    once = params.get("shop") is True or "json_parsing_case" in item.name
    on = _on(item)
    return (once and on != "sqlite") or (
        on == "mariadb" and not EVERYTHING and bool(NOT_ON_MARIADB.search(item.nodeid))
    )


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Find a real data set that is not part of the project: skip where it is absent, but never in CI."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            missing(f"shared data set {name} is not here")
        return path

    return find


@cache
def _called(server: str) -> str:
    if server in {"sqlite", *_KINDS.values()}:
        return server
    place, kinds = SERVERS.index(server), [_kind(one) for one in SERVERS]
    return f"{kinds[place]}{kinds[:place].count(kinds[place]) or ''}"


def _kind(server: str) -> str:
    return _KINDS.get(make_url(server).get_backend_name(), server)


# A kind of server that is not named is asked for all the same, so that its tests are skipped by name, or fail in CI.
_UNNAMED = [kind for kind in dict.fromkeys(_KINDS.values()) if kind not in map(_kind, SERVERS)]


@pytest.fixture(scope="session", params=["sqlite", *SERVERS, *_UNNAMED], ids=_called)
def databases(request, tmp_path_factory):
    """A kind of database that the service supports."""
    folder = tmp_path_factory.mktemp("databases")
    if request.param == "sqlite":
        yield (made := SqliteFiles(folder))
        made.end()
        return
    if request.param in _UNNAMED:
        missing(f"STOREKEEPER_TEST_DATABASES names no {request.param} server")
    made = on_server(request.param, folder)
    try:
        with made.server.connect():
            pass
    except OperationalError:
        missing(f"there is no database server at {make_url(request.param).host}")
    yield made
    made.end()


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes():
    """Let a password's hash cost next to nothing in this process; what is about the hash takes `costly_hashes`."""
    with _hashing(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)):
        yield


@pytest.fixture
def costly_hashes(_quick_hashes):
    """Hash as the service does."""
    with _hashing(HASHER):
        yield


@contextmanager
def _hashing(hasher):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password, "_hasher", hasher)
        patch.setattr(password, "_nobody", hasher.hash("the password of nobody"))
        yield


@pytest.fixture(scope="session")
def template(databases):
    """A database with a small shop in it, and everybody signed in."""
    made = Template(databases)
    yield made
    made.end()


@pytest.fixture(scope="session")
def shared_service(template):
    with template.copy() as service:
        service.pristine, service.newest = service.dump(), {}
        yield service


@pytest.fixture
def served(shared_service, monkeypatch):
    """One service for all tests that change nothing; it checks that nothing changed."""
    monkeypatch.setattr(sign_in, "TOUCH_AFTER", timedelta.max)  # a session's last use is not noted between two reads
    stamp = shared_service.stamp()
    yield shared_service
    if shared_service.stamp() != stamp:
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
    """A service of one's own, to change at will; but not its app, which the next test has."""
    with template.lend() as service:
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
