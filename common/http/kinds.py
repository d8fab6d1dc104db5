"""How each type of column is read raw, shown on the wire, filtered by and described."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import Any

import orjson
from sqlalchemy import BigInteger, String
from sqlalchemy import types as sa

from common import clock, types
from common.fields import Boolean, Field, Integer, Money, Quantity, Rate, Text, Timestamp
from common.quantities import MONEY_PLACES, money_wire, quantity_wire, value_wire

_RATE_STEPS: int = 10**MONEY_PLACES


@lru_cache(maxsize=4096)
def rate_wire(units: int) -> float:
    """Return a percentage of four decimals as a JSON number, a whole one without decimals."""
    whole, rest = divmod(units, _RATE_STEPS)
    return units / _RATE_STEPS if rest else whole


@cache
def money_of(decimals: int) -> Callable[[int], str]:
    """Return what shows money of a currency; prices repeat, so it remembers them."""
    return lru_cache(maxsize=1 << 16)(lambda units: money_wire(units, decimals))


EMPTY = {text: orjson.Fragment(text) for text in ("[]", "{}")}


def json_wire(text: str) -> orjson.Fragment:
    """Pass on JSON that is kept as text."""
    return EMPTY.get(text) or orjson.Fragment(text)


def milliseconds_wire(count: int) -> str:
    """Show a moment that is kept as milliseconds as RFC 3339."""
    return clock.wire(clock.of_milliseconds(count))


def time_wire(moment: Any) -> str:
    """Return a moment as RFC 3339; SQLite keeps it so."""
    return clock.wire(moment) if isinstance(moment, datetime) else moment


@dataclass(frozen=True, slots=True)
class Kind:
    """The type to read it raw by, what makes the raw value fit for the wire, the rule of filters, the JSON Schema."""

    raw: Any
    wire: Callable[..., Any] | None
    rule: Field
    schema: dict[str, Any]


_MONEY = {
    "type": "string",
    "pattern": r"^-?\d+(\.\d{1,4})?$",
    "description": "An exact amount of the deployment's currency.",
}
_NUMBER = {"type": "number"}
_TIME = {"type": "string", "format": "date-time"}


# Looked through from above: the first type that a column's type is an instance of says how.
_KINDS: tuple[tuple[Any, Callable[[int], Kind]], ...] = (
    (types.MoneyType, lambda d: Kind(BigInteger, money_of(d), Money(), _MONEY)),
    (types.ValueType, lambda d: Kind(BigInteger, partial(value_wire, decimals=d), Money(), _MONEY)),
    (types.QuantityType, lambda _: Kind(BigInteger, quantity_wire, Quantity(signed=True, zero=True), _NUMBER)),
    (types.RateType, lambda _: Kind(BigInteger, rate_wire, Rate(), _NUMBER)),
    (types.Timestamp, lambda _: Kind(types.RawTimestamp, time_wire, Timestamp(), _TIME)),
    (types.Milliseconds, lambda _: Kind(BigInteger, milliseconds_wire, Timestamp(), _TIME)),
    (types.JsonText, lambda _: Kind(String, json_wire, Text(200), {})),
    (sa.Boolean, lambda _: Kind(None, None, Boolean(), {"type": "boolean"})),
    (sa.Integer, lambda _: Kind(None, None, Integer(-(2**63), 2**63 - 1), {"type": "integer"})),
    (object, lambda _: Kind(None, None, Text(1000, min=0), {"type": "string"})),
)


def kind_of(column_type: Any, decimals: int) -> Kind:
    """Return how a column of this type is read, shown and filtered."""
    return next(make(decimals) for type_, make in _KINDS if isinstance(column_type, type_))
