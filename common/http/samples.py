"""How to send a request, for those who copy and paste: curl, PowerShell and Python, from an operation's own schemas."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from common.http.body import JSON

Sample = tuple[str, str]

_START = {
    "curl": """\
BASE=http://localhost:8080
curl -c cookies.txt "$BASE{path}" \\
  -H 'Content-Type: application/json' -d '{"username": "me", "password": "my password"}'""",
    "PowerShell": """\
$base = 'http://localhost:8080'
Invoke-RestMethod "$base{path}" -Method Post -SessionVariable session `
  -ContentType 'application/json; charset=utf-8' -Body '{"username": "me", "password": "my password"}'""",
    "Python": """\
import requests

base = "http://localhost:8080"
session = requests.Session()
session.post(base + "{path}", json={"username": "me", "password": "my password"}).raise_for_status()""",
}
_TEXTS = {
    "date-time": "2026-11-20T09:30:00Z",
    "email": "name@example.com",
    "password": "wicker-basket-on-the-stairs",
}
# Windows PowerShell sends a body as Latin-1 unless the charset is named.
_POWERSHELL_TYPE = "-ContentType 'application/json; charset=utf-8'"


def example(schema: dict[str, Any], nth: int = 0) -> Any:
    """Return a value that keeps the schema; `nth` tells the ids of one object apart."""
    known = schema.get("examples", schema.get("enum"))
    if known is not None:
        return known[0]
    if "anyOf" in schema:
        return example(schema["anyOf"][0], nth)
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    return _MAKERS[kind](schema, nth)


def _object(schema: dict[str, Any]) -> dict[str, Any]:
    """Fill the first member, so that nothing is sent empty, those that are required, and the first of a choice."""
    properties = schema.get("properties", {})
    chosen = schema.get("oneOf", [schema])[0].get("required", [])
    names = dict.fromkeys([*list(properties)[:1], *schema.get("required", []), *chosen])
    members: dict[str, Any] = {}
    for name in names:
        ids = sum(type(member) is int for member in members.values())
        members[name] = example(properties[name], ids)
    return members


_MAKERS: dict[str, Callable[[dict[str, Any], int], Any]] = {
    "object": lambda schema, _: _object(schema),
    "array": lambda schema, _: [example(schema["items"])],
    "integer": lambda schema, nth: int(schema.get("minimum", 1)) + nth,
    "number": lambda _, __: 1,
    "boolean": lambda _, __: True,
    "string": lambda schema, _: _TEXTS.get(schema.get("format", ""), "Example"),
}


def start(path: str) -> list[Sample]:
    """Return how to sign in at a path, and how to keep what that gives."""
    return [(name, text.replace("{path}", path)) for name, text in _START.items()]


class Request(NamedTuple):
    """One request; a `body` of None sends none."""

    verb: str
    path: str
    body: Any
    needs_match: bool


def samples(request: Request) -> list[Sample]:
    """Return the request in each language."""
    return list(zip(_START, (_curl(request), _powershell(request), _python(request)), strict=True))


def _curl(request: Request) -> str:
    verb, path, body, needs_match = request
    words = ["curl -b cookies.txt", *([f"-X {verb.upper()}"] if verb != "get" else []), f'"$BASE{path}"']
    lines = [" ".join(words)]
    lines += ["-H 'If-Match: \"1\"'"] if needs_match else []
    lines += [f"-H 'Content-Type: {JSON}'", f"-d '{json.dumps(body)}'"] if body is not None else []
    return " \\\n  ".join(lines)


def _powershell(request: Request) -> str:
    verb, path, body, needs_match = request
    lines = [f'Invoke-RestMethod "$base{path}" -Method {verb.title()} -WebSession $session']
    lines += ["-Headers @{ 'If-Match' = '\"1\"' }"] if needs_match else []
    lines += [_POWERSHELL_TYPE, f"-Body '{json.dumps(body)}'"] if body is not None else []
    return " `\n  ".join(lines)


def _python(request: Request) -> str:
    verb, path, body, needs_match = request
    lines = [f'base + "{path}"']
    lines += ['headers={"If-Match": \'"1"\'}'] if needs_match else []
    lines += [f"json={body!r}"] if body is not None else []
    return f"session.{verb}({', '.join(lines)})"
