"""The real service for tests: one filled database a run, copied for every test that changes it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field

import shop_data
from places import MariadbDatabases, PostgresqlDatabases, SqliteFiles
from sqlalchemy import Connection, select
from sqlalchemy.pool import NullPool

from commands.opening import bring_up_to_date
from common.database import WRITE, db, open_engine, reading, session_on
from common.settings import Settings
from common.settings_schema import Security
from models.user import User
from wsgi import create_app

KEY = "kF93jvmw0Qd7Zxb1Lp5RtYhUe8NsAc26"
FEW = 2
ROLES = ("viewer", "clerk", "manager", "admin")
BASE = "/api/v1"
JSON = {"Content-Type": "application/json"}
# A reading caller's session may note that it is in use; keys and first answers are bookkeeping.
_NOT_THE_SHOPS = {"sessions": {"last_used_at", "idle_until"}, "tokens": {"last_used_at"}}
_BOOKKEEPING = {"idempotency_keys", "throttles", "passkey_challenges", "audit_entries", "audit_seals", "audit_unsealed"}
_STAMPS = {
    "sqlite": "PRAGMA data_version",
    "postgresql": "SELECT pg_snapshot_xmax(pg_current_snapshot())::text",
    "mariadb": "SELECT concat(sum(MODIFIED_COUNTER)) FROM information_schema.INNODB_SYS_TABLESTATS "
    "WHERE NAME LIKE concat(replace(database(), '_', '|_'), '/%%') ESCAPE '|'",
}


@dataclass
class Service:
    """One running app on a database of its own; requests go through the whole stack but for the socket."""

    app: object
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    pristine: dict[str, list[tuple]] = field(default_factory=dict)
    watch: Connection | None = None
    newest: dict | None = None  # what `last` found, where nothing changes

    def __post_init__(self) -> None:
        self.client = self.app.test_client(use_cookies=False)

    def send(self, method: str, path: str, *, role: str | None = "admin", body=None, headers=None, data=None):
        """Send as a role (None: signed in as nobody); `body` goes as JSON, `data` as it is."""
        sent = {"Cookie": self.cookies[role]} if role is not None else {}
        if body is not None:
            data, sent = json.dumps(body).encode("utf-8"), sent | JSON
        url = path if path.startswith("/") else f"{BASE}/{path}"
        return self.client.open(url, method=method, headers=sent | (headers or {}), data=data)

    def get(self, path: str, **kwargs):
        return self.send("GET", path, **kwargs)

    def post(self, path: str, body, **kwargs):
        return self.send("POST", path, body=body, **kwargs)

    def made(self, path: str, body, **kwargs) -> dict:
        """Post what must succeed, and return the row."""
        answer = self.post(path, body, **kwargs)
        assert answer.status_code == 201, answer.text
        return answer.json

    def sign_in(self, username: str) -> None:
        answer = self.post("session", {"username": username, "password": shop_data.PASSWORD}, role=None)
        assert answer.status_code == 201, answer.text
        self.cookies[username] = answer.headers["Set-Cookie"].split(";")[0]

    def dump(self) -> dict[str, list[tuple]]:
        """Return all that the shop knows, by table."""
        with self.app.app_context(), reading() as connection:
            return {
                table.name: connection.execute(
                    select(*(c for c in table.c if c.name not in _NOT_THE_SHOPS.get(table.name, ()))).order_by(
                        *table.primary_key
                    )
                ).fetchall()
                for table in db.metadata.sorted_tables
                if table.name not in _BOOKKEEPING
            }

    def last(self, model, role: str) -> int:
        """Return the id of the newest live row of a noun that the role's user sees."""
        if self.newest is None:
            return self._last(model, role)
        if (model, role) not in self.newest:
            self.newest[model, role] = self._last(model, role)
        return self.newest[model, role]

    def _last(self, model, role: str) -> int:
        with self.app.app_context(), reading() as connection:
            session = session_on(connection)
            user = session.scalar(select(User).where(User.username_key == role))
            rows = model.visible_to(user.caller)
            if hasattr(model, "archived_at"):
                rows = rows.where(model.archived_at.is_(None))
            return session.scalar(rows.with_only_columns(model.id).order_by(model.id.desc()).limit(1))

    def stamp(self) -> object:
        """Return what stays the same while nobody writes: a look at it costs far less than one at everything."""
        if self.watch is None:
            with self.app.app_context():
                self.watch = open_engine(db.engine.url, poolclass=NullPool).connect()
                self.watch = self.watch.execution_options(**{WRITE: False})
        stamp = self.watch.exec_driver_sql(_STAMPS[self.watch.dialect.name]).scalar()
        self.watch.rollback()
        return stamp

    def rest(self) -> None:
        """Let go of a file, which is about to be another; a server's connections stay, and are worth a test's time.

        But few: it has a hundred for all processes, and the drills want most of them.
        """
        with self.app.app_context():
            db.session.remove()
            if db.engine.dialect.name == "sqlite" or db.engine.pool.checkedin() > FEW:
                db.engine.dispose()

    def close(self) -> None:
        if self.watch is not None:
            self.watch.close()
            self.watch = None
        self.rest()
        with self.app.app_context():
            db.engine.dispose()


class Template:
    """The filled database that the others are copies of."""

    def __init__(self, databases: SqliteFiles | PostgresqlDatabases | MariadbDatabases) -> None:
        self.databases = databases
        self.place = databases.create()
        service = self._open(self.place, {})
        with service.app.app_context():
            bring_up_to_date(self._settings(self.place), asked=True)
        shop_data.fill(service)
        service.close()
        databases.keep(self.place)
        self.cookies, self.tokens = service.cookies, service.tokens
        self.idle: list[tuple[object, Service]] = []

    @contextmanager
    def lend(self):
        """Lend a service on a copy, one that was used before where there is one: an app takes longer than a test."""
        place, service = self.idle.pop() if self.idle else self._opened(self.databases.create(self.place), {})
        service.cookies, service.tokens = dict(self.cookies), dict(self.tokens)
        try:
            yield service
        finally:
            service.rest()
            self.databases.refill(place, self.place)
            self.idle.append((place, service))

    @contextmanager
    def copy(self, **sections):
        """Open a service on a copy; `sections` replace those of the settings."""
        place, service = self._opened(self.databases.create(self.place), sections)
        service.cookies, service.tokens = dict(self.cookies), dict(self.tokens)
        try:
            yield service
        finally:
            service.close()
            self.databases.drop(place)

    def end(self) -> None:
        for _, service in self.idle:
            service.close()

    def _opened(self, place, sections):
        return place, self._open(place, sections)

    def _settings(self, place, **sections) -> Settings:
        return Settings(
            **{"security": Security(secret_key=KEY, sign_in_attempts=0, record_refusals=False)}
            | self.databases.settings(place)
            | sections
        )

    def _open(self, place, sections) -> Service:
        return Service(create_app(self._settings(place, **sections)))
