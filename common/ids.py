"""Ids that a database has given out, carried into another one, so that none is given twice."""

from __future__ import annotations

from sqlalchemy import Connection, text

from common.database import db

_MARIADB = (
    "SELECT table_name, auto_increment - 1 FROM information_schema.tables "
    "WHERE table_schema = database() AND auto_increment > 1"
)


def given_ids(connection: Connection) -> dict[str, int]:
    """Return the highest id that each table has given, also to a row that is gone; without those that gave none."""
    if connection.dialect.name == "mariadb":
        return {name: int(last) for name, last in connection.execute(text(_MARIADB))}
    if connection.dialect.name == "sqlite":
        return {name: last for name, last in connection.execute(text("SELECT name, seq FROM sqlite_sequence")) if last}
    found: dict[str, int] = {}
    for name, sequence in _sequences(connection).items():
        last, called = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608 - the server's own name
        found |= {name: last} if called else {}
    return found


def never_give_again(connection: Connection, ids: dict[str, int], *, before: bool) -> None:
    """Let a database go on after these ids, or after its own rows'; asked `before` the rows are written, and after it.

    MariaDB ends the transaction where it is told so, the others count what is written.
    """
    name_of = connection.dialect.name
    if before and name_of == "mariadb":
        for name, last in ids.items():
            if name in db.metadata.tables:
                connection.execute(text(f"ALTER TABLE {name} AUTO_INCREMENT = {last + 1:d}"))
    elif not before and name_of == "postgresql":
        for name, sequence in _sequences(connection).items():
            highest = connection.scalar(text(f"SELECT max(id) FROM {name}")) or 0  # noqa: S608 - a model's name
            last = max(highest, ids.get(name, 0))
            if last:
                connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})
    elif not before and name_of == "sqlite":
        known = set(connection.scalars(text("SELECT name FROM sqlite_sequence")))
        for name in _kept_count(connection) & ids.keys():
            way = "UPDATE sqlite_sequence SET seq = max(seq, :last) WHERE name = :name"
            new = "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"
            connection.execute(text(way if name in known else new), {"name": name, "last": ids[name]})


def _sequences(connection: Connection) -> dict[str, str]:
    found: dict[str, str] = {}
    for table in db.metadata.tables.values():
        if "id" in table.c:
            of_it = {"table": table.name}
            sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), of_it)
            found |= {table.name: sequence} if sequence else {}
    return found


def _kept_count(connection: Connection) -> set[str]:
    """Return the tables of SQLite that keep count of their ids."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
    return set(connection.scalars(text(query)))
