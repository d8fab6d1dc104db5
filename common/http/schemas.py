"""JSON Schemas of rows and bodies, from shapes, parsers and column types; common/http/openapi.py puts them together."""

from __future__ import annotations

import typing
from collections.abc import Iterable
from types import UnionType
from typing import Any

from common.access import Role
from common.fields import Attributes, Boolean, Choice, Id
from common.fields import Field as Rule
from common.http.kinds import kind_of
from common.http.query import MOST_ROWS, expanded_name
from common.http.reqparse import Argument, RequestParser
from common.http.resource import Resource
from common.http.shapes import Field, Shape, registry
from common.types import JsonText

Schema = dict[str, Any]

_DECIMALS = 2  # the schema of money does not depend on them
_PLAIN: dict[Any, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}
_CURSOR = {"type": ["string", "null"]}
_TEXT = {"type": "string"}

COMMON: dict[str, Schema] = {
    "Link": {
        "type": "object",
        "description": "Where to go, or an action that this caller may take now.",
        "properties": {"href": {"type": "string", "format": "uri-reference"}, "method": _TEXT},
        "required": ["href", "method"],
        "additionalProperties": False,
    },
    "Page": {
        "type": "object",
        "properties": {
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
            "next": _CURSOR | {"description": "The cursor of the next page; null at the end."},
            "previous": _CURSOR | {"description": "The cursor of the page before."},
            "total": {"type": "integer", "minimum": 0, "description": "How many there are; sent with `total=true`."},
        },
        "required": ["limit", "next", "previous"],
        "additionalProperties": False,
    },
    "Problem": {
        "type": "object",
        "description": "Why a request was refused (RFC 9457); `type` is the address of a page that explains it.",
        "properties": {
            "type": {"type": "string", "format": "uri-reference", "examples": ["/problems/insufficient-stock"]},
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "instance": {"type": "string", "description": "The path that was asked."},
            "request_id": {"type": "string", "description": "What the log knows this request by."},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
            "methods": {
                "type": "array",
                "items": {"enum": ["totp", "passkey", "recovery-code"]},
                "description": "Which second factors would do; with `second-factor-required` alone.",
            },
        },
        "required": ["type", "title", "status", "detail", "instance", "request_id"],
        "additionalProperties": False,
    },
    "FieldError": {
        "type": "object",
        "description": "One thing wrong with one field; some codes add members, such as what is `available`.",
        "properties": {
            "field": {"type": "string", "examples": ["lines/0/quantity"]},
            "code": {"type": "string", "examples": ["too_large"]},
            "message": _TEXT,
        },
        "required": ["field", "code", "message"],
    },
}


def ref(name: str, kind: str = "schemas") -> Schema:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def object_of(properties: Schema, required: Iterable[str] | None = None) -> Schema:
    """Return an object of these members and no others; without `required` all of them are there."""
    needed = list(properties if required is None else required)
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | {"required": needed} if needed else schema


def nullable(schema: Schema) -> Schema:
    """Return the schema of a value that may be null too."""
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return schema | {"type": [schema["type"], "null"]}
    if "anyOf" in schema:
        return schema | {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]} if schema else {}


class Schemas:
    """The component schemas of one version; each noun's is made when it is first asked for."""

    def __init__(self, resources: Iterable[type[Resource]]) -> None:
        resources = list(resources)
        self.components = dict(COMMON)
        self._names: dict[Shape, str] = {}
        self._rules: dict[tuple[Any, str], Rule] = {
            (resource.shape.model, argument.name): argument.type
            for resource in resources
            if hasattr(resource, "shape")
            for parser in resource.parsers.values()
            for argument in parser.args
        }

    def row(self, shape: Shape) -> Schema:
        """Return the schema of a row as reading shows it: with `fields=` only some of its members are there."""
        name = self._name(shape)
        if name not in self.components:
            self.components[name] = {}  # for rows that expand into others of their own noun
            self.components[name] = self._row(shape)
        return ref(name)

    def whole(self, shape: Shape) -> Schema:
        """Return the schema of a row as the answer to a change shows it: every member that all roles see."""
        return self.row(shape) | {"required": [*_always(shape), *(["links"] if not shape.bare else [])]}

    def envelope(self, shape: Shape) -> Schema:
        """Return the schema of a list."""
        way = nullable(ref("Link"))
        links = object_of({"self": ref("Link"), "next": way, "previous": way})
        return object_of({"data": {"type": "array", "items": self.row(shape)}, "page": ref("Page"), "links": links})

    def _name(self, shape: Shape) -> str:
        if shape not in self._names:
            own = shape.called or _camel(shape.path or shape.row_path)
            name = shape.model.__name__ if shape.path and shape.model.__name__ not in self.components else own
            if name in self.components:
                raise ValueError(f"two nouns would both be called {name}")
            self._names[shape] = name
        return self._names[shape]

    def _row(self, shape: Shape) -> Schema:
        properties = self._members(shape)
        for field in (shape.fields[name] for name in shape.visible(max(Role))):
            if field.expand:
                name, related = expanded_name(field.name), self.row(registry[field.expand])
                # A field that has no `_id` to lose gives its place to the row.
                instead = {"anyOf": [related, properties[name]]} if name in properties else related
                properties[name] = nullable(instead)
        properties["links"] = _links(shape)
        partial = {"description": "Read with `fields=`, some of these members alone."}
        return partial | object_of(properties, ["id"] if "id" in properties else [])

    def _members(self, shape: Shape) -> Schema:
        fields = (shape.fields[name] for name in shape.visible(max(Role)))
        members = {field.name: self._field(shape, field) for field in fields}
        return members | {
            many.name: {"type": "array", "items": object_of(self._members(many.shape), _always(many.shape))}
            for many in shape.many
        }

    def _field(self, shape: Shape, field: Field) -> Schema:
        column = shape.column(field.name)
        schema = self._value(shape, field, column) if field.schema is None else field.schema
        schema = nullable(schema) if _may_be_null(shape, field, column) else schema
        return schema if field.role is None else schema | {"x-role": field.role.label}

    def _value(self, shape: Shape, field: Field, column: Any) -> Schema:
        kind = kind_of(column.type, _DECIMALS).schema
        if field.wire is not None:
            made = _of_hint(typing.get_type_hints(field.wire).get("return"))
            return kind if made.get("type") == kind.get("type") else made
        rule = field.rule or self._rules.get((shape.model, field.name))
        if rule is not None and (isinstance(column.type, JsonText) or isinstance(rule, Choice | Id | Boolean)):
            return rule.schema
        return kind


def _always(shape: Shape) -> list[str]:
    names = [name for name in shape.visible(max(Role)) if shape.fields[name].role is None]
    return [*names, *(many.name for many in shape.many)]


def _camel(path: str) -> str:
    return path.rsplit("/", 1)[-1].replace("-", " ").replace("_", " ").title().replace(" ", "")


def _links(shape: Shape) -> Schema:
    always = (["self"] if shape.has_rows else []) + (["collection"] if shape.path else [])
    offered = {
        link.name: ref("Link") | ({"x-role": link.role.label} if link.role is not None else {}) for link in shape.links
    }
    return object_of({name: ref("Link") for name in always} | offered, always)


def _may_be_null(shape: Shape, field: Field, column: Any) -> bool:
    if field.nullable is not None:
        return field.nullable
    outer = {target.__table__ for target, _, is_outer in shape.joins if is_outer}
    # What an expression gives is not looked into; a field may say that it is never null.
    return getattr(column, "table", None) in outer or getattr(column, "nullable", True)


def _of_hint(hint: Any) -> Schema:
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is dict:
        return {"type": "object", "additionalProperties": _of_hint(inner[1])}
    if origin is list:
        return {"type": "array", "items": _of_hint(inner[0])}
    return {"anyOf": [_of_hint(one) for one in inner]} if origin is UnionType else {}


def body_of(parser: RequestParser, *, merging: bool = False) -> Schema:
    """Return the schema of a body; `merging`: of a merge patch, where null takes a member of an object away."""
    properties = {argument.name: _argument(argument, merging=merging) for argument in parser.args}
    return object_of(properties, [argument.name for argument in parser.args if argument.required])


def merges(parser: RequestParser) -> bool:
    """Tell whether a merge patch of these fields may say what a plain body may not."""
    return any(isinstance(argument.type, Attributes) for argument in parser.args)


def _argument(argument: Argument, *, merging: bool) -> Schema:
    schema: Schema = argument.type.schema
    if merging and isinstance(argument.type, Attributes):
        members = schema["additionalProperties"]
        schema = schema | {"additionalProperties": {"anyOf": [*members["anyOf"], {"type": "null"}]}}
    schema = nullable(schema) if argument.nullable else schema
    plain = argument.store_missing and not argument.required and not callable(argument.default)
    return schema | {"default": argument.default} if plain else schema
