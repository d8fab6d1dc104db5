"""How long a server's database may take for one statement, where that is more than for the statements of every day.

Those have limits of their own (common/postgres.py, common/mariadb.py), so that a request that hangs ends. SQLite has
none: nothing runs there but this program.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.pool import Pool

_SET = {
    "postgresql": "SET statement_timeout = '{0}s'; SET idle_in_transaction_session_timeout = '{1}s'",
    "mariadb": "SET SESSION max_statement_time = {0}, idle_transaction_timeout = {1}",
}
_BACK = "storekeeper_limits"


def extend(connection: Connection, *, statement: int = 0, idle: int = 0) -> None:
    """Let each statement take so many seconds, and a transaction stand idle as long; 0 for ever.

    Until the connection is given back; on PostgreSQL a transaction that is undone takes it along.
    """
    limits = _SET.get(connection.dialect.name)
    if limits is not None:
        connection.info[_BACK] = True
        connection.execute(text(limits.format(statement, idle)))


@event.listens_for(Pool, "checkin")
def _as_before(driver: Any, record: Any) -> None:
    if driver is None or not record.info.pop(_BACK, False):
        return
    with driver.cursor() as cursor:
        if hasattr(driver, "init_command"):  # MariaDB's driver has what it said at first; …
            cursor.execute(driver.init_command)
        else:  # … PostgreSQL knows what a session began with, and would begin a transaction to tell it
            driver.autocommit = True
            cursor.execute("RESET ALL")
            driver.autocommit = False
