"""Step 6, keep: from a model or a select to the response. One way to show a row, alone or in a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from flask import Response, request
from sqlalchemy import Connection, Select, select

from common import errors
from common.access import Caller
from common.http import conditional
from common.http.compiled import Compiled, Scope
from common.http.context import settings
from common.http.listing import page
from common.http.negotiation import JSON
from common.http.query import Query, expanded_name
from common.http.shapes import Shape, registry


def scope_of(caller: Caller) -> Scope:
    """Return what this caller's representations depend on."""
    prefix = "/".join(request.path.split("/", 3)[:3])
    return Scope(caller.role, settings().currency_decimals, prefix)


def listed(connection: Connection, caller: Caller, shape: Shape, statement: Select[Any], query: Query) -> Response:
    """Return a page of the statement's rows."""
    compiled = shape.compiled(scope_of(caller), query.fields)
    found = page(connection, statement, compiled, query)
    following, previous = _here(found.next), _here(found.previous)
    about: dict[str, Any] = {"limit": query.limit, "next": found.next, "previous": found.previous}
    if found.total is not None:
        about["total"] = found.total
    links = {"self": _link(_asked()), "next": _link(following), "previous": _link(previous)}
    frame = orjson.dumps({"page": about, "links": links})
    body = b'{"data":' + orjson.dumps(show(connection, caller, compiled, found.rows, query)) + b"," + frame[1:]
    response = conditional.answer(body, _tag_of(compiled, query, found.rows, frame, body))
    relations = [f'<{path}>; rel="{rel}"' for rel, path in (("next", following), ("prev", previous)) if path]
    if relations:
        response.headers["Link"] = ", ".join(relations)
    return response


def _tag_of(compiled: Compiled, query: Query, rows: list[Any], frame: bytes, body: bytes) -> str:
    """Return the list's tag: a digest of its rows' versions where these say everything, else of all that is shown."""
    if not compiled.shape.versioned or compiled.many or query.expand or query.fields is not None:
        return conditional.list_tag(body)
    versions = orjson.dumps([compiled.scope.role, [row[:2] for row in rows]])  # id and version stand first
    return conditional.list_tag(versions + frame)


def _link(href: str | None) -> dict[str, str] | None:
    return None if href is None else {"href": href, "method": "GET"}


def _asked() -> str:
    query = request.query_string.decode("latin-1")
    return f"{request.path}?{query}" if query else request.path


def _here(cursor: str | None) -> str | None:
    """Return this list's address at another page; the other parameters stay as they were written."""
    if cursor is None:
        return None
    parts = request.query_string.decode("latin-1").split("&")
    kept = [part for part in parts if part and part.partition("=")[0] not in {"cursor", "page"}]
    return f"{request.path}?{'&'.join([*kept, f'cursor={cursor}'])}"


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


def _attach(connection: Connection, compiled: Compiled, many: Any, shown: list[dict[str, Any]]) -> None:
    below = many.shape.compiled(compiled.scope)
    statement = select(*below.columns, many.key).where(many.key.in_([row["id"] for row in shown]))
    for target, on, outer in many.shape.joins:
        statement = statement.join(target, on, isouter=outer)
    if many.where is not None:
        statement = statement.where(many.where)
    found = connection.execute(statement.order_by(many.order)).fetchall()
    of_row: dict[int, list[Any]] = defaultdict(list)
    for (*_, key), members in zip(found, below.show(found), strict=True):
        of_row[key].append(members)
    for row in shown:
        row[many.name] = of_row[row["id"]]


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
    return conditional.answer(body, conditional.row_tag(version, body, partial=partial), modified=modified)


def _one(connection: Connection, caller: Caller, shape: Shape, result: Any, query: Query) -> dict[str, Any]:
    compiled = shape.compiled(scope_of(caller), query.fields)
    statement = select(*compiled.columns).where(shape.model.id == result.id)
    for target, on, outer in shape.joins:
        statement = statement.join(target, on, isouter=outer)
    raw = connection.execute(statement).one()
    return show(connection, caller, compiled, [raw], query)[0]


def changed(connection: Connection, caller: Caller, shape: Shape, verb: str, result: Any) -> Response:
    """Return the answer to a change: 201 with Location for a POST, 200 with the row, 204 with nothing."""
    if result is None or verb == "delete":
        return Response(status=204)
    members = _one(connection, caller, shape, result, Query())
    response = Response(orjson.dumps(members), 201 if verb == "post" else 200, content_type=JSON)
    if shape.versioned:
        response.headers["ETag"] = f'"{members["version"]}"'
    if verb == "post" and shape.has_rows:
        response.headers["Location"] = scope_of(caller).prefix + shape.row_path % members
    return response
