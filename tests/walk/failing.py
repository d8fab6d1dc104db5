"""A database that fails in the middle of a change, as the driver tells it."""

from __future__ import annotations

import time

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from common.database import WRITE, db

COMMIT = 0
_END = {
    "postgresql": ("SELECT pg_terminate_backend({})", "SELECT count(*) FROM pg_stat_activity WHERE pid = {}"),
    "mariadb": ("KILL {}", "SELECT count(*) FROM information_schema.processlist WHERE id = {}"),
}
_MET = {
    "postgresql": "DO $$ BEGIN RAISE EXCEPTION 'they met' USING ERRCODE = '40001'; END $$",
    "mariadb": "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'they met'",
}


class Failing:
    """Stands between a service and its database; `strike` says at which statement of the next change it fails.

    A server ends the connection, so that the driver finds nobody at its other end, or (`met`) tells that two changes
    met, which makes the service run the whole unit again. SQLite interrupts the statement; at a commit it is said for
    it that the disk cannot be read.
    """

    def __init__(self, databases, service):
        self.databases, self.left, self.met, self.struck, self.service = databases, None, False, False, service
        with service.app.app_context():
            self.engine = db.engine
        event.listen(self.engine, "before_cursor_execute", self._statement)
        event.listen(self.engine, "commit", self._commit)

    def close(self):
        event.remove(self.engine, "before_cursor_execute", self._statement)
        event.remove(self.engine, "commit", self._commit)

    def strike(self, at, *, met):
        """Fail at the statement of that number, or at COMMIT."""
        self.left, self.met, self.struck = at, met, False

    def spare(self):
        """Fail no more; return whether it did."""
        self.left = None
        return self.struck

    def _statement(self, connection, *_):
        if self.left and connection.get_execution_options().get(WRITE, True):
            self.left -= 1
            if self.left == COMMIT:
                self._break(connection, at_commit=False)

    def _commit(self, connection):
        if self.left == COMMIT and connection.get_execution_options().get(WRITE, True):
            self._break(connection, at_commit=True)

    def _break(self, connection, *, at_commit):
        self.left, self.struck = None, True
        if connection.dialect.name == "sqlite":
            if at_commit:
                error = sqlite.OperationalError("disk I/O error")
                raise DBAPIError.instance("COMMIT", None, error, sqlite.Error) from error
            once = iter([1])
            connection.connection.dbapi_connection.set_progress_handler(lambda: next(once, 0), 1)
        elif self.met:
            connection.exec_driver_sql(_MET[connection.dialect.name])
        else:
            self._end(connection)

    def _end(self, connection):
        driver = connection.connection.dbapi_connection
        number = driver.info.backend_pid if connection.dialect.name == "postgresql" else driver.thread_id()
        end, count = (text(statement.format(number)) for statement in _END[connection.dialect.name])
        with self.databases.server.connect() as other:
            other.execute(end)
            for _ in range(2000):
                if not other.execute(count).scalar():
                    return
                time.sleep(0.001)
        raise AssertionError("the server does not end a connection")
