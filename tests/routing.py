"""Every verb of every route, and what may be sent to it. All generated: a new noun needs no line here."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
import shop_data
from authenticator import Authenticator, coded
from flask import Flask
from service import BASE

import resources
from common import fields as rules
from common.access import Role
from common.http import Resource, mount
from common.http.api import resources_of
from common.http.shapes import registry
from models.user import Oneself

VERBS = ("get", "post", "put", "patch", "delete")
CODES = {"code": shop_data.BARCODE}
# What a rule of the field alone cannot tell.
KNOWN = {
    "current_password": shop_data.PASSWORD,
    "password": "a-fresh-wicker-basket",
    "expires_at": (datetime.now(UTC) + timedelta(days=30)).isoformat(timespec="seconds"),
}
# What must be asked for and is answered within minutes, or is computed from a challenge.
TIMELY = {
    "POST users/<id>/totp/confirmation": lambda: {"code": pyotp.TOTP(shop_data.APP_SECRET).now()},
    "POST users/<id>/passkeys": lambda: {
        "name": f"passkey-new-{next(_count)}",
        "credential": Authenticator(1000 + next(_count)).create({"challenge": coded(shop_data.CHALLENGE)}),
    },
    # Items that are there and live, another each time.
    "POST counts/<id>/tallies": lambda: {"item_id": 1 + next(_count) % 8, "quantity": 1},
    "POST counts/<id>/recounts": lambda: {"item_id": 1 + next(_count) % 8},
}
# What nobody sees but its owner and administrators, and what is erased and not archived.
OWN = ("/tokens", "/sessions", "/second-factors")
# Drafts and remarks of the catalogue, which are erased too; everybody sees them.
ERASED = {"DELETE suppliers/<id>/items/<item_id>", "DELETE purchase-orders/<id>"}
# What not even the newest row will do for: an order must have been sent before it can be closed.
FITTING = {"POST purchase-orders/<id>/closing": {"id": 1}}
# What is answered once and has no address of its own.
PASSING = {"POST passkey-challenges", "POST users/<id>/passkey-challenges"}
# What is done to a row that is there already, at an address of its own.
ENDING = {"POST counts/<id>/approval", "POST purchase-orders/<id>/closing", "POST item-groups/<id>/items"}
# Nouns of which a user has rows from the start; an administrator's newest user has none.
ONESELF = {"resources.second_factors"}
# Signed by a token and not by a session.
BY_TOKEN = {"POST access-tokens"}
CREDENTIALS = {"POST session": {"username": "spare", "password": shop_data.PASSWORD}}
# Who is set up already cannot be set up: it refuses everybody, always.
GONE = {"POST setup"}
VALUES = {
    rules.Boolean: True,
    rules.Attributes: {"colour": "red"},
    rules.Options: {},  # those of an item of no group
    rules.Timestamp: "2024-02-29T12:00:00.5+01:00",
    rules.Timezone: "Europe/Berlin",
    rules.Money: "2.50",
    rules.Quantity: 1,
    rules.Rate: 19,
    rules.Integer: 3,
}

# What must be asked for by name.
ASKED = {"GET lookup": f"?code={shop_data.BARCODE}"}

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
        given = FITTING.get(str(self), {}) | given

        def fill(match: re.Match[str]) -> str:
            kind, name = match.groups()
            if name in given:
                return str(given[name])
            if name == "id" and self.resource.__module__ in ONESELF:
                return str(service.last(Oneself, role))
            return str(service.last(self.resource.rows[name], role) if kind == "id" else CODES[name])

        return _PARAMETER.sub(fill, self.url) + ASKED.get(str(self), "")

    def asking(self, service, query: str, **given: Any) -> str:
        """Return the address with this query, behind what must be asked for anyway."""
        path = self.path(service, **given)
        return f"{path}{'&' if '?' in path else '?'}{query}"

    def body(self) -> dict[str, Any] | None:
        """Return a body that passes, new each time; None where none is taken."""
        if self.parser is None:
            return None
        if str(self) in CREDENTIALS:
            return CREDENTIALS[str(self)]
        if str(self) in TIMELY:
            return TIMELY[str(self)]()
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
        if str(self) in BY_TOKEN and role is not None:
            headers = {"Authorization": f"Bearer {service.tokens[role]}"} | headers
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
        return VALUES[type(rule)] if type(rule) in VALUES else rule.values[0]
    number = next(_count)
    return f"somebody{number}@example.com" if isinstance(rule, rules.Email) else f"{name}-new-{number}"


def sent_back(rule: Any, value: Any) -> Any:
    """Return what was read as it is sent: of a line, no more than it takes, and the item by its id."""
    if isinstance(rule, rules.ListOf) and isinstance(rule.item, rules.Object):
        taken = rule.item.properties.keys() - {"sku", "barcode"}
        return [{name: line[name] for name in line if name in taken} for line in value]
    return value


def _names(rule: rules.Object) -> set[str]:
    """An object that may name an item, or say how much of it, in several ways names its id and its quantity."""
    return {"item_id", "quantity"} & rule.properties.keys()


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
