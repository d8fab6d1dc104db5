"""Drills: the service as real processes, under what goes wrong in a shop's back room."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from clients import Client, Shop
from processes import Place, Server
from sqlalchemy import text

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


@pytest.fixture
def embedded(tmp_path):
    """A place with the embedded database, ready to serve."""
    return Place(tmp_path / "data").prepare()


@pytest.fixture
def place(databases, tmp_path):
    """A place on each kind of database, ready to serve."""
    settings = databases.settings(databases.create())
    url = settings["database"].url if "database" in settings else ""
    return Place(tmp_path / "data", url).prepare()


@pytest.fixture
def serve():
    """Start a server process: `serve(place)`; what still runs at the end is ended."""
    with ExitStack() as running:
        yield lambda place, **more: running.enter_context(Server(place, **more))


@pytest.fixture
def servers(place, serve):
    """The processes that serve a place: one on SQLite, two on PostgreSQL."""
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
def agrees():
    """Assert that every level is the sum of its lines, in one snapshot, and that the service itself says so too."""

    def check(place: Place) -> None:
        with place.reading() as connection:
            assert connection.execute(text(AGREEMENT)).scalar() == 0
        proved = place.run("check")
        assert proved.returncode == 0, proved.stdout + proved.stderr

    return check
