"""Databases for tests: places that are made, filled from a template, emptied and dropped."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from places_mariadb import MariadbDatabases
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

from common.database import db
from common.settings_schema import Database, Storage


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
            self.refill(place, template)
        return place

    def refill(self, place: Path, template: Path) -> None:
        """Make a place that nobody has open what the template is, and nothing more."""
        for path in place.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copyfile(template / "storekeeper.db", place / "storekeeper.db")

    def keep(self, place: Path) -> None:
        """A file that nobody has open is its own copy."""

    def drop(self, place: Path) -> None:
        shutil.rmtree(place)

    def end(self) -> None:
        shutil.rmtree(self.folder)

    def settings(self, place: Path) -> dict:
        return {"storage": Storage(folder=str(place))}


_DIGEST = "SELECT count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM public.{0} t"


class PostgresqlDatabases:
    """Databases of one server, each under a name that nobody else uses.

    To make and drop one takes a second, so one that is done with is filled again as it was and serves the next test;
    those tables alone that are another than before.
    """

    name = "postgresql"

    def __init__(self, url: str, folder: Path) -> None:
        self.server_url = url
        self.url, self.folder = make_url(url).set(drivername="postgresql+psycopg"), folder
        self.prefix = f"storekeeper_test_{uuid.uuid4().hex[:8]}"
        self.server = self._engine(self.url)
        self.made: list[str] = []
        self.free: list[str] = []
        self.at: dict[str, Engine] = {}  # to begin a connection takes as long as to fill a database again

    def create(self, template: str | None = None) -> str:
        if template and self.free:
            return self.free.pop()
        if template in self.at:
            self.at.pop(template).dispose()  # nobody may be in what is copied
        place = f"{self.prefix}_{len(self.made)}"
        self._run(self.server, f"CREATE DATABASE {place} TEMPLATE {template or 'template0'}")
        self.made.append(place)
        return place

    def clone(self, template: str) -> str:
        """Make another one of it that nobody gives back."""
        place = f"{self.prefix}_{len(self.made)}"
        self._run(self.server, f"CREATE DATABASE {place} TEMPLATE {template}")
        self.made.append(place)
        return place

    def keep(self, place: str) -> None:
        """Remember what is in a database, within itself."""
        tables = (f"CREATE TABLE kept.{name} AS TABLE public.{name}" for name in self._tables())
        digests = (f"SELECT '{name}' AS name, ({_DIGEST.format(name)}) AS digest" for name in self._tables())
        self._at(
            place,
            "CREATE SCHEMA kept",
            *tables,
            f"CREATE TABLE kept.digests AS {' UNION ALL '.join(digests)}",
            f"CREATE FUNCTION kept.refill() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {self._refilling()} END $$",
        )

    def drop(self, place: str) -> None:
        self.refill(place)
        self.free.append(place)

    def refill(self, place: str, _template: str = "") -> None:
        """Make a place what the template is: each holds it within itself."""
        # No trigger fires: the ledger is append-only.
        self._at(place, "SET session_replication_role = replica", "SELECT kept.refill()")

    def _refilling(self) -> str:
        anew = "DELETE FROM {0}; INSERT INTO {0} SELECT * FROM kept.{0};"
        changed = f"IF ({_DIGEST}) <> (SELECT digest FROM kept.digests WHERE name = '{{0}}') THEN {anew} END IF;"
        numbered = [table.name for table in db.metadata.tables.values() if "id" in table.c]
        return "".join(
            [changed.format(name) for name in self._tables()]
            + [
                f"PERFORM setval(pg_get_serial_sequence('{name}', 'id'), coalesce(max(id), 1), count(*) > 0) "
                f"FROM {name};"
                for name in numbered
            ]
        )

    def end(self) -> None:
        for engine in self.at.values():
            engine.dispose()
        for place in self.made:
            self._run(self.server, f"DROP DATABASE IF EXISTS {place} WITH (FORCE)")
        self.server.dispose()

    def settings(self, place: str) -> dict:
        url = self.url.set(drivername="postgresql", database=place).render_as_string(hide_password=False)
        return {"storage": Storage(folder=str(self.folder)), "database": Database(url=url)}

    def _tables(self) -> list[str]:
        return [*db.metadata.tables, "item_search"]

    def _at(self, place: str, *statements: str) -> None:
        if place not in self.at:
            self.at[place] = self._engine(self.url.set(database=place))
        self._run(self.at[place], "; ".join(statements))

    def _run(self, engine, statements: str) -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql(statements)

    def _engine(self, url):
        return create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, connect_args={"connect_timeout": 5})


def on_server(url: str, folder: Path) -> PostgresqlDatabases | MariadbDatabases:
    """Return the databases of the server that a URL names."""
    kind = PostgresqlDatabases if url.startswith("postgres") else MariadbDatabases
    return kind(url, folder)
