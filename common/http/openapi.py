"""What the API says about itself: OpenAPI 3.1, made from the routing table, parsers, shapes and roles alone.

It holds no data, so anybody may read it, as they may at the API's peers.
"""

from __future__ import annotations

import inspect
import re
import sys
import typing
from functools import cache
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response
from sqlalchemy import Select

from common.http import parameters
from common.http.api import resources_of
from common.http.body import JSON, MERGE_PATCH
from common.http.explained import explained
from common.http.negotiation import MEDIA
from common.http.prepared import Prepared
from common.http.resource import Resource
from common.http.schemas import Schema, Schemas, body_of, merges, ref

PROBLEM = "application/problem+json"
ANYONE = "anyone"
# What is known of an answer that neither a shape nor its resource describes.
_LINKED: Schema = {
    "type": "object",
    "properties": {"links": {"type": "object", "additionalProperties": ref("Link")}},
    "required": ["links"],
}
_TAKES_A_VERSION = {"put", "patch", "delete"}

DESCRIPTION = """\
The catalogue and the stock of a small chain of shops.

- **Signing in**: POST to the session resource sets a cookie; each operation says in `x-role` which role it takes.
- **Lists** are pages of `limit` rows; `page.next` is the cursor of the next one, and the `Link` header says the same.
- **Changes** start from what was read: send its `ETag` as `If-Match`, and nobody's change is overwritten unseen.
- **Repeats** are safe: a POST under the same `Idempotency-Key` has no second effect.
- **Refusals** are problem documents (RFC 9457), whose `type` is a page that explains them.
- Money is a decimal string, a quantity a number of up to three decimals, a time RFC 3339 in UTC.
- HEAD answers as GET does, without the body; OPTIONS names the methods.
"""

_COOKIE = "Set by signing in; over https its name is `__Host-storekeeper`."
SECURITY: dict[str, Schema] = {
    "session": {"type": "apiKey", "in": "cookie", "name": "storekeeper", "description": _COOKIE},
    "token": {"type": "http", "scheme": "bearer", "description": "A token, or a short-lived one made from it."},
    "basic": {"type": "http", "scheme": "basic", "description": "Username and token, for spreadsheets."},
}

_HEADERS: dict[str, str] = {
    "ETag": "The version of what is shown, for If-None-Match and If-Match.",
    "Idempotent-Replayed": "`true` where this is the first answer again, under the same Idempotency-Key.",
    "Last-Modified": "When the row changed last.",
    "Link": "The next and the previous page (RFC 8288).",
    "Location": "The path of the new row.",
    "Retry-After": "How many seconds to wait.",
    "WWW-Authenticate": "How to sign in.",
    "X-Request-Id": "What the log knows this request by; kept where the request named one.",
}
_OF_REFUSALS = {401: ["WWW-Authenticate"], 412: ["ETag"], 429: ["Retry-After"], 503: ["Retry-After"]}


def install(app: Flask, prefix: str) -> None:
    """Serve the document of a version at `openapi.json`, made when it is first asked for."""

    @cache
    def made() -> Prepared:
        return Prepared.of(JSON, orjson.dumps(document(app, prefix)))

    def openapi() -> Response:
        return made().answer()

    app.add_url_rule(f"{prefix}/openapi.json", f"{prefix}openapi", openapi)


def document(app: Flask, prefix: str) -> Schema:
    """Return the OpenAPI document of a version."""
    table = resources_of(app, prefix)
    schemas = Schemas(resource for _, resource in table)
    paths = {
        parameters.address(url): {verb: _operation(schemas, prefix, url, resource, verb) for verb in verbs_of(resource)}
        for url, resource in table
    }
    version = prefix.rsplit("/v", 1)[-1]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Storekeeper", "version": version, "description": DESCRIPTION},
        "tags": _tags(table),
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "parameters": parameters.COMMON,
            "headers": {name: {"schema": {"type": "string"}, "description": text} for name, text in _HEADERS.items()},
            "responses": {_phrase(status): _refusal(status) for status in sorted(_statuses())},
            "securitySchemes": SECURITY,
        },
    }


def verbs_of(resource: type[Resource]) -> list[str]:
    """Return the verbs that a resource takes."""
    return [verb for verb in resource.roles if hasattr(resource, verb)]


def _tags(table: list[tuple[str, type[Resource]]]) -> list[Schema]:
    modules = {tag_of(resource): resource.__module__ for _, resource in table}
    return [{"name": tag, "description": inspect.getdoc(sys.modules[module]) or tag} for tag, module in modules.items()]


def tag_of(resource: type[Resource]) -> str:
    """Return the noun that a resource belongs to: one file is one noun."""
    return resource.__module__.rsplit(".", 1)[-1].replace("_", "-")


def _operation(schemas: Schemas, prefix: str, url: str, resource: type[Resource], verb: str) -> Schema:
    role = resource.roles[verb]
    operation: Schema = {
        "operationId": _operation_id(prefix, url, verb),
        "tags": [tag_of(resource)],
        "summary": (inspect.getdoc(getattr(resource, verb)) or "").split("\n")[0],
        "description": inspect.getdoc(resource) or "",
        "x-role": ANYONE if role is None else role.label,
        "security": _security(resource, verb),
        "parameters": [
            *parameters.of_path(url, resource),
            *_asked(resource, verb),
            *parameters.of_headers(resource, verb),
        ],
    }
    parser = resource.parsers.get(verb)
    if parser is not None:
        content = {JSON: {"schema": body_of(parser)}}
        if verb == "patch":
            content[MERGE_PATCH] = {"schema": body_of(parser, merging=merges(parser))}
        operation["requestBody"] = {"required": not parser.optional, "content": content}
    refused = {str(status): ref(_phrase(status), "responses") for status in _refused(resource, verb, url)}
    return operation | {"responses": _granted(schemas, resource, verb) | refused}


def _operation_id(prefix: str, url: str, verb: str) -> str:
    words = re.findall(r"\w+", parameters.address(url).removeprefix(prefix))
    return "_".join([verb, *words]) if words else f"{verb}_root"


def _security(resource: type[Resource], verb: str) -> list[Schema]:
    if resource.roles[verb] is None:
        return []
    signed_in: list[Schema] = [{name: []} for name in SECURITY if resource.by_token or name == "session"]
    return [*signed_in, {}] if resource.public and verb == "get" else signed_in


def _asked(resource: type[Resource], verb: str) -> list[Schema]:
    if verb != "get":
        return []
    own = parameters.of_own(resource)
    if not hasattr(resource, "shape"):
        return own
    return own + (parameters.of_list(resource.shape) if _is_list(resource) else parameters.of_row(resource.shape))


def _returned(resource: type[Resource], verb: str) -> Any:
    return typing.get_type_hints(getattr(resource, verb)).get("return")


def _is_list(resource: type[Resource]) -> bool:
    hint = _returned(resource, "get")
    return (typing.get_origin(hint) or hint) is Select


def _granted(schemas: Schemas, resource: type[Resource], verb: str) -> Schema:
    if verb == "get":
        return {"200": _shown(schemas, resource), "304": _response("Nothing has changed.", ["ETag"])}
    if verb == "delete" or _returned(resource, verb) is type(None):
        return {"204": _response("Done.", [])}
    names = ["ETag"] if resource.shape.versioned else []
    body = schemas.whole(resource.shape)
    if verb != "post":
        return {"200": _response("The row as it is now.", names, body)}
    names += ["Location"] if resource.shape.has_rows else []
    names += ["Idempotent-Replayed"] if resource.replayable else []
    return {"201": _response("The new row.", names, body)}


def _shown(schemas: Schemas, resource: type[Resource]) -> Schema:
    if not hasattr(resource, "shape"):
        return _response("What it says.", ["ETag"], resource.answers or _LINKED)
    if _is_list(resource):
        page = _response("A page of rows.", ["ETag", "Link"], schemas.envelope(resource.shape))
        return page | {"content": page["content"] | _other_forms(resource)}
    return _response("The row.", ["ETag", "Last-Modified"], schemas.row(resource.shape))


def _other_forms(resource: type[Resource]) -> Schema:
    described = {"type": "string", "description": "The whole list with a header row (RFC 4180), streamed; no pages."}
    return {MEDIA[name]: {"schema": described} for name in resource.formats if name != "json"}


def _response(description: str, headers: list[str], schema: Schema | None = None, media: str = JSON) -> Schema:
    response: Schema = {
        "description": description,
        "headers": {name: ref(name, "headers") for name in [*headers, "X-Request-Id"]},
    }
    return response | ({"content": {media: {"schema": schema}}} if schema is not None else {})


def _statuses() -> set[int]:
    return {entry.status for entry in explained().values() if entry.status}


def _phrase(status: int) -> str:
    return re.sub(r"\W", "", HTTPStatus(status).phrase)


def _refusal(status: int) -> Schema:
    kinds = "\n".join(
        f"- [{entry.slug}](/problems/{entry.slug}): {entry.title}"
        for entry in explained().values()
        if entry.status == status
    )
    return _response(kinds, _OF_REFUSALS.get(status, []), ref("Problem"), PROBLEM)


def _refused(resource: type[Resource], verb: str, url: str) -> list[int]:
    changes, guarded = verb != "get", resource.roles[verb] is not None
    when = {
        400: True,
        401: guarded or changes,
        403: guarded or changes,
        404: "<" in url or (changes and not guarded) or any(one.required for one in resource.asks.values()),
        406: True,
        409: changes,
        412: verb in _TAKES_A_VERSION and bool(resource.rows),
        413: changes,
        415: verb in resource.parsers,
        422: verb == "post" and resource.replayable,
        428: verb == "put" and resource.if_match,
        429: verb in resource.throttled,
        500: True,
        503: True,
    }
    return [status for status, applies in when.items() if applies]
