"""A list as CSV: all of its rows, streamed, in one reading transaction and in little memory.

RFC 4180 in UTF-8: commas, CRLF, a header row. A text that a spreadsheet would run as a formula gets an apostrophe
before it, which spreadsheets take for "this is text". An error half-way ends the connection without the last chunk, so
that nobody takes the part for the whole.
"""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from typing import Any

import orjson
from flask import Response, request
from sqlalchemy import Connection, Select

from common import errors, gate
from common.errors import FieldError
from common.http.conditions import Scope
from common.http.context import settings
from common.http.listing import whole
from common.http.query import Query
from common.http.shapes import Shape

CONTENT_TYPE = "text/csv; charset=utf-8; header=present"
_OF_PAGES = ("limit", "per_page", "page", "cursor", "total")
# The wide forms count as well: a spreadsheet set to Japanese or Chinese takes them for the narrow ones.
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_guard, _under_way = threading.Lock(), [0]
_NUMBER = re.compile(r"-?\d+(\.\d+)?")

Rows = Sequence[dict[str, Any]]


def listed(connection: Connection, shape: Shape, scope: Scope, statement: Select[Any], query: Query) -> Response:
    """Return every row of the statement; raises Invalid where a page of it is asked for."""
    refuse_pages()
    shown = [name for name in shape.visible(scope.role) if query.fields is None or name in query.fields]
    compiled = shape.compiled(scope, frozenset(shown))
    with ExitStack() as held:
        held.enter_context(room())
        with gate.outside():  # a report computes for long before its first row
            result, batches = whole(connection, statement, compiled, query)
            held.callback(result.close)
            first = next(batches, [])
        return streamed(compiled.shown, map(compiled.show, chain([first], batches)), held)


@contextmanager
def room() -> Iterator[None]:
    """Hold one of the places for files, of which there are half as many as threads; raises Busy without one.

    Who reads slowly keeps a thread: the others are for everybody else.
    """
    with _guard:
        if _under_way[0] >= max(1, settings().server.threads // 2):
            raise errors.Busy("Too many files are being sent. Try again.", retry_after=5)
        _under_way[0] += 1
    try:
        yield
    finally:
        with _guard:
            _under_way[0] -= 1


def refuse_pages() -> None:
    """Raise Invalid where the request asks for a page: a file holds the whole list."""
    message = "A CSV file holds the whole list; it has no pages."
    problems = [FieldError(name, "choice", message) for name in _OF_PAGES if name in request.args]
    if problems:
        raise errors.Invalid(message, errors=problems)


def streamed(names: Sequence[str], batches: Iterable[Rows], held: ExitStack) -> Response:
    """Return the rows, of which these members are shown, under a header row; what is held is let go of at the end."""
    response = Response(lines(names, batches), 200, content_type=CONTENT_TYPE)
    called = request.path.rsplit("/", 1)[-1]
    response.headers["Content-Disposition"] = f'attachment; filename="{called}.csv"'
    response.call_on_close(held.pop_all().close)
    return response


def lines(names: Sequence[str], batches: Iterable[Rows]) -> Iterator[bytes]:
    """Yield the file, a batch at a time."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    for rows in batches:
        writer.writerows([cell(row[name]) for name in names] for row in rows)
        yield text.getvalue().encode("utf-8")
        text.seek(0)
        text.truncate()


def cell(value: Any) -> Any:
    """Return a value as it stands in a cell: null as nothing, what is a list or an object as JSON."""
    if value is None or isinstance(value, int | float):
        return value if not isinstance(value, bool) else str(value).lower()
    text = value if isinstance(value, str) else orjson.dumps(value).decode("utf-8")
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
