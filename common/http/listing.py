"""Lists: one select from the handler; filters, order, pages and search are put on it here.

Pages are keyset pages tied on the row's key, so that no row is lost or doubled while rows are being written, and the
last page costs what the first does. The statement of each kind of question is built once and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from types import FunctionType
from typing import Any

from sqlalchemy import Connection, Result, Select, bindparam, func, literal_column, or_

from common.http.compiled import Compiled
from common.http.cursors import Cursor, signature
from common.http.late import joined, joined_to_page
from common.http.ordering import Order
from common.http.query import Query
from common.http.searching import Search, searcher
from common.http.shapes import AT, AT_TIMESTAMP, Shape
from common.kept import Kept
from common.prepared import Prepared

_OPERATORS = {"eq": "__eq__", "gte": "__ge__", "gt": "__gt__", "lte": "__le__", "lt": "__lt__"}
_kept: Kept[Any, Any] = Kept(512)
ROWS_AT_ONCE = 500


@dataclass(slots=True)
class Page:
    """The raw rows of a page, and where to go from it."""

    rows: list[Any]
    next: str | None = None
    previous: str | None = None
    total: int | None = None


def page(connection: Connection, statement: Select[Any], compiled: Compiled, query: Query, path: str) -> Page:
    """Return a page of what the statement selects; raises Invalid for a cursor of another list than `path`'s."""
    shape = compiled.shape
    search = searcher(connection, shape, query)
    if search is not None and search.finds_nothing:
        return Page([], total=0 if query.total else None)
    order = _kept.recall(("order", shape, query.sort, search and search.kind), lambda: Order.of(shape, query, search))
    here = signature(path, order.name, *(str(moment) for name, moment in _moment(query).items() if name == AT))
    cursor = Cursor.decode(query.cursor, here, order.fits) if query.cursor else None
    filtered = filter_(statement, shape, query)
    narrowed = _kept.recall(("narrow", filtered, search.kind), lambda: search.narrow(filtered)) if search else filtered
    built = _built(narrowed, compiled, query, order, cursor, whole=connection.dialect.name != "mariadb")
    values = _values(query, search, cursor)
    rows = _fetch(connection, shape, built, values)
    if search is not None and search.pinned and (query.page or 1) == 1:
        pins = search.pins(connection, filtered, compiled, values, cursor)
        rows = rows + pins if cursor is not None and cursor.back else pins + rows
    result = _turn(rows, query, here, order, cursor)
    if shape.endless and result.next is None:
        edge = Cursor(order.keys_of(result.rows[-1])) if result.rows else Cursor(cursor.keys if cursor else (0,))
        result.next = edge.encode(here)
    if query.total:
        counted = narrowed.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
        result.total = connection.execute(counted, values).scalar_one() + len(search.pinned if search else ())
    return result


def whole(
    connection: Connection, statement: Select[Any], compiled: Compiled, query: Query
) -> tuple[Result[Any], Iterator[Sequence[Any]]]:
    """Return all rows of a list in its order, some at a time, and the open result that they are read from.

    Nothing but those is held in memory; a server is asked for as many at once.
    """
    shape = compiled.shape
    search = searcher(connection, shape, query)
    order, filtered = Order.of(shape, query, search), filter_(statement, shape, query)
    narrowed = search.narrow(filtered) if search else filtered
    values = filter_values(query) | (search.values if search else {})
    built = (
        joined(narrowed, shape.late)
        .with_only_columns(*compiled.columns)
        .order_by(*(key.desc() if down else key for key, down in order.keys))
    )
    pinned = search.pins(connection, filtered, compiled, values, None) if search and search.pinned else []
    result = connection.execute(built, values, execution_options={"yield_per": ROWS_AT_ONCE})
    first = [row[: len(compiled.columns)] for row in pinned]
    return result, chain([first] if first else [], result.partitions())


def _values(query: Query, search: Search | None, cursor: Cursor | None) -> dict[str, Any]:
    values = filter_values(query)
    if query.page is not None and query.page > 1:
        values["offset"] = max(0, (query.page - 1) * query.limit - len(search.pinned if search else ()))
    if search is not None:
        values |= search.values
    return values | ({f"k{i}": key for i, key in enumerate(cursor.keys)} if cursor else {})


def _fetch(connection: Connection, shape: Shape, built: Select[Any], values: dict[str, Any]) -> list[Any]:
    dialect = connection.dialect
    if shape.computed:
        return list(connection.execute(built, values).fetchall())
    prepared: Prepared = _kept.recall(("prepared", built, dialect.name), lambda: Prepared(built, dialect))
    if prepared.needs_expanding:
        return list(connection.execute(built, values).fetchall())
    return prepared.fetch(connection, values)


def filter_(statement: Select[Any], shape: Shape, query: Query) -> Select[Any]:
    """Return the select with the query's filters as parameters; `filter_values` fills them."""
    asked = tuple((name, operator) for name, operator, _ in query.filters)
    if not (asked or shape.archivable or shape.joins):
        return statement
    question = ("filter", statement, shape, asked, query.archived)
    return _recall(shape, question, lambda: _filter(statement, shape, query))  # type: ignore[no-any-return]


def _recall(shape: Shape, question: Any, build: Callable[[], Any]) -> Any:
    return build() if shape.computed else _kept.recall(question, build)


def filter_values(query: Query) -> dict[str, Any]:
    """Return the parameters of the filters."""
    filters = {f"p{i}": value for i, (_, operator, value) in enumerate(query.filters) if operator != "null"}
    return filters | _moment(query)


def _moment(query: Query) -> dict[str, Any]:
    moment = query.asked.get(AT)
    return {AT: moment, AT_TIMESTAMP: moment} if moment else {}


def _filter(statement: Select[Any], shape: Shape, query: Query) -> Select[Any]:
    statement = joined(statement, shape.joins)
    if shape.archivable:
        archived = shape.model.archived_at
        statement = statement.where(archived.is_not(None) if query.archived else archived.is_(None))
    for i, (name, operator, _) in enumerate(query.filters):
        column, test = shape.filter_column(name), partial(_test, operator, f"p{i}")
        statement = statement.where(column(test) if isinstance(column, FunctionType) else test(column))
    return statement


def _test(operator: str, name: str, column: Any) -> Any:
    if operator == "null":
        return column.is_(None)
    if operator in {"in", "in or null"}:
        among = column.in_(bindparam(name, expanding=True, type_=column.type))
        return among if operator == "in" else or_(among, column.is_(None))
    return getattr(column, _OPERATORS[operator])(bindparam(name, type_=column.type))


def _built(
    narrowed: Select[Any], compiled: Compiled, query: Query, order: Order, cursor: Cursor | None, *, whole: bool
) -> Any:
    back, offset = cursor is not None and cursor.back, (query.page or 1) > 1

    def build() -> Select[Any]:
        columns = [*compiled.columns, *order.columns()]
        built = narrowed.with_only_columns(*columns)
        if cursor is not None:
            built = built.where(order.beyond(back=back, whole=whole))
        ways = [key.desc() if down != back else key for key, down in order.keys]
        # As a number of its own: SQLite plans a statement anew at each execution where a parameter says how many.
        built = built.order_by(*ways).limit(literal_column(str(query.limit + 1)))
        built = built.offset(bindparam("offset")) if offset else built
        return joined_to_page(built, compiled.shape, columns, ways) if compiled.shape.late else built

    asked = ("page", narrowed, compiled, order.name, query.limit, cursor is not None, back, offset, whole)
    return _recall(compiled.shape, asked, build)


def _turn(rows: list[Any], query: Query, here: str, order: Order, cursor: Cursor | None) -> Page:
    back, more = cursor is not None and cursor.back, len(rows) > query.limit
    rows = rows[: query.limit]
    if back:
        rows.reverse()
    result = Page(rows)
    if rows and (back or more):
        result.next = Cursor(order.keys_of(rows[-1])).encode(here)
    if rows and (more if back else cursor is not None or (query.page or 1) > 1):
        result.previous = Cursor(order.keys_of(rows[0]), back=True).encode(here)
    return result
