"""How a command opens the service: settings, app, and a schema that is up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from common import backup, errors, log, schema
from common.database import db
from common.settings import Settings, load


@dataclass
class Opening:
    """What the command line was given."""

    factory: Callable[[Settings], Flask]
    root: Path
    config: Path | None = None
    debug: bool = False

    @cached_property
    def settings(self) -> Settings:
        """The settings in force; raises SettingsInvalid."""
        return load(self.root, config=self.config)

    @cached_property
    def app(self) -> Flask:
        """The app, its log configured."""
        log.configure(self.settings)
        return self.factory(self.settings)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open the database, brought up to date where it is embedded; close its files afterwards."""
        with self.app.app_context():
            try:
                bring_up_to_date(self.settings)
                yield db.session()
            finally:
                db.session.remove()
                db.engine.dispose()


def bring_up_to_date(settings: Settings, *, asked: bool = False) -> bool:
    """Migrate the embedded database after a backup; elsewhere refuse an old schema unless this was `asked` for."""
    with db.engine.connect() as connection:
        schema.refuse_unknown(connection)
        found, fresh = schema.current(connection), schema.is_current(connection)
    if fresh:
        return False
    if db.engine.dialect.name != "sqlite" and not asked:
        raise errors.Refused("The database's schema is not this version's. Bring it up to date: python wsgi.py migrate")
    if found is not None and db.engine.dialect.name == "sqlite":
        backup.before_migration(db.engine, settings.storage.path / "backups", found)
    return schema.migrate(db.engine)
