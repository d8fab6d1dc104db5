"""Databases for tests on a MariaDB server; see places.py."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from common.settings_schema import Database, Storage


class MariadbDatabases:
    """Databases of one server, each under a name that nobody else uses.

    To make one takes half a second, so one that is done with is filled again as it was: those tables whose checksum is
    another than before. MariaDB has no way to keep a trigger quiet, so those of the copies look at a variable first.
    """

    name = "mariadb"

    def __init__(self, url: str, folder: Path) -> None:
        self.server_url = url
        self.url, self.folder = make_url(url).set(drivername="mariadb+pymysql"), folder
        self.prefix = f"storekeeper_test_{uuid.uuid4().hex[:8]}"
        self.server = self._engine(self.url.set(database=None))
        self.made: list[str] = []
        self.free: list[str] = []
        self.kept: dict[str, list[str]] = {}
        self.sums: dict[str, dict[str, int]] = {}
        self.next_ids: dict[str, dict[str, int]] = {}

    def create(self, template: str | None = None) -> str:
        return self.free.pop() if template and self.free else self._made(template)

    def _made(self, template: str | None) -> str:
        place = f"{self.prefix}_{len(self.made)}"
        self._run(f"CREATE DATABASE {place}")
        self.made.append(place)
        if template:
            self._run(f"USE {place}", "SET foreign_key_checks = 0", *self.kept[template])
        return place

    def clone(self, template: str) -> str:
        """Make another one of it that nobody gives back."""
        if template not in self.kept:
            self.keep(template)
        return self._made(template)

    def keep(self, place: str) -> None:
        """Remember how it is made, and what is in it."""
        with self.server.connect() as connection:
            connection.exec_driver_sql(f"USE {place}")
            tables = self._tables(place)
            made = [connection.exec_driver_sql(f"SHOW CREATE TABLE `{name}`").one()[1] for name in tables]
            triggers = connection.exec_driver_sql("SHOW TRIGGERS").scalars().all()
            guards = [connection.exec_driver_sql(f"SHOW CREATE TRIGGER `{name}`").one()[2] for name in triggers]
        rows = [f"INSERT INTO `{name}` SELECT * FROM {place}.`{name}`" for name in tables]
        self.kept[place] = [*made, *rows, *(_GUARD.sub(_unless_quiet, guard) for guard in guards)]
        self.sums[place], self.next_ids[place] = self._sums(place, tables), self._next_ids(place)

    def drop(self, place: str) -> None:
        self.refill(place)
        self.free.append(place)

    def refill(self, place: str, template: str = "") -> None:
        """Make a place what the template is."""
        template = template or next(iter(self.kept))
        kept = self.sums[template]
        changed = [name for name, found in self._sums(place, kept).items() if found != kept[name]]
        self._run(
            f"USE {place}",
            "SET foreign_key_checks = 0",
            "SET @quiet = 1",
            "BEGIN",
            *(f"DELETE FROM `{name}`" for name in changed),
            *(f"INSERT INTO `{name}` SELECT * FROM {template}.`{name}`" for name in changed),
            "COMMIT",
            *(f"DROP TABLE `{name}`" for name in self._tables(place) if name not in kept),
        )
        next_ids = self._next_ids(place)
        back = {name: id_ for name, id_ in self.next_ids[template].items() if next_ids.get(name) != id_}
        self._run(f"USE {place}", *(f"ALTER TABLE `{name}` AUTO_INCREMENT = {id_}" for name, id_ in back.items()))

    def end(self) -> None:
        self._run(*(f"DROP DATABASE IF EXISTS {place}" for place in self.made))
        self.server.dispose()

    def settings(self, place: str) -> dict:
        url = self.url.set(drivername="mariadb", database=place).render_as_string(hide_password=False)
        return {"storage": Storage(folder=str(self.folder)), "database": Database(url=url)}

    def _tables(self, place: str) -> list[str]:
        with self.server.connect() as connection:
            return list(connection.exec_driver_sql(f"SHOW TABLES IN {place}").scalars())

    def _sums(self, place: str, tables) -> dict[str, int]:
        names = ", ".join(f"{place}.`{name}`" for name in tables)
        with self.server.connect() as connection:
            return {name.split(".")[1]: found for name, found in connection.exec_driver_sql(f"CHECKSUM TABLE {names}")}

    def _next_ids(self, place: str) -> dict[str, int]:
        numbered = "SELECT table_name, auto_increment FROM information_schema.tables WHERE auto_increment IS NOT NULL"
        with self.server.connect() as connection:
            return dict(connection.exec_driver_sql(f"{numbered} AND table_schema = '{place}'").all())

    def _run(self, *statements: str) -> None:
        with self.server.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%"))
            connection.exec_driver_sql("SET foreign_key_checks = 1")
            connection.exec_driver_sql("SET @quiet = NULL")

    def _engine(self, url):
        return create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})


_GUARD = re.compile(r"FOR EACH ROW (?:IF (.*) THEN )?(SIGNAL [^;]*)(?:;.*)?", re.DOTALL)


def _unless_quiet(guard: re.Match) -> str:
    return f"FOR EACH ROW IF @quiet IS NULL AND ({guard[1] or 'TRUE'}) THEN {guard[2]}; END IF"
