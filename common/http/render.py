"""Step 6, keep: from a model or a select to the response. One way to show a row, alone or in a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson
from flask import Response, request
from sqlalchemy import Connection, Select, select

from common import errors
from common.access import Caller
from common.http import conditional, sheets, waiting
from common.http.compiled import Compiled
from common.http.conditions import Scope
from common.http.context import settings
from common.http.listing import Page, page
from common.http.negotiation import JSON
from common.http.query import Query, expanded_name
from common.http.shapes import Many, Shape, registry


def scope_of(caller: Caller) -> Scope:
    """Return what this caller's representations depend on."""
    return _scope(caller, request.path)


def _scope(caller: Caller, path: str) -> Scope:
    prefix = "/".join(path.split("/", 3)[:3])
    return Scope(caller.role, settings().currency_decimals, prefix, caller.sees_only, caller.store_ids or None)


def listed(
    connection: Connection, caller: Caller, shape: Shape, statement: Select[Any], query: Query, form: str = "json"
) -> Response:
    """Return a page of the statement's rows; or as CSV all of them."""
    if form == "csv":
        return sheets.listed(connection, shape, scope_of(caller), statement, query)
    path = request.path
    compiled = shape.compiled(_scope(caller, path), query.fields)
    found = page(connection, statement, compiled, query, path)
    if shape.endless and not found.rows:
        waiting.nothing_yet(query.wait)
    rows = orjson.dumps(show(connection, caller, compiled, found.rows, query))
    return framed(path, query, found, rows, lambda frame, body: _tag_of(compiled, query, found.rows, frame, body))


def framed(path: str, query: Query, found: Page, rows: bytes, tag: Callable[[bytes, bytes], str]) -> Response:
    """Return a page, of which `rows` are the JSON, between its links; `tag` makes an ETag of the frame and the body."""
    here, following, previous = path + query.text, _page(path, query, found.next), _page(path, query, found.previous)
    about: dict[str, Any] = {"limit": query.limit, "next": found.next, "previous": found.previous}
    if found.total is not None:
        about["total"] = found.total
    links = {"self": _link(here), "next": _link(following), "previous": _link(previous)}
    frame = orjson.dumps({"page": about, "links": links})
    body = b"".join((b'{"data":', rows, b",", frame[1:]))
    response = conditional.answer(body, tag(frame, body))
    # Both registered names of the page before: `previous` as in the body, `prev` as most libraries look for.
    relations = (("self", here), ("next", following), ("prev", previous), ("previous", previous))
    response.headers["Link"] = ", ".join(f'<{path}>; rel="{name}"' for name, path in relations if path)
    return response


def _tag_of(compiled: Compiled, query: Query, rows: list[Any], frame: bytes, body: bytes) -> str:
    """Return the list's tag: a digest of its rows' versions where these say everything, else of all that is shown."""
    shape = compiled.shape
    told = shape.versioned and not shape.digested and shape.borrowed is None
    if not told or compiled.many or query.expand or query.fields is not None:
        return conditional.list_tag(body)
    scope = compiled.scope
    stores = [None if ids is None else sorted(ids) for ids in (scope.sees, scope.changes)]
    versions = orjson.dumps([scope.role, stores, [row[:2] for row in rows]])  # id and version stand first
    return conditional.list_tag(versions + frame)


def _link(href: str | None) -> dict[str, str] | None:
    return None if href is None else {"href": href, "method": "GET"}


def _page(path: str, query: Query, cursor: str | None) -> str | None:
    """Return this list's address at another page; the other parameters stay as they were written."""
    return None if cursor is None else f"{path}{query.elsewhere}cursor={cursor}"


def show(
    connection: Connection, caller: Caller, compiled: Compiled, rows: Sequence[Any], query: Query
) -> list[dict[str, Any]]:
    """Return raw rows as they are sent, with what stands below them and what is expanded."""
    shown = compiled.show(rows)
    for many in compiled.many:
        _attach(connection, compiled, many, shown)
    for name in query.expand:
        _expand(connection, caller, compiled, name, shown)
    return shown


def _attach(connection: Connection, compiled: Compiled, many: Many, shown: list[dict[str, Any]]) -> None:
    ids = [row["id"] for row in shown if many.of is None or row.get(many.of[0], many.of[1]) == many.of[1]]
    of_row = _below(connection, compiled, many, ids) if ids else {}
    for row in shown:
        row[many.name] = of_row.get(row["id"], [])


def _below(connection: Connection, compiled: Compiled, many: Many, ids: list[int]) -> dict[int, list[Any]]:
    below = many.shape.compiled(compiled.scope)
    statement = select(*below.columns, many.key).where(many.key.in_(ids))
    for target, on, outer in many.shape.joins:
        statement = statement.join(target, on, isouter=outer)
    if many.where is not None:
        statement = statement.where(many.where)
    found = connection.execute(statement.order_by(many.order)).fetchall()
    shown = below.show(found)
    for deeper in below.many:
        place = below.names.index(deeper.row)
        rows = [row[place] for row in found]
        of_rows = _below(connection, below, deeper, ids) if (ids := [id_ for id_ in rows if id_ is not None]) else {}
        for id_, members in zip(rows, shown, strict=True):
            members[deeper.name] = of_rows.get(id_, [])
    of_row: dict[int, list[Any]] = defaultdict(list)
    for (*_, key), members in zip(found, shown, strict=True):
        of_row[key].append(members)
    return of_row


def _expand(connection: Connection, caller: Caller, compiled: Compiled, name: str, shown: list[dict[str, Any]]) -> None:
    field = compiled.shape.fields[name]
    other = registry[field.expand or ""]
    related = other.compiled(compiled.scope)
    ids = sorted({row[name] for row in shown if row.get(name) is not None})
    # Through the caller, as everywhere: what they may not read does not appear by way of another row.
    visible = other.model.visible_to(caller).where(other.model.id.in_(ids))
    for target, on, outer in other.joins:
        visible = visible.join(target, on, isouter=outer)
    statement = visible.with_only_columns(*related.columns, other.model.id)
    rows = connection.execute(statement).fetchall()
    found = dict(zip((key for *_, key in rows), related.show(rows), strict=True))
    for row in shown:
        row[expanded_name(name)] = found.get(row.get(name))


def row(connection: Connection, caller: Caller, shape: Shape, result: Any, query: Query) -> Response:
    """Return one row, or 304."""
    if result is None:
        raise errors.NotFound
    members = _one(connection, caller, shape, result, query)
    partial = query.fields is not None or bool(query.expand)
    body = orjson.dumps(members)
    if not shape.versioned:
        return conditional.answer(body, conditional.list_tag(body))
    version = members.get("version") or result.version
    updated = getattr(result, "updated_at", None)
    modified = updated if isinstance(updated, datetime) else None
    borrowed = _borrowed(connection, shape, result)
    if modified and borrowed and borrowed > modified:  # the version says nothing of what others changed since
        partial, modified = True, borrowed
    partial |= shape.digested
    return conditional.answer(body, conditional.row_tag(version, body, partial=partial), modified=modified)


def _borrowed(connection: Connection, shape: Shape, result: Any) -> datetime | None:
    if shape.borrowed is None:
        return None
    found: datetime | None = connection.scalar(select(shape.borrowed).where(shape.model.id == result.id))
    return found


def _one(connection: Connection, caller: Caller, shape: Shape, result: Any, query: Query) -> dict[str, Any]:
    return one(connection, caller, shape, result.id, query)


def one(connection: Connection, caller: Caller, shape: Shape, id_: int, query: Query | None = None) -> dict[str, Any]:
    """Return the row of an id as it is sent, for who shows it within something else."""
    query = query or Query()
    compiled = shape.compiled(scope_of(caller), query.fields)
    statement = select(*compiled.columns).where(shape.model.id == id_)
    for target, on, outer in shape.joins:
        statement = statement.join(target, on, isouter=outer)
    raw = connection.execute(statement).one()
    return show(connection, caller, compiled, [raw], query)[0]


def changed(connection: Connection, caller: Caller, shape: Shape, verb: str, result: Any) -> Response:
    """Return the answer to a change: 201 with Location for a POST, 200 with the row, 204 with nothing."""
    if result is None or verb == "delete":
        return Response(status=204)
    members = _one(connection, caller, shape, result, Query())
    body = orjson.dumps(members)
    response = Response(body, 201 if verb == "post" else 200, content_type=JSON)
    if shape.versioned:
        response.headers["ETag"] = conditional.row_tag(members["version"], body, partial=shape.digested)
    if verb == "post" and shape.has_rows:
        response.headers["Location"] = scope_of(caller).prefix + shape.row_path % members
    return response
