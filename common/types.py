"""Column types: exact in the database, exact in Python, and cheap to show.

Each has `raw`, the type under which a list reads the column without building Python objects that it would
only turn into text again. See common/http/shapes.py.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import BigInteger, DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from common import clock
from common.quantities import MONEY_PLACES, QUANTITY_PLACES, VALUE_PLACES, scale, unscale


class Scaled(TypeDecorator[Decimal]):
    """A Decimal kept as a whole number of its smallest unit."""

    impl = BigInteger
    cache_ok = True
    places = 0

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        """Return the units; ValueError where the value has more decimals than the column keeps."""
        del dialect
        return None if value is None else scale(Decimal(value), self.places)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Return the Decimal."""
        del dialect
        return None if value is None else unscale(value, self.places)


class MoneyType(Scaled):
    """Four decimals of the deployment's currency."""

    cache_ok = True
    places = MONEY_PLACES


class RateType(Scaled):
    """Four decimals of a percentage."""

    cache_ok = True
    places = MONEY_PLACES


class QuantityType(Scaled):
    """Three decimals of the item's unit."""

    cache_ok = True
    places = QUANTITY_PLACES


class ValueType(Scaled):
    """Seven decimals: a quantity times a unit cost, without rounding."""

    cache_ok = True
    places = VALUE_PLACES


_AS_TEXT = {"sqlite", "mariadb"}
"""Engines of which one has no type for time, and the other's driver would lose the zone."""


class Timestamp(TypeDecorator[datetime]):
    """A moment in UTC to the millisecond: sortable RFC 3339 text on SQLite and MariaDB, the native type elsewhere."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text in one fixed form sorts as time does."""
        return dialect.type_descriptor(String(24) if dialect.name in _AS_TEXT else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Return the stored form."""
        return clock.wire(value) if value is not None and dialect.name in _AS_TEXT else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return an aware datetime in UTC."""
        del dialect
        moment = from_raw(value)
        return None if moment is None else moment.astimezone(UTC)


class Milliseconds(TypeDecorator[datetime]):
    """A moment in UTC to the millisecond as a whole number: for tables of many rows, and of indexes over it.

    On SQLite it takes 6 bytes instead of the 24 of text, in the row and in each index again.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the stored form."""
        del dialect
        return None if value is None else clock.to_milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return an aware datetime in UTC."""
        del dialect
        return None if value is None else clock.of_milliseconds(value)


class RawTimestamp(TypeDecorator[Any]):
    """A timestamp as the driver gives it: text on SQLite and MariaDB, a datetime elsewhere."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """As Timestamp, so that a comparison binds alike."""
        return dialect.type_descriptor(String(24) if dialect.name in _AS_TEXT else DateTime(timezone=True))


def from_raw(value: Any) -> Any:
    """Return the datetime of a raw timestamp; None stays None."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


class JsonText(TypeDecorator[Any]):
    """JSON kept as text, so that a list passes it on without reading it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Return compact JSON; a Decimal is written with all its digits."""
        del dialect
        return None if value is None else dump_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Return the value, numbers with a fraction as Decimal."""
        del dialect
        return None if value is None else load_json(value)


def dump_json(value: Any) -> str:
    """Return compact JSON of a value that may hold Decimals."""
    return orjson.dumps(value, default=_exact).decode("utf-8")


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError


def load_json(text: str) -> Any:
    """Return the value of JSON that this project wrote itself."""
    return json.loads(text, parse_float=Decimal)
