"""What moves are worth: a moving average over an exact total value.

Units are whole numbers throughout: quantities of three decimals, money of four, values of seven, so that a quantity
times a unit cost is a value without rounding. The average is value over units; it is never rounded and carried on.
"""

from __future__ import annotations

from typing import NamedTuple

# A JSON number holds a quantity exactly up to 2**53 units, a 64-bit column a value up to 2**63 - 1.
QUANTITY_LIMIT = 10**15
VALUE_LIMIT = 9 * 10**18


def divide(numerator: int, denominator: int) -> int:
    """Return the nearest whole number, the even one of two; exact at any size."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return quotient + (twice > denominator or (twice == denominator and quotient % 2 == 1))


class Balance(NamedTuple):
    """How much there is and what all of it is worth."""

    units: int
    value: int

    @property
    def fits(self) -> bool:
        """Whether the ledger can hold it exactly."""
        return abs(self.units) <= QUANTITY_LIMIT and abs(self.value) <= VALUE_LIMIT


class Cost(NamedTuple):
    """What one unit costs, kept as a fraction (a value over the units that it is the value of)."""

    value: int
    units: int = 1

    def of(self, quantity: int) -> int:
        """Return the value of a quantity, rounded once."""
        return divide(self.value * quantity, self.units)

    @property
    def unit(self) -> int:
        """Money units, rounded half to even."""
        return divide(self.value, self.units)


def moved(balance: Balance, quantity: int, cost: Cost) -> Balance:
    """Return the balance after a signed quantity moved at a cost; out of what there is, the cost is its average.

    What comes in on top of a debt (units below zero) pays the debt at the debt's own average. Once it is paid, all
    that is left came in just now, and is worth what that costs.
    """
    units = balance.units + quantity
    if units == 0:
        return Balance(0, 0)
    if balance.units >= 0 or quantity < 0:
        return Balance(units, balance.value + cost.of(quantity))
    if units > 0:
        return Balance(units, cost.of(units))
    return Balance(units, Cost(balance.value, balance.units).of(units))


def bent(balance: Balance) -> Balance:
    """Return the nearest balance whose value has no other sign than its units."""
    if balance.units == 0:
        return Balance(0, 0)
    if balance.units > 0:
        return Balance(balance.units, max(0, balance.value))
    return Balance(balance.units, min(0, balance.value))
