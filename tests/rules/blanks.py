"""Empty databases of one kind, migrated once and copied for each test; no Flask app."""

from __future__ import annotations

from contextlib import contextmanager

from service import FEW, KEY
from sqlalchemy.orm import Session

from common import kept_answers  # noqa: F401 - its table belongs to the schema too
from common.database import open_engine
from common.schema import migrate
from common.settings import Settings
from common.settings_schema import Security
from models import category  # noqa: F401 - with one model come all, and with them the metadata


class Blanks:
    def __init__(self, places) -> None:
        self.places = places
        self.template = places.create()
        engine = self._open(self.template)
        migrate(engine)
        engine.dispose()
        places.keep(self.template)
        self.kept = {}  # engines of a server: its connections are worth more than a test's time

    @contextmanager
    def engine(self):
        place = self.places.create(self.template)
        engine = self.kept.pop(place, None) or self._open(place)
        try:
            yield engine
        finally:
            if self.places.name == "sqlite" or engine.pool.checkedin() > FEW:
                engine.dispose()
            else:
                engine.anchors, self.kept[place] = None, engine
            self.places.drop(place)

    def end(self) -> None:
        for engine in self.kept.values():
            engine.dispose()
        self.places.end()

    def _open(self, place):
        return open_engine(settings_of(self.places, place).database_url)


def settings_of(places, place) -> Settings:
    return Settings(security=Security(secret_key=KEY), **places.settings(place))


def session_of(engine) -> Session:
    """Return a session as the service's own are."""
    return Session(engine, autoflush=False, expire_on_commit=False)
