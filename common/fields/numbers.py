"""Fields that are numbers or truth: exact, bounded before anything is computed with them.

JSON's numbers come as int, or as Decimal where they have a fraction or an exponent; a bool or a text is no number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from common.fields.base import Field, FieldProblem, wrong_type
from common.quantities import MAX_MONEY, MAX_QUANTITY, MONEY_PLACES, QUANTITY_PLACES

MAX_ID = 2**63 - 1
_RATE_PLACES = 4
_INTEGER_TEXT = re.compile(r"-?[0-9]{1,40}")
_DECIMAL_TEXT = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?")
_WIDE = Context(prec=60)
_ZERO = Decimal(0)


def number(value: Any, expected: str = "a number") -> int | Decimal:
    """Return a JSON number; refuse bools, texts, floats (which are not exact), NaN and infinities."""
    if type(value) is int or (isinstance(value, Decimal) and value.is_finite()):
        return value
    raise wrong_type(value, expected)


def check_bounds(value: int | Decimal, low: int | Decimal, high: int | Decimal) -> None:
    """Refuse what lies outside; cheap for 1E+999999, and to be asked before such a number is touched otherwise."""
    if value < low:
        raise FieldProblem("too_small", f"Must be at least {low}.")
    if value > high:
        raise FieldProblem("too_large", f"Must be at most {high}.")


def bounded(value: int | Decimal, low: Decimal, high: Decimal, places: int) -> Decimal:
    """Return the number with exactly `places` decimals, never minus zero; refuse what would be lost."""
    check_bounds(value, low, high)
    kept = Decimal(value).quantize(Decimal((0, (1,), -places)), context=_WIDE)
    if kept != value:
        raise FieldProblem("too_precise", f"Must have at most {places} decimals.")
    return kept or kept.copy_abs()


def _from_text(text: str) -> Decimal:
    if not _DECIMAL_TEXT.fullmatch(text):
        raise FieldProblem("format", "Must be a plain decimal number such as 12.5.")
    return Decimal(text)


@dataclass(frozen=True, slots=True)
class Integer(Field):
    """A whole number within bounds, both included; 5.0 is whole."""

    min: int
    max: int

    def __call__(self, value: Any) -> int:
        """See the class."""
        whole = number(value, "a whole number")
        check_bounds(whole, self.min, self.max)
        if whole != int(whole):
            raise FieldProblem("not_whole", "Must be a whole number.")
        return int(whole)

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "integer", "minimum": self.min, "maximum": self.max}

    def from_text(self, text: str) -> int:
        """Take ASCII digits with an optional minus, nothing else."""
        if not _INTEGER_TEXT.fullmatch(text):
            raise FieldProblem("format", "Must be a whole number.")
        return self(int(text))


class Id(Integer):
    """The id of a row."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(1, MAX_ID)

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "integer", "format": "int64", "minimum": 1, "maximum": MAX_ID}


@dataclass(frozen=True, slots=True)
class Boolean(Field):
    """JSON's true or false; 1 and "true" are neither."""

    def __call__(self, value: Any) -> bool:
        """See the class."""
        if not isinstance(value, bool):
            raise wrong_type(value, "true or false")
        return value

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "boolean"}

    def from_text(self, text: str) -> bool:
        """Take the two words in any case: spreadsheets write TRUE."""
        if text.lower() not in {"true", "false"}:
            raise FieldProblem("format", "Must be true or false.")
        return text.lower() == "true"


@dataclass(frozen=True, slots=True)
class Money(Field):
    """An amount from zero to MAX_MONEY with up to four decimals, as a JSON number or, the usual way, a text."""

    def __call__(self, value: Any) -> Decimal:
        """Return it with four decimals."""
        amount = _from_text(value) if isinstance(value, str) else number(value, "an amount")
        return bounded(amount, _ZERO, MAX_MONEY, MONEY_PLACES)

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {
            "anyOf": [
                {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,4}0*)?$"},
                {"type": "number", "minimum": 0, "maximum": float(MAX_MONEY)},
            ],
            "description": "An amount in the deployment's currency, up to four decimals.",
            "examples": ["15.99"],
        }


@dataclass(frozen=True, slots=True)
class Quantity(Field):
    """A number of up to three decimals, more than zero; `signed` takes negative ones too, `zero` takes zero."""

    signed: bool = False
    zero: bool = False

    def __call__(self, value: Any) -> Decimal:
        """Return it with three decimals."""
        low = -MAX_QUANTITY if self.signed else _ZERO
        quantity = bounded(number(value), low, MAX_QUANTITY, QUANTITY_PLACES)
        if not quantity and not self.zero:
            raise FieldProblem("too_small", "Must not be zero." if self.signed else "Must be more than zero.")
        return quantity

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        schema: dict[str, Any] = {
            "type": "number",
            "maximum": float(MAX_QUANTITY),
            "description": "Up to three decimals.",
        }
        if self.signed:
            schema["minimum"] = -float(MAX_QUANTITY)
            return schema if self.zero else schema | {"not": {"const": 0}}
        return schema | {"minimum" if self.zero else "exclusiveMinimum": 0}

    def from_text(self, text: str) -> Decimal:
        """Take plain decimals with a point."""
        return self(_from_text(text))


class PlainQuantity(Quantity):
    """A quantity that is kept within JSON: without the decimals that say nothing."""

    __slots__ = ()

    def __call__(self, value: Any) -> Any:
        """Return a whole number, else a decimal."""
        exact = super().__call__(value)
        return int(exact) if exact == int(exact) else exact.normalize()


@dataclass(frozen=True, slots=True)
class Rate(Field):
    """A percentage from zero to `max`, with up to four decimals."""

    max: int = 100

    def __call__(self, value: Any) -> Decimal:
        """Return it with four decimals."""
        return bounded(number(value), _ZERO, Decimal(self.max), _RATE_PLACES)

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "number", "minimum": 0, "maximum": self.max, "description": "Percent, up to four decimals."}

    def from_text(self, text: str) -> Decimal:
        """Take plain decimals with a point."""
        return self(_from_text(text))
