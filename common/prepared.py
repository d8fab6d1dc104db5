"""Statements made ready for the driver once, for the few that run on every request.

SQLAlchemy keeps the SQL of a statement too, but each execution still walks some forty of its own functions around the
driver's one; on a page of fifty rows that is a fifth of the time (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.exc import DBAPIError


class Prepared:
    """A statement whose parameters are all known by name; rows come as the driver gives them, without conversion."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.sql: str = compiled.string
        self.needs_expanding = bool(compiled.post_compile_params)
        self.order: Sequence[str] | None = compiled.positiontup
        names = dict.fromkeys(self.order or compiled.binds)
        self.places = [_Place(name, compiled.binds[name], dialect) for name in names]

    def fetch(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows; raises DBAPIError as SQLAlchemy would. The connection must stand in a transaction."""
        cursor: Any = connection.connection.cursor()
        try:
            cursor.execute(self.sql, self._parameters(values))
            rows: list[tuple[Any, ...]] = list(cursor.fetchall())
        except connection.dialect.loaded_dbapi.Error as error:
            driver: Any = connection.dialect.loaded_dbapi.Error
            raise DBAPIError.instance(self.sql, None, error, driver, hide_parameters=True) from error
        finally:
            cursor.close()
        return rows

    def _parameters(self, values: Mapping[str, Any]) -> Any:
        ready = {place.name: place.fill(values) for place in self.places}
        return ready if self.order is None else [ready[name] for name in self.order]


class _Place:
    """One parameter, wherever it stands in the statement."""

    __slots__ = ("convert", "fixed", "fresh", "name", "required")

    def __init__(self, name: str, bind: Any, dialect: Dialect) -> None:
        self.name, self.fixed, self.required = name, bind.value, bind.required
        self.fresh = bind.callable  # what is asked anew each time, such as the hour
        self.convert = bind.type.dialect_impl(dialect).bind_processor(dialect)

    def fill(self, values: Mapping[str, Any]) -> Any:
        """Return the value as the driver takes it; the statement's own where none is given."""
        if self.fresh is not None:
            value = self.fresh()
        else:
            value = values[self.name] if self.required else values.get(self.name, self.fixed)
        return value if self.convert is None else self.convert(value)
