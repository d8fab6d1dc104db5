"""The test shop's database, damaged behind the program's back, and what `check` finds then."""

from __future__ import annotations

from contextlib import contextmanager

from common.database import db, unit_of_work
from models import checking


@contextmanager
def behind_the_back(service):
    """A connection on which no trigger, no foreign key and, on SQLite, no check says a word."""
    with service.app.app_context():
        connection = db.engine.raw_connection()
        cursor = connection.cursor()
        if db.engine.dialect.name == "sqlite":
            triggers = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            before = ["PRAGMA foreign_keys=OFF", "PRAGMA ignore_check_constraints=ON"]
            before += [f"DROP TRIGGER {name}" for name, _ in triggers]
            after = ["PRAGMA foreign_keys=ON", "PRAGMA ignore_check_constraints=OFF", *(sql for _, sql in triggers)]
        elif db.engine.dialect.name == "mariadb":
            before = ["SET foreign_key_checks = 0", "SET check_constraint_checks = 0", "SET @quiet = 1"]
            after = ["SET foreign_key_checks = 1", "SET check_constraint_checks = 1", "SET @quiet = NULL"]
        else:
            before = ["SET session_replication_role = replica"]
            after = ["RESET session_replication_role"]
        for statement in before:
            cursor.execute(statement)
        yield cursor
        for statement in after:
            cursor.execute(statement)
        if db.engine.dialect.name != "sqlite":
            connection.driver_connection.commit()
        connection.close()


def findings(service):
    with service.app.app_context(), unit_of_work(db.session(), write=False) as session:
        checking.hold_still(session.connection())
        return {finding.title: finding for finding in checking.prove(session.connection())}


def damage(service, statement):
    """Damage it by one statement or by several."""
    with behind_the_back(service) as cursor:
        for one in statement.format(search="rowid" if fresh_is_sqlite(service) else "item_id").split("; "):
            cursor.execute(one)


def dialect_of(service):
    with service.app.app_context():
        return db.engine.dialect.name


def fresh_is_sqlite(service):
    return dialect_of(service) == "sqlite"
