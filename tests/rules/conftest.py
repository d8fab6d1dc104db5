from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import buying
import examples
import pytest
from blanks import Blanks, session_of
from places import SqliteFiles, on_server

from common import clock

MOMENT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


class Time:
    """What stands in for the system's clock, under common/clock.py, and goes on when it is told to."""

    def __init__(self) -> None:
        self.moment = MOMENT

    def now(self, zone):
        return self.moment.astimezone(zone)

    def after(self, passed: timedelta) -> None:
        """Let it be this long after the start."""
        self.moment = MOMENT + passed


@pytest.fixture(scope="session")
def sqlite_blanks(tmp_path_factory):
    blanks = Blanks(SqliteFiles(tmp_path_factory.mktemp("sqlite_blanks")))
    yield blanks
    blanks.end()


@pytest.fixture(scope="session")
def every_blanks(databases, tmp_path_factory):
    """Empty databases of each kind that the service supports; apart from those that hold the test shop."""
    folder = tmp_path_factory.mktemp("blanks")
    places = SqliteFiles(folder) if databases.name == "sqlite" else on_server(databases.server_url, folder)
    blanks = Blanks(places)
    yield blanks
    blanks.end()


@pytest.fixture
def engine(sqlite_blanks):
    """A migrated SQLite file of the test's own."""
    with sqlite_blanks.engine() as engine:
        yield engine


@pytest.fixture
def every_engine(every_blanks):
    """A migrated database of the test's own, on each engine. A module whose tests all want it overrides `engine`."""
    with every_blanks.engine() as engine:
        yield engine


@pytest.fixture
def session(engine):
    """A plain session; what its test does not keep is undone."""
    with session_of(engine) as session:
        yield session


@pytest.fixture
def time(monkeypatch):
    moving = Time()
    monkeypatch.setattr(clock, "datetime", moving)
    return moving


@pytest.fixture
def here(session):
    return examples.store(session, "HERE")


@pytest.fixture
def there(session):
    return examples.store(session, "THERE")


@pytest.fixture
def tea(session):
    return examples.item(session, "TEA")


@pytest.fixture
def salt(session):
    return examples.item(session, "SALT")


@pytest.fixture
def firm(session, tea):
    """A supplier that sells the tea in cases of twelve."""
    firm = buying.supplier(session)
    buying.sold(session, firm, tea, sku="T-12", pack_size=Decimal(12), unit_cost=Decimal("1.95"))
    return firm
