"""How a command opens the service: settings, app, and a schema that is up to date."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from common import backup, errors, log, schema, soundness
from common.database import db, translate
from common.database_errors import mariadb_code, was_refused
from common.settings import Settings, load

_PORTS = {"postgresql": 5432, "mariadb": 3306}
_AWAY = {2002, 2003}  # what MariaDB's driver says where it reached no server
_REFUSED = re.compile(r"FATAL:\s*(.+)")  # a server that did answer; its words name the user, never a password


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


def told(error: DBAPIError, settings: Settings) -> str:
    """Return the sentence for a database that cannot be used; nothing where the error means a bug."""
    url = settings.database_url
    if soundness.damage(error):
        return f"The database {url.database} is damaged. Restore a backup; nothing was changed."
    meant = translate(error)
    if not isinstance(meant, errors.Busy):
        return ""
    known = was_refused(error) or mariadb_code(error) in _AWAY
    if url.get_backend_name() == "sqlite" or (getattr(error.orig, "sqlstate", None) is not None and not known):
        return meant.detail
    host = url.host or url.query.get("host", "this computer")
    server = f"The database server at {host}, port {url.port or _PORTS[url.get_backend_name()]},"
    refused = _REFUSED.search(str(error.orig))
    if refused or was_refused(error):
        reason = refused[1] if refused else str(error.orig.args[1] if error.orig else "")
        return f"{server} refused the connection: {reason}."
    return f"{server} did not answer. It does not run, or [database] url names another one."


def bring_up_to_date(settings: Settings, *, asked: bool = False, backed_up: bool = False) -> bool:
    """Migrate the embedded database after a backup; elsewhere refuse an old schema unless this was `asked` for.

    On MariaDB, which cannot undo half a step, it is also refused unless somebody says that it was `backed_up`.
    """
    with db.engine.connect() as connection:
        schema.refuse_unknown(connection)
        found, fresh = schema.current(connection), schema.is_current(connection)
    if fresh:
        return False
    if db.engine.dialect.name != "sqlite" and not asked:
        raise errors.Refused("The database's schema is not this version's. Bring it up to date: python wsgi.py migrate")
    if found is not None and db.engine.dialect.name == "mariadb" and not backed_up:
        raise errors.Refused(
            "MariaDB cannot undo a step that fails half-way. Take a dump of the database first (mariadb-dump), and say "
            "so: python wsgi.py migrate --backed-up"
        )
    if found is not None and db.engine.dialect.name == "sqlite":
        backup.before_migration(db.engine, settings.storage.path / "backups", found)
    return schema.migrate(db.engine)
