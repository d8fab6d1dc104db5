"""Step 6, keep: from a model or a select to the response. One way to show a row, alone or in a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, request
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from common import errors
from common.access import Caller
from common.http import conditional
from common.http.context import settings
from common.http.listing import Page, page
from common.http.query import Query, expanded_name
from common.http.shapes import Compiled, Scope, Shape, registry


def scope_of(caller: Caller) -> Scope:
    """Return what this caller's representations depend on."""
    prefix = "/".join(request.path.split("/", 3)[:3])
    return Scope(caller.role, settings().currency_decimals, prefix)


def listed(session: Session, shape: Shape, scope: Scope, statement: Select[Any], query: Query) -> Response:
    """Return a page of the statement's rows."""
    compiled = shape.compiled(scope, query.fields)
    found = page(session, statement, compiled, query)
    body = _envelope(show(session, compiled, found.rows, query), found, query)
    response = conditional.answer(body, conditional.list_tag(body))
    links = [
        f'<{_here(cursor)}>; rel="{rel}"' for rel, cursor in (("next", found.next), ("prev", found.previous)) if cursor
    ]
    if links:
        response.headers["Link"] = ", ".join(links)
    return response


def _envelope(rows: list[dict[str, Any]], found: Page, query: Query) -> bytes:
    about: dict[str, Any] = {"limit": query.limit, "next": found.next, "previous": found.previous}
    if found.total is not None:
        about["total"] = found.total
    links: dict[str, Any] = {"self": _link(request.full_path.removesuffix("?"))}
    links |= {
        "next": found.next and _link(_here(found.next)),
        "previous": found.previous and _link(_here(found.previous)),
    }
    return orjson.dumps({"data": rows, "page": about, "links": links})


def _link(href: str) -> dict[str, str]:
    return {"href": href, "method": "GET"}


def _here(cursor: str) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in {"cursor", "page"}]
    return f"{request.path}?{urlencode([*kept, ('cursor', cursor)])}"


def show(session: Session, compiled: Compiled, rows: Sequence[Any], query: Query) -> list[dict[str, Any]]:
    """Return raw rows as they are sent, with what stands below them and what is expanded."""
    shown = [compiled.show(row) for row in rows]
    for many in compiled.many:
        _attach(session, compiled, many, shown)
    for name in query.expand:
        _expand(session, compiled, name, shown)
    return shown


def _attach(session: Session, compiled: Compiled, many: Any, shown: list[dict[str, Any]]) -> None:
    below = many.shape.compiled(compiled.scope)
    statement = select(many.key, *below.columns).where(many.key.in_([row["id"] for row in shown]))
    for target, on, outer in many.shape.joins:
        statement = statement.join(target, on, isouter=outer)
    if many.where is not None:
        statement = statement.where(many.where)
    of_row: dict[int, list[Any]] = defaultdict(list)
    for key, *values in session.connection().execute(statement.order_by(many.order)):
        of_row[key].append(below.show(values))
    for row in shown:
        row[many.name] = of_row[row["id"]]


def _expand(session: Session, compiled: Compiled, name: str, shown: list[dict[str, Any]]) -> None:
    field = compiled.shape.fields[name]
    other = registry[field.expand or ""]
    related = other.compiled(compiled.scope)
    ids = sorted({row[name] for row in shown if row.get(name) is not None})
    statement = select(other.model.id, *related.columns).where(other.model.id.in_(ids))
    found = {key: related.show(values) for key, *values in session.connection().execute(statement)}
    for row in shown:
        row[expanded_name(name)] = found.get(row.get(name))


def row(session: Session, shape: Shape, scope: Scope, result: Any, query: Query) -> Response:
    """Return one row, or 304."""
    if result is None:
        raise errors.NotFound
    members = _one(session, shape, scope, result, query)
    partial = query.fields is not None or bool(query.expand)
    body = orjson.dumps(members)
    if not shape.versioned:
        return conditional.answer(body, conditional.list_tag(body))
    version = result.version if hasattr(result, "version") else members.get("version", 0)
    updated = getattr(result, "updated_at", None)
    modified = updated if isinstance(updated, datetime) else None
    return conditional.answer(body, conditional.row_tag(version, body, partial=partial), modified=modified)


def _one(session: Session, shape: Shape, scope: Scope, result: Any, query: Query) -> dict[str, Any]:
    compiled = shape.compiled(scope, query.fields)
    statement = select(*compiled.columns).where(shape.model.id == result.id)
    for target, on, outer in shape.joins:
        statement = statement.join(target, on, isouter=outer)
    raw = session.connection().execute(statement).one()
    return show(session, compiled, [raw], query)[0]


def changed(session: Session, shape: Shape, scope: Scope, verb: str, result: Any) -> Response:
    """Return the answer to a change: 201 with Location for a POST, 200 with the row, 204 with nothing."""
    if result is None or verb == "delete":
        return Response(status=204)
    members = _one(session, shape, scope, result, Query())
    response = Response(orjson.dumps(members), 201 if verb == "post" else 200, content_type="application/json")
    if shape.versioned:
        response.headers["ETag"] = f'"{members["version"]}"'
    if verb == "post" and shape.has_rows:
        response.headers["Location"] = scope.prefix + shape.row_path % members
    return response
