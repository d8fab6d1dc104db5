"""Lists: one select from the handler; filters, order, pages and search are put on it here.

Pages are keyset pages tied on the row's key, so that no row is lost or doubled while rows are being written, and the
last page costs what the first does. The statement of each kind of question is built once and kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import FunctionType
from typing import Any

from flask import request
from sqlalchemy import Connection, Integer, Select, and_, bindparam, func, or_, tuple_, type_coerce

from common.http.compiled import Compiled
from common.http.cursors import Cursor, is_moment, is_text, is_whole, signature
from common.http.kinds import kind_of
from common.http.query import Query
from common.http.searching import Search, searcher
from common.http.shapes import Shape
from common.prepared import Prepared
from common.types import RawTimestamp

_MOST_KEPT = 512
_OPERATORS = {"eq": "__eq__", "gte": "__ge__", "gt": "__gt__", "lte": "__le__", "lt": "__lt__"}
_kept: dict[Any, Any] = {}


@dataclass(slots=True)
class Page:
    """The raw rows of a page, and where to go from it."""

    rows: list[Any]
    next: str | None = None
    previous: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by: expressions that are never null, the last one unique; True means descending."""

    keys: list[tuple[Any, bool]]
    raw: list[Any]
    fits: list[Callable[[Any], bool]]
    name: str

    @classmethod
    def of(cls, shape: Shape, query: Query, search: Search | None) -> Order:
        """Return the order that was asked for, else the noun's own."""
        unique = shape.key if search is None or search.id is None else search.id
        keys = [(_sort_key(shape, name), down) for name, down in query.sort or _parse(shape.default_sort)]
        keys = [(unique, keys[-1][1])] if len(keys) == 1 and keys[0][0] is shape.key else [*keys, (unique, keys[-1][1])]
        raw = [type_coerce(key, kind.raw) if (kind := kind_of(key.type, 2)).raw else key for key, _ in keys]
        fits = [_fit(column.type) for column in raw]
        return cls(
            keys, raw, fits, signature(shape.path, str(query.sort or shape.default_sort), str(search is not None))
        )


def _fit(column_type: Any) -> Callable[[Any], bool]:
    if isinstance(column_type, RawTimestamp):
        return is_moment
    return is_whole if isinstance(column_type, Integer) else is_text


def _sort_key(shape: Shape, name: str) -> Any:
    if name not in shape.fields:
        return shape.key
    sort = shape.fields[name].sort
    return shape.column(name) if sort is True else sort


def _parse(sort: str) -> list[tuple[str, bool]]:
    return [(name.removeprefix("-"), name.startswith("-")) for name in sort.split(",")]


def page(connection: Connection, statement: Select[Any], compiled: Compiled, query: Query) -> Page:
    """Return a page of what the statement selects; raises Invalid for a foreign cursor."""
    shape = compiled.shape
    search = searcher(connection, shape, query)
    if search is not None and search.finds_nothing:
        return Page([], total=0 if query.total else None)
    order = _remember(("order", shape, query.sort, search and search.kind), lambda: Order.of(shape, query, search))
    here = signature(request.path, order.name)
    cursor = Cursor.decode(query.cursor, here, order.fits) if query.cursor else None
    filtered = filter_(statement, shape, query)
    narrowed = _remember(("narrow", filtered, search.kind), lambda: search.narrow(filtered)) if search else filtered
    built = _built(narrowed, compiled, query, order, cursor)
    values = _values(query, search, cursor)
    rows = _fetch(connection, built, values)
    if search is not None and search.pinned and (query.page or 1) == 1:
        pins = search.pins(connection, filtered, compiled, values, cursor)
        rows = rows + pins if cursor is not None and cursor.back else pins + rows
    result = _turn(rows, query, here, len(order.keys), cursor)
    if query.total:
        counted = narrowed.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
        result.total = connection.execute(counted, values).scalar_one() + len(search.pinned if search else ())
    return result


def _remember(question: Any, build: Any) -> Any:
    built = _kept.get(question)
    if built is None:
        built = build()
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[question] = built  # returned as it is: another thread may clear the table meanwhile
    return built


def _values(query: Query, search: Search | None, cursor: Cursor | None) -> dict[str, Any]:
    values = filter_values(query) | {"limit": query.limit + 1}
    if query.page is not None and query.page > 1:
        values["offset"] = max(0, (query.page - 1) * query.limit - len(search.pinned if search else ()))
    if search is not None:
        values |= search.values
    return values | ({f"k{i}": key for i, key in enumerate(cursor.keys)} if cursor else {})


def _fetch(connection: Connection, built: Select[Any], values: dict[str, Any]) -> list[Any]:
    dialect = connection.dialect
    prepared: Prepared = _remember(("prepared", built, dialect.name), lambda: Prepared(built, dialect))
    if prepared.needs_expanding:
        return list(connection.execute(built, values).fetchall())
    return prepared.fetch(connection, values)


def filter_(statement: Select[Any], shape: Shape, query: Query) -> Select[Any]:
    """Return the select with the query's filters as parameters; `filter_values` fills them."""
    asked = tuple((name, operator) for name, operator, _ in query.filters)
    if not (asked or shape.archivable or shape.joins):
        return statement
    question = ("filter", statement, shape, asked, query.archived)
    return _remember(question, lambda: _filter(statement, shape, query))  # type: ignore[no-any-return]


def filter_values(query: Query) -> dict[str, Any]:
    """Return the parameters of the filters."""
    return {f"p{i}": value for i, (_, operator, value) in enumerate(query.filters) if operator != "null"}


def _filter(statement: Select[Any], shape: Shape, query: Query) -> Select[Any]:
    for target, on, outer in shape.joins:
        statement = statement.join(target, on, isouter=outer)
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
    if operator == "in":
        return column.in_(bindparam(name, expanding=True, type_=column.type))
    return getattr(column, _OPERATORS[operator])(bindparam(name, type_=column.type))


def _built(narrowed: Select[Any], compiled: Compiled, query: Query, order: Order, cursor: Cursor | None) -> Any:
    back, offset = cursor is not None and cursor.back, (query.page or 1) > 1

    def build() -> Select[Any]:
        built = narrowed.with_only_columns(*compiled.columns, *(raw.label(f"_k{i}") for i, raw in enumerate(order.raw)))
        if cursor is not None:
            built = built.where(_beyond(order, back=back))
        built = built.order_by(*(key.desc() if down != back else key for key, down in order.keys))
        built = built.limit(bindparam("limit"))
        return built.offset(bindparam("offset")) if offset else built

    return _remember(("page", narrowed, compiled, order.name, cursor is not None, back, offset), build)


def _beyond(order: Order, *, back: bool) -> Any:
    """Return the condition of standing after (or before) the cursor: one row comparison where all keys go one way."""
    edges = [bindparam(f"k{i}", type_=raw.type) for i, raw in enumerate(order.raw)]
    ways = [down != back for _, down in order.keys]
    if len(set(ways)) == 1:
        left, right = (tuple_(*order.raw), tuple_(*edges)) if len(edges) > 1 else (order.raw[0], edges[0])
        return left < right if ways[0] else left > right
    steps = []
    for i, down in enumerate(ways):
        further = order.raw[i] < edges[i] if down else order.raw[i] > edges[i]
        steps.append(and_(*(order.raw[j] == edges[j] for j in range(i)), further))
    return or_(*steps)


def _turn(rows: list[Any], query: Query, here: str, width: int, cursor: Cursor | None) -> Page:
    back, more = cursor is not None and cursor.back, len(rows) > query.limit
    rows = rows[: query.limit]
    if back:
        rows.reverse()
    result = Page(rows)
    if rows and (back or more):
        result.next = Cursor(_keys(rows[-1], width)).encode(here)
    if rows and (more if back else cursor is not None or (query.page or 1) > 1):
        result.previous = Cursor(_keys(rows[0], width), back=True).encode(here)
    return result


def _keys(row: Any, width: int) -> tuple[Any, ...]:
    return tuple(key if isinstance(key, str | int) else key.isoformat() for key in row[-width:])
