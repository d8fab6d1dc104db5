"""Every verb of every route, and what may be sent to it. All generated: a new noun needs no line here."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any

import pytest
import shop_data
from flask import Flask
from service import BASE

import resources
from common import fields as rules
from common.access import Role
from common.http import Resource, mount
from common.http.api import resources_of
from common.http.shapes import registry

VERBS = ("get", "post", "put", "patch", "delete")
CODES = {"code": shop_data.BARCODE}
# What a rule of the field alone cannot tell.
KNOWN = {"current_password": shop_data.PASSWORD, "password": "a-fresh-wicker-basket"}
CREDENTIALS = {"POST session": {"username": "spare", "password": shop_data.PASSWORD}}
# Who is set up already cannot be set up: it refuses everybody, always.
GONE = {"POST setup"}
VALUES = {
    rules.Boolean: True,
    rules.Attributes: {"colour": "red"},
    rules.Timestamp: "2024-02-29T12:00:00.5+01:00",
    rules.Timezone: "Europe/Berlin",
    rules.Money: "2.50",
    rules.Quantity: 1,
    rules.Rate: 19,
}

_count = itertools.count(1)
_PARAMETER = re.compile(r"<(\w+):(\w+)>")


@dataclass(frozen=True)
class Call:
    """One verb of one resource."""

    url: str
    resource: type[Resource]
    verb: str

    def __str__(self) -> str:
        noun = _PARAMETER.sub(r"<\2>", self.url.removeprefix(BASE)).removeprefix("/")
        return f"{self.method} {noun or 'root'}"

    @property
    def method(self) -> str:
        return self.verb.upper()

    @property
    def role(self) -> Role | None:
        return self.resource.roles[self.verb]

    @property
    def least(self) -> str:
        """The lowest role that may; admin, which may all, where no role is asked for."""
        return self.role.label if self.role else "admin"

    @property
    def parser(self):
        return self.resource.parsers.get(self.verb)

    @property
    def parameters(self) -> list[str]:
        return [name for _, name in _PARAMETER.findall(self.url)]

    @property
    def is_list(self) -> bool:
        """A handler returns a select or a row."""
        return self.verb == "get" and self.resource.get.__annotations__["return"].startswith("Select")

    @property
    def needs_match(self) -> bool:
        return self.verb == "put" and self.resource.if_match

    def path(self, service, role: str = "admin", **given: Any) -> str:
        """Return the address with the newest row that the role sees, or with what is `given`."""

        def fill(match: re.Match[str]) -> str:
            kind, name = match.groups()
            if name in given:
                return str(given[name])
            return str(service.last(self.resource.rows[name], role) if kind == "id" else CODES[name])

        return _PARAMETER.sub(fill, self.url)

    def body(self) -> dict[str, Any] | None:
        """Return a body that passes, new each time; None where none is taken."""
        if self.parser is None:
            return None
        if str(self) in CREDENTIALS:
            return CREDENTIALS[str(self)]
        return {
            argument.name: example(argument.name, argument.type, self.resource.shape)
            for argument in self.parser.args
            if argument.required or not isinstance(argument.type, rules.Id)
        }

    def headers(self) -> dict[str, str]:
        return {"If-Match": "*"} if self.needs_match else {}

    def send(self, service, role: str | None = "admin", **kwargs: Any):
        """Send what passes, but for what is given otherwise."""
        path = kwargs.pop("path", None) or self.path(service, role or "admin")
        if "data" not in kwargs and "body" not in kwargs:
            kwargs["body"] = self.body()
        headers = self.headers() | (kwargs.pop("headers", None) or {})
        return service.send(kwargs.pop("method", self.method), path, role=role, headers=headers, **kwargs)


def example(name: str, rule: Any, shape: Any) -> Any:
    """Return a value that keeps the rule; texts that must be unique are."""
    if name in KNOWN:
        return KNOWN[name]
    if isinstance(rule, rules.Id):
        return _id(name, shape)
    if isinstance(rule, rules.ListOf):
        return [example(name, rule.item, shape) for _ in range(rule.min)]
    if isinstance(rule, rules.Object):
        required = {n for n, p in rule.properties.items() if p.required}
        return {n: example(n, rule.properties[n].field, shape) for n in {*required, *_names(rule)}}
    if isinstance(rule, rules.Choice) or type(rule) in VALUES:
        return VALUES.get(type(rule)) or rule.values[0]
    number = next(_count)
    return f"somebody{number}@example.com" if isinstance(rule, rules.Email) else f"{name}-new-{number}"


def _names(rule: rules.Object) -> set[str]:
    """An object that may name an item in several ways names it by its id."""
    return {"item_id"} & rule.properties.keys()


def _id(name: str, shape: Any) -> int:
    """Return the first row of the noun that the field names, or the second for a `to_` field."""
    field = shape.fields.get(name)
    noun = (field and field.expand) or name.removesuffix("_id") + "s"
    assert noun in registry
    return 2 if name.startswith("to_") else 1


def routes() -> list[tuple[str, type[Resource]]]:
    app = Flask("routes")
    mount(app, BASE, resources.v1)
    return resources_of(app, BASE)


ROUTES = routes()
CALLS = [Call(url, resource, verb) for url, resource in ROUTES for verb in VERBS if hasattr(resource, verb)]
CHANGES = [call for call in CALLS if call.verb != "get"]
READS = [call for call in CALLS if call.verb == "get"]
LISTS = [call for call in READS if call.is_list]
ROWS = [call for call in READS if not call.is_list and hasattr(call.resource, "shape")]
BODIES = [call for call in CHANGES if call.parser is not None and str(call) not in GONE]


def each(calls):
    """Parametrise a test over calls, by readable names."""
    return pytest.mark.parametrize("call", calls, ids=str)
