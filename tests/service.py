"""The real service for tests: one filled database a run, copied for every test that changes it."""

from __future__ import annotations

import json
import shutil
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import shop_data
from sqlalchemy import create_engine, select
from sqlalchemy.engine import make_url

from commands.opening import bring_up_to_date
from common.database import db, reading, session_on
from common.settings import Settings
from common.settings_schema import Database, Security, Storage
from models.user import User
from wsgi import create_app

KEY = "kF93jvmw0Qd7Zxb1Lp5RtYhUe8NsAc26"
ROLES = ("viewer", "clerk", "manager", "admin")
BASE = "/api/v1"
JSON = {"Content-Type": "application/json"}
# A reading caller's session may note that it is in use; keys and first answers are bookkeeping.
_NOT_THE_SHOPS = {"sessions": {"last_used_at", "idle_until"}}
_BOOKKEEPING = {"idempotency_keys"}


class SqliteFiles:
    """Databases that are files."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def create(self, template: Path | None = None) -> Path:
        self.count += 1
        place = self.folder / str(self.count)
        place.mkdir(parents=True)
        if template is not None:
            shutil.copyfile(template / "storekeeper.db", place / "storekeeper.db")
        return place

    def keep(self, place: Path) -> None:
        """A file that nobody has open is its own copy."""

    def drop(self, place: Path) -> None:
        shutil.rmtree(place)

    def end(self) -> None:
        shutil.rmtree(self.folder)

    def settings(self, place: Path) -> dict:
        return {"storage": Storage(folder=str(place))}


class PostgresqlDatabases:
    """Databases of one server, each under a name that nobody else uses.

    To make and drop one takes a second, so one that is done with is filled again as it was and serves the next test.
    """

    name = "postgresql"

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = make_url(url).set(drivername="postgresql+psycopg"), folder
        self.prefix = f"storekeeper_test_{uuid.uuid4().hex[:8]}"
        self.server = self._engine(self.url)
        self.made: list[str] = []
        self.free: list[str] = []

    def create(self, template: str | None = None) -> str:
        if template and self.free:
            return self.free.pop()
        place = f"{self.prefix}_{len(self.made)}"
        self._run(self.server, f"CREATE DATABASE {place} TEMPLATE {template or 'template0'}")
        self.made.append(place)
        return place

    def keep(self, place: str) -> None:
        """Remember what is in a database, within itself."""
        tables = (f"CREATE TABLE kept.{name} AS TABLE public.{name}" for name in self._tables())
        self._at(place, "CREATE SCHEMA kept", *tables)

    def drop(self, place: str) -> None:
        tables = self._tables()
        self._at(
            place,
            "SET session_replication_role = replica",  # no trigger fires: the ledger is append-only
            *(f"DELETE FROM {name}" for name in tables),
            *(f"INSERT INTO {name} SELECT * FROM kept.{name}" for name in tables),
            *(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), coalesce(max(id), 1)) FROM {table.name}"
                for table in db.metadata.tables.values()
                if "id" in table.c
            ),
        )
        self.free.append(place)

    def end(self) -> None:
        for place in self.made:
            self._run(self.server, f"DROP DATABASE IF EXISTS {place} WITH (FORCE)")
        self.server.dispose()

    def settings(self, place: str) -> dict:
        url = self.url.set(drivername="postgresql", database=place).render_as_string(hide_password=False)
        return {"storage": Storage(folder=str(self.folder)), "database": Database(url=url)}

    def _tables(self) -> list[str]:
        return [*db.metadata.tables, "item_search"]

    def _at(self, place: str, *statements: str) -> None:
        engine = self._engine(self.url.set(database=place))
        self._run(engine, "; ".join(statements))
        engine.dispose()

    def _run(self, engine, statements: str) -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql(statements)

    def _engine(self, url):
        return create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, connect_args={"connect_timeout": 5})


@dataclass
class Service:
    """One running app on a database of its own; requests go through the whole stack but for the socket."""

    app: object
    cookies: dict[str, str] = field(default_factory=dict)
    pristine: dict[str, list[tuple]] = field(default_factory=dict)

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
        with self.app.app_context(), reading() as connection:
            session = session_on(connection)
            user = session.scalar(select(User).where(User.username_key == role))
            rows = model.visible_to(user.caller)
            if hasattr(model, "archived_at"):
                rows = rows.where(model.archived_at.is_(None))
            return session.scalar(rows.with_only_columns(model.id).order_by(model.id.desc()).limit(1))

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


class Template:
    """The filled database that the others are copies of."""

    def __init__(self, databases: SqliteFiles | PostgresqlDatabases) -> None:
        self.databases = databases
        self.place = databases.create()
        service = self._open(self.place, {})
        with service.app.app_context():
            bring_up_to_date(self._settings(self.place), asked=True)
        shop_data.fill(service)
        service.close()
        databases.keep(self.place)
        self.cookies = service.cookies

    @contextmanager
    def copy(self, **sections):
        """Open a service on a copy; `sections` replace those of the settings."""
        place = self.databases.create(self.place)
        service = self._open(place, sections)
        service.cookies = dict(self.cookies)
        try:
            yield service
        finally:
            service.close()
            self.databases.drop(place)

    def _settings(self, place, **sections) -> Settings:
        return Settings(**{"security": Security(secret_key=KEY)} | self.databases.settings(place) | sections)

    def _open(self, place, sections) -> Service:
        return Service(create_app(self._settings(place, **sections)))
