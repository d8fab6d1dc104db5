"""What may be asked beside a body, as OpenAPI says it: path, query and header parameters."""

from __future__ import annotations

import re
from typing import Any

from common.access import Role
from common.fields import Boolean, Choice, Id, ListOf, Text
from common.fields import Field as Rule
from common.http.asked import Asked
from common.http.kinds import kind_of
from common.http.query import DEEPEST_ROW, DEFAULT_ROWS, MOST_ROWS, expanded_name
from common.http.resource import Resource
from common.http.schemas import Schema, ref
from common.http.shapes import Field, Shape
from common.http.waiting import LONGEST_SECONDS

_DECIMALS = 2  # the rule of money does not depend on them
_PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
_RANGES = {
    "gte": "At least this much, or not before it.",
    "gt": "More than this, or after it.",
    "lte": "At most this much, or not after it.",
    "lt": "Less than this, or before it.",
}
_ROWS: Schema = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": DEFAULT_ROWS}


def _parameter(name: str, place: str, schema: Schema, description: str, **more: Any) -> Schema:
    return {"name": name, "in": place, "description": description, "schema": schema} | more


COMMON: dict[str, Schema] = {
    "limit": _parameter("limit", "query", _ROWS, "How many rows a page has."),
    "cursor": _parameter(
        "cursor", "query", {"type": "string"}, "Go on from here: `page.next` or `page.previous` of a page of this list."
    ),
    "page": _parameter(
        "page",
        "query",
        {"type": "integer", "minimum": 1, "maximum": DEEPEST_ROW},
        f"The page of this number, for people and grids; it reaches {DEEPEST_ROW} rows deep. Not together with cursor.",
    ),
    "per_page": _parameter("per_page", "query", _ROWS, "Another name for limit."),
    "total": _parameter("total", "query", {"type": "boolean", "default": False}, "Count all rows that are found."),
    "archived": _parameter(
        "archived", "query", {"type": "boolean", "default": False}, "List what is archived instead of what is live."
    ),
    "q": _parameter(
        "q",
        "query",
        {"type": "string", "maxLength": 200},
        "Search: every word, by its beginning, case and accents ignored; an exact code comes first.",
    ),
    "wait": _parameter(
        "wait",
        "query",
        {"type": "integer", "minimum": 0, "maximum": LONGEST_SECONDS, "default": 0},
        "Where there is nothing new, wait for it so many seconds.",
    ),
    "If-None-Match": _parameter(
        "If-None-Match", "header", {"type": "string"}, "An ETag that is known; 304 where it still holds."
    ),
    "If-Match": _parameter(
        "If-Match", "header", {"type": "string"}, "The ETag that the change starts from; 412 where it holds no more."
    ),
    "If-Match-required": _parameter(
        "If-Match",
        "header",
        {"type": "string"},
        "The ETag that the change starts from, or * to replace whatever is there.",
        required=True,
    ),
    "Idempotency-Key": _parameter(
        "Idempotency-Key",
        "header",
        {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        "A name of your own for this request. Sent again under it within 7 days, it is answered as the first time "
        "and has no second effect.",
    ),
}


def address(url: str) -> str:
    """Return an address of the routing table as OpenAPI writes it."""
    return _PLACE.sub(r"{\2}", url)


def of_path(url: str, resource: type[Resource]) -> list[Schema]:
    """Return the parameters within an address."""
    return [_of_place(name, converter, resource) for converter, name in _PLACE.findall(url)]


def _of_place(name: str, converter: str, resource: type[Resource]) -> Schema:
    schema = Id().schema if converter == "id" else {"type": "string", "minLength": 1}
    title = getattr(resource.rows.get(name), "title", "")
    description = f"The id of the {title}." if title else f"The {name} of the row."
    return _parameter(name, "path", schema, description, required=True)


def of_headers(resource: type[Resource], verb: str) -> list[Schema]:
    """Return the header fields that a verb heeds."""
    if verb == "get":
        return [ref("If-None-Match", "parameters")]
    if verb == "post":
        return [ref("Idempotency-Key", "parameters")] if resource.replayable else []
    if verb == "put" and resource.if_match:
        return [ref("If-Match-required", "parameters")]
    return [ref("If-Match", "parameters")] if resource.rows else []


def of_own(resource: type[Resource]) -> list[Schema]:
    """Return what may be asked of one resource alone, and in which format a list is answered."""
    own = [_own(name, one) for name, one in resource.asks.items()]
    schema: Schema = {"type": "string", "enum": list(resource.formats), "default": resource.formats[0]}
    said = "What to answer in, for whom cannot send Accept. As CSV it is the whole list, without pages."
    return own + ([_parameter("format", "query", schema, said)] if len(resource.formats) > 1 else [])


def _own(name: str, one: Asked) -> Schema:
    several = {"explode": False} if isinstance(one.rule, ListOf) else {}
    default = {} if one.default is None else {"default": one.default}
    needed = {"required": True} if one.required else {}
    return _parameter(name, "query", one.rule.schema | default, one.description, **several, **needed)


def of_row(shape: Shape) -> list[Schema]:
    """Return what may be asked of a row."""
    names = shape.visible(max(Role))
    shown = [*names, *(many.name for many in shape.many), *([] if shape.bare else ["links"])]
    asked = [_choice("fields", shown, "Only these members; `id` is always there.")]
    expandable = [expanded_name(name) for name in names if shape.fields[name].expand]
    return asked + ([_choice("expand", expandable, "Put these related rows inline.")] if expandable else [])


def of_list(shape: Shape) -> list[Schema]:
    """Return what may be asked of a list."""
    names = ["limit", "cursor", "page", "per_page", "total"]
    names += (["archived"] if shape.archivable else []) + (["q"] if shape.search else [])
    names += ["wait"] if shape.endless else []
    asked = [ref(name, "parameters") for name in names]
    sortable = [name for name in shape.visible(max(Role)) if shape.fields[name].sort is not None]
    if sortable:
        both_ways = [sign + name for name in sortable for sign in ("", "-")]
        usual = shape.default_sort.split(",")
        default = usual if set(usual) <= set(both_ways) else None
        asked.append(_choice("sort", both_ways, "Sort by these; - turns one round.", default))
    filters = [one for field in shape.fields.values() if field.filters for one in _filters(shape, field)]
    return asked + of_row(shape) + filters


def _choice(name: str, values: list[str], description: str, default: list[str] | None = None) -> Schema:
    schema: Schema = {"type": "array", "items": {"type": "string", "enum": values}, "minItems": 1, "uniqueItems": True}
    schema |= {"default": default} if default else {}
    return _parameter(name, "query", schema, description, explode=False)


def _filters(shape: Shape, field: Field) -> list[Schema]:
    column = shape.filter_column(field.name)
    rule = field.rule or kind_of(column.type, _DECIMALS).rule
    more = {"x-role": field.role.label} if field.role is not None else {}
    equal = _equal(shape, field, rule, may_be_null=getattr(column, "nullable", False))
    if isinstance(rule, Choice | Boolean):
        return [equal | more]
    return [equal | more] + [
        _parameter(f"{field.name}[{operator}]", "query", rule.schema, meaning) | more
        for operator, meaning in _RANGES.items()
    ]


def _equal(shape: Shape, field: Field, rule: Rule, *, may_be_null: bool) -> Schema:
    """Return the filter by equality: a text as it stands, anything else several at once, `null` for none at all."""
    schema, text, explode = rule.schema, f"Rows with this {field.name}", {}
    if may_be_null:
        schema = {"anyOf": [schema, {"const": "null"}]}
    if not isinstance(rule, Text):
        schema = {"type": "array", "items": schema, "minItems": 1, "maxItems": MOST_ROWS}
        text, explode = f"{text}, or one of several", {"explode": False}
    text += ", or `null` for rows without one" if may_be_null else ""
    if field.name in shape.defaults:
        default = shape.defaults[field.name]
        schema = schema | {"default": default if isinstance(rule, Text) else [default]}
    return _parameter(field.name, "query", schema, f"{text}.", **explode)
