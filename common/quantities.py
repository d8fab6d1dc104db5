"""Exact numbers: scaled integers where they are kept, Decimal at the edges, never float arithmetic.

Money has four decimals, a quantity three, and a value (quantity x unit cost) therefore seven. A *unit* here is one
step of the last decimal: 159900 units of money are 15.99.
"""

from __future__ import annotations

from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from functools import lru_cache

MONEY_PLACES = 4
QUANTITY_PLACES = 3
VALUE_PLACES = MONEY_PLACES + QUANTITY_PLACES

MAX_MONEY = Decimal("999999999.9999")
MAX_QUANTITY = Decimal("999999999.999")

_MONEY_STEPS = 10_000
_QUANTITY_STEPS = 1_000
_HALF = _QUANTITY_STEPS // 2
# Inexact is trapped: digits that would be lost are an error. 60 digits are beyond any sum of a 64-bit column.
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])


def scale(value: Decimal, places: int) -> int:
    """Return the value in steps of its last decimal; ValueError if it has more decimals, or is no finite number."""
    try:
        step = value.quantize(Decimal((0, (1,), -places)), context=_EXACT)
    except (Inexact, InvalidOperation):
        raise ValueError(f"not a number of {places} decimals") from None
    if not step.is_finite():
        raise ValueError("not a finite number")
    return int(step.scaleb(places, context=_EXACT))


def unscale(units: int, places: int) -> Decimal:
    """Return what `scale` was given, with all its decimals."""
    return Decimal(units).scaleb(-places, context=_EXACT)


def money_wire(units: int, decimals: int = 2) -> str:
    """Return money for the wire: at least `decimals` (the currency's), further ones only where they are not zero."""
    whole, rest = divmod(abs(units), _MONEY_STEPS)
    fraction = f"{rest:0{MONEY_PLACES}}".rstrip("0").ljust(decimals, "0")
    sign = "-" if units < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


@lru_cache(maxsize=1 << 16)
def quantity_wire(units: int) -> int | float:
    """Return a quantity as a JSON number, a whole one without decimals.

    A float here is spelling, not arithmetic: up to 10**15 units its shortest form is the exact decimal.
    """
    whole, rest = divmod(units, _QUANTITY_STEPS)
    return units / _QUANTITY_STEPS if rest else whole


def value_wire(units: int, decimals: int = 2) -> str:
    """Return a value of seven decimals as money, rounded half to even at the fourth."""
    money, rest = divmod(units, _QUANTITY_STEPS)
    if rest > _HALF or (rest == _HALF and money % 2):
        money += 1
    return money_wire(money, decimals)
