"""The OpenAPI document as people read it: what common/http/templates/docs.html puts on the page, in its order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from common.http.samples import Request, Sample, example, samples, start
from common.http.schemas import COMMON, Schema

_GRANTED = 400  # the first status that refuses
_RANGE = re.compile(r"(\w+)\[(\w+)\]")
_SPANS = (
    ("minLength", "maxLength", "characters"),
    ("minItems", "maxItems", "entries"),
    ("minProperties", "maxProperties", "members"),
)
_BOUNDS = {"minimum": "from {}", "exclusiveMinimum": "more than {}", "maximum": "to {}"}
_LARGEST_ID = 2**63 - 1


@dataclass(slots=True)
class Row:
    """One line of a table: a parameter or a member."""

    name: str
    type: str
    meaning: str
    required: bool = False


@dataclass(slots=True)
class Operation:
    """One verb of one address."""

    id: str
    verb: str
    path: str
    summary: str
    role: str
    asked: list[Row]
    sent: list[Row]
    granted: list[tuple[str, str]]
    refused: list[str]
    samples: list[Sample]


@dataclass(slots=True)
class Group:
    """A noun and what can be done with it."""

    name: str
    description: str
    operations: list[Operation] = field(default_factory=list)


class Reader:
    """Reads an OpenAPI document of one version."""

    def __init__(self, document: Schema, prefix: str) -> None:
        self.document, self.prefix = document, prefix
        self.version, self.description = document["info"]["version"], document["info"]["description"]
        self.start = start(f"{prefix}/session")

    @cached_property
    def groups(self) -> list[Group]:
        """The nouns in the routing table's order."""
        groups = {tag["name"]: Group(tag["name"], tag["description"]) for tag in self.document["tags"]}
        for path, verbs in self.document["paths"].items():
            for verb, operation in verbs.items():
                groups[operation["tags"][0]].operations.append(self._operation(path, verb, operation))
        return list(groups.values())

    @cached_property
    def rows(self) -> list[tuple[str, str, list[Row]]]:
        """What is answered: each component with its members; first the nouns, then what all of them share."""
        components = self.document["components"]["schemas"]
        names = sorted(components, key=lambda name: (name in COMMON, name))
        return [(name, components[name].get("description", ""), list(_members(components[name]))) for name in names]

    @cached_property
    def refusals(self) -> list[tuple[str, str]]:
        """Each status that refuses, with the types under it."""
        responses = self.document["components"]["responses"]
        statuses = {
            status: response["$ref"].rsplit("/", 1)[-1]
            for verbs in self.document["paths"].values()
            for operation in verbs.values()
            for status, response in operation["responses"].items()
            if "$ref" in response
        }
        return [(status, responses[statuses[status]]["description"]) for status in sorted(statuses)]

    def _operation(self, path: str, verb: str, operation: Schema) -> Operation:
        asked = [self._resolved(parameter) for parameter in operation["parameters"]]
        content = operation.get("requestBody", {}).get("content", {})
        body = next((media["schema"] for media in content.values()), None)
        responses = operation["responses"]
        return Operation(
            id=operation["operationId"],
            verb=verb,
            path=path,
            summary=operation["summary"],
            role=operation["x-role"],
            asked=list(_asked(asked)),
            sent=list(_members(body)) if body else [],
            granted=[(s, _granted(r)) for s, r in responses.items() if int(s) < _GRANTED],
            refused=[s for s in responses if int(s) >= _GRANTED],
            samples=samples(_sample(path, verb, asked, body)),
        )

    def _resolved(self, parameter: Schema) -> Schema:
        if "$ref" not in parameter:
            return parameter
        found: Schema = self.document["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[-1]]
        return found


def _sample(path: str, verb: str, asked: list[Schema], body: Schema | None) -> Request:
    for parameter in asked:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(example(parameter["schema"])))
    needs_match = any(parameter["name"] == "If-Match" and parameter.get("required") for parameter in asked)
    return Request(verb, path, None if body is None else example(body), needs_match)


def _asked(parameters: list[Schema]) -> Iterator[Row]:
    ranges = [found[1] for parameter in parameters if (found := _RANGE.fullmatch(parameter["name"]))]
    for parameter in parameters:
        name, schema = parameter["name"], parameter["schema"]
        if _RANGE.fullmatch(name):
            continue
        meaning = parameter["description"] + (
            f" Also `{name}[gte]`, `[gt]`, `[lte]`, `[lt]`." if name in ranges else ""
        )
        place = "" if parameter["in"] == "query" else f", in the {parameter['in']}"
        yield Row(name, said(schema) + place, meaning + _for(parameter), parameter.get("required", False))


def _members(schema: Schema, above: str = "") -> Iterator[Row]:
    for name, member in schema.get("properties", {}).items():
        required = name in schema.get("required", [])
        yield Row(above + name, said(member), _described(member) + _for(member), required)
        inner = member.get("items", member)
        if "properties" in inner:
            yield from _members(inner, f"{above}{name}{'[]' if 'items' in member else ''}.")


def _described(schema: Schema) -> str:
    """Return the schema's description; one that may be null has that of what it is otherwise."""
    choices = [schema, *schema.get("anyOf", [])]
    return next((choice["description"] for choice in choices if "description" in choice), "")


def _for(schema: Schema) -> str:
    role = schema.get("x-role")
    return f" From the role {role} on." if role else ""


def _granted(response: Schema) -> str:
    content = next(iter(response.get("content", {}).values()), None)
    headers = ", ".join(f"`{name}`" for name in response["headers"])
    answered = f" {said(content['schema'])}." if content else ""
    return f"{response['description']}{answered} Headers: {headers}."


def said(schema: Schema) -> str:
    """Return a schema in words, a reference as a link to where it is described."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#row-{name})"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(said(one) for one in schema["anyOf"]))
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"]) + _default(schema)
    kinds = schema.get("type", "anything")
    text = _kind(schema, kinds if isinstance(kinds, str) else kinds[0])
    return text + _default(schema) + ("".join(f" or {kind}" for kind in kinds[1:]) if isinstance(kinds, list) else "")


def _kind(schema: Schema, kind: str) -> str:
    if kind == "array":
        return f"list of {said(schema['items'])}{_limits(schema)}"
    data = schema.get("properties", {}).get("data")
    if data is not None:
        return f"a page whose `data` is a {said(data)}"
    return (kind if kind == "integer" else str(schema.get("format", kind))) + _limits(schema)


def _limits(schema: Schema) -> str:
    spans = [f", {_span(schema.get(low, 0), schema[high])} {unit}" for low, high, unit in _SPANS if high in schema]
    bounds = [
        f", {text.format(schema[key])}" for key, text in _BOUNDS.items() if schema.get(key, _LARGEST_ID) != _LARGEST_ID
    ]
    return "".join(spans + bounds)


def _span(low: int, high: int) -> str:
    return f"{low} to {high}" if low else f"up to {high}"


def _default(schema: Schema) -> str:
    default: Any = schema.get("default")
    if default in (None, [], {}):
        return ""
    text = ",".join(map(str, default)) if isinstance(default, list) else default
    return f"; `{text if isinstance(text, str) else json.dumps(text)}` when left out"
