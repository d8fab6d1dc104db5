"""Drills: the service as real processes, under what goes wrong in a shop's back room."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import ExitStack

import pytest
from clients import Client, Local, Shop
from processes import Place, Server
from sqlalchemy import text

from common.database import db
from common.settings import Settings
from common.settings_schema import Database, Storage
from wsgi import create_app

# All three are zero, or the ledger lies. Units are thousandths of a piece.
AGREEMENT = """
SELECT count(*) FROM levels l WHERE l.on_hand < 0 OR l.in_transit < 0
  OR (l.on_hand, l.value) <> (SELECT coalesce(sum(quantity), 0), coalesce(sum(value), 0) FROM movement_lines m
    WHERE (m.store_id, m.item_id, m.place) = (l.store_id, l.item_id, 'on_hand'))
  OR (l.in_transit, l.transit_value) <> (SELECT coalesce(sum(quantity), 0), coalesce(sum(value), 0)
    FROM movement_lines m WHERE (m.store_id, m.item_id, m.place) = (l.store_id, l.item_id, 'in_transit'))
"""


@pytest.fixture(autouse=True)
def _hang_up():
    yield
    while Client.everyone:
        Client.everyone.pop().close()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory):
    """The file of an embedded database with nothing in it but somebody who may do anything."""
    return Place(tmp_path_factory.mktemp("empty") / "data").prepare().file


@pytest.fixture(scope="session")
def copies(databases, tmp_path_factory, request):
    """Make places on each kind of database, all copies of one."""
    if databases.name == "sqlite":
        made = request.getfixturevalue("empty_file")
        return lambda folder: _embedded(made, folder)
    template = databases.create()
    Place(tmp_path_factory.mktemp("empty") / "data", _url(databases, template)).prepare()

    def copy(folder):
        return Place(folder, _url(databases, databases.clone(template)))

    return copy


def _url(databases, name):
    return databases.settings(name)["database"].url


def _embedded(file, folder):
    folder.mkdir()
    shutil.copyfile(file, folder / file.name)
    return Place(folder)


@pytest.fixture
def embedded(empty_file, tmp_path):
    """A place with the embedded database, ready to serve."""
    return _embedded(empty_file, tmp_path / "data")


@pytest.fixture
def two_embedded(empty_file, tmp_path):
    """Two such places."""
    return [_embedded(empty_file, tmp_path / name) for name in ("one", "other")]


@pytest.fixture
def place(copies, tmp_path):
    """A place on each kind of database, ready to serve."""
    return copies(tmp_path / "data")


@pytest.fixture
def serve():
    """Start a server process: `serve(place)`; what still runs at the end is ended."""
    started = []

    def start(place: Place, **more) -> Server:
        started.append(running.enter_context(Server(place, **more)))
        return started[-1]

    with ExitStack() as running:
        yield start
    for log in dict.fromkeys(server.log for server in started):
        sys.stderr.write(log.read_text(encoding="utf-8")[-20_000:])


@pytest.fixture
def needs():
    """Skip where a program is missing; CI has them all."""

    def ask(program: str) -> None:
        if shutil.which(program) is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{program} is not here")

    return ask


@pytest.fixture
def tell():
    """Say a figure, for whoever runs the drill with -s or sees it fail."""
    return lambda sentence: sys.stdout.write(f"\n{sentence}\n")


@pytest.fixture
def servers(place, serve):
    """The processes that serve a place: one on SQLite, two on a server."""
    return [serve(place, name=f"server {number}") for number in range(1 if place.is_sqlite else 2)]


@pytest.fixture
def ports(servers):
    return [server.port for server in servers]


@pytest.fixture
def client(ports):
    return Client(ports[0]).sign_in()


@pytest.fixture
def shop(client):
    return Shop(client)


@pytest.fixture
def local():
    """Open an app in this process: `local(place, write_wait_seconds=1)`."""
    opened = []

    def enter(place: Place, **database) -> Local:
        given = Database(url=place.environment["STOREKEEPER_DATABASE_URL"], **database)
        opened.append(create_app(Settings(storage=Storage(folder=str(place.folder)), database=given)))
        return Local(opened[-1])

    yield enter
    for app in opened:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def agrees():
    """Assert that every level is the sum of its lines, in one snapshot, and that the service itself says so too."""

    def check(place: Place) -> None:
        with place.reading() as connection:
            assert connection.execute(text(AGREEMENT)).scalar() == 0
        proved = place.run("check")
        assert proved.returncode == 0, proved.stdout + proved.stderr

    return check
