"""Statements made ready for the driver once, for the few that run on every request.

SQLAlchemy keeps the SQL of a statement too, but each execution still walks some forty of its own functions around the
driver's one; on a page of fifty rows that is a fifth of the time (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.exc import DBAPIError


class Prepared:
    """A statement whose parameters are all known by name; rows come as the driver gives them, without conversion."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.sql: str = compiled.string
        self.order: list[str] | None = compiled.positiontup
        self.needs_expanding = bool(compiled.post_compile_params)
        self.fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        of_types = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
        self.converters = {name: type_.bind_processor(dialect) for name, type_ in of_types.items()}

    def fetch(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows; raises DBAPIError as SQLAlchemy would. The connection must stand in a transaction."""
        cursor: Any = connection.connection.cursor()
        try:
            cursor.execute(self.sql, self._parameters(values))
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error as error:
            driver: Any = connection.dialect.loaded_dbapi.Error
            raise DBAPIError.instance(self.sql, None, error, driver, hide_parameters=True) from error
        finally:
            cursor.close()
        return rows

    def _parameters(self, values: Mapping[str, Any]) -> Any:
        ready = {}
        for name, convert in self.converters.items():
            value = values[name] if name in values else self.fixed[name]
            ready[name] = convert(value) if convert is not None else value
        return ready if self.order is None else [ready[name] for name in self.order]
