"""What the errors of each engine mean to a client: by code, and by the name of the constraint that said no."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from common import errors

_SQLITE_BUSY = {5, 6, 8, 10, 13, 14}  # busy, locked, read-only, I/O error, full, cannot open
_POSTGRES_AGAIN = {"40001", "40P01"}  # serialization failure, deadlock: the whole unit is run again
_POSTGRES_BUSY = ("08", "53", "55P03", "57")  # connection, resources, lock timeout, operator or timeout
_MARIADB_DUPLICATE = 1062
_MARIADB_DEADLOCK = 1213
_MARIADB_LOCK_TIMEOUT = 1205
_MARIADB_REFUSED = {1045, 1044, 1049, 1698}  # by its password, its rights, or there is no such database
_MARIADB_BUSY = {
    *(1040, 1129, 1203, 1226),  # connections
    *(1021, 1114, 1041),  # disk, table, memory
    *(1053, 1290, 1317, 1836, 1927),  # the operator: shutdown, read-only, killed
    *(1969, 3024),  # the statement's own time
    *(0, 2002, 2003, 2006, 2013, 2014, 2055),  # away; 0: its socket is closed
    _MARIADB_LOCK_TIMEOUT,
    *_MARIADB_REFUSED,
}
_DUPLICATE = re.compile(r"for key '(?:[^'.]+\.)?([^'.]+)'\s*$")
_CONSTRAINT = re.compile(r"CONSTRAINT `([^`]+)`")
_WRITES = re.compile(r"\s*(?:INSERT(?: IGNORE)? INTO|UPDATE|REPLACE INTO)\s+[`\"]?(\w+)", re.IGNORECASE)

refusals: dict[str, Callable[[], errors.StorekeeperError]] = {}
"""From a constraint's name to the error a client sees; each model file adds its own."""


class Conflict(errors.Busy):
    """Two transactions met; the one that lost may be run again as a whole."""


def is_lock_timeout(error: DBAPIError) -> bool:
    """Tell whether a row that somebody else holds was waited for too long."""
    return getattr(error.orig, "sqlstate", None) == "55P03" or mariadb_code(error) == _MARIADB_LOCK_TIMEOUT


def is_duplicate(error: DBAPIError) -> bool:
    """Tell whether MariaDB refused a row whose unique key is there."""
    return mariadb_code(error) == _MARIADB_DUPLICATE


def was_refused(error: DBAPIError) -> bool:
    """Tell whether a MariaDB server answered that it does not let this user in, or has no such database."""
    return mariadb_code(error) in _MARIADB_REFUSED


def mariadb_code(error: DBAPIError) -> int | None:
    """Return MariaDB's number of an error; None of another engine's."""
    first = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return first if isinstance(first, int) else None


def translate(error: DBAPIError | StaleDataError) -> Exception:
    """Return what a database error means to a client, by code and constraint name; itself where it means a bug."""
    if isinstance(error, StaleDataError):
        return errors.Stale("Somebody else changed it at the same moment.")
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, IntegrityError):
        return refusals.get(_constraint(error), errors.Refused)()
    if state in _POSTGRES_AGAIN or mariadb_code(error) == _MARIADB_DEADLOCK:
        return Conflict("Two changes met; try again.")
    if _is_away(error, state):
        return errors.Busy("The database is locked, full or away. Nothing was done; try again.", retry_after=2)
    return error


def _is_away(error: DBAPIError, state: str | None) -> bool:
    code, number = getattr(error.orig, "sqlite_errorcode", None), mariadb_code(error)
    if number is not None:
        return error.connection_invalidated or (
            number in _MARIADB_BUSY and isinstance(error, OperationalError | InterfaceError)
        )
    never_reached = isinstance(error, OperationalError) and state is None and code is None
    busy = code in _SQLITE_BUSY or (state or "").startswith(_POSTGRES_BUSY)
    return never_reached or busy or error.connection_invalidated


def _constraint(error: IntegrityError) -> str:
    """Return the constraint's name; a primary key's as the other engines call it, for MariaDB has one name for all."""
    if mariadb_code(error) is None:
        return getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""
    words = str(error.orig.args[1]) if error.orig else ""
    found = _CONSTRAINT.search(words) or _DUPLICATE.search(words)
    if found is None or found[1] != "PRIMARY":
        return found[1] if found else ""
    table = _WRITES.match(error.statement or "")
    return f"pk_{table[1]}" if table else ""
