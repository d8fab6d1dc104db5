"""One document while it is written into the walk's books: what each line does to which level, and what is refused.

Quantities are thousandths, money ten-thousandths, values ten-millionths: whole numbers, and what is rounded is rounded
once, half to even, from an exact fraction.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

ON_HAND, IN_TRANSIT = "on_hand", "in_transit"
MOST_UNITS, MOST_WORTH = 10**15, 9 * 10**18


class No(Exception):
    """A refusal: the problem's slug, and of each error the field, the code and the figures."""

    def __init__(self, slug: str, *told: tuple[str, str, dict], status: int = 409) -> None:
        super().__init__(slug, told)
        self.slug, self.told, self.status = slug, list(told), status


class Want(NamedTuple):
    """What a document's line asks for; quantity as the document says it."""

    item: int
    quantity: int
    cost: int | None = None
    price: int | None = None
    expected: int | None = None
    landed: int = 0


class Line(NamedTuple):
    """One step of the ledger, in the order of its columns."""

    position: int
    place: str
    store: int
    item: int
    quantity: int
    value: int
    unit_cost: int
    unit_price: int | None
    after: int
    value_after: int


@dataclass(slots=True)
class Level:
    on_hand: int = 0
    value: int = 0
    in_transit: int = 0
    transit_value: int = 0
    last_cost: int | None = None
    steps: int = 0  # how often what is on hand moved

    def of(self, place):
        return (self.on_hand, self.value) if place == ON_HAND else (self.in_transit, self.transit_value)


class Sheet:
    """A document while it is written: over copies of the levels, which take the places of those when it is closed."""

    def __init__(self, books):
        self.books, self.after = books, {}
        self.lines, self.short, self.beyond = [], {}, {}

    def level(self, store, item):
        if (store, item) not in self.after:
            self.after[store, item] = copy.copy(self.books.level(store, item))
        return self.after[store, item]

    def average(self, store, item):
        level = self.level(store, item)
        if level.on_hand:
            return Fraction(level.value, level.on_hand)
        return Fraction(self.books.own_costs[item] or 0 if level.last_cost is None else level.last_cost)

    def shelve(self, position, store, item, quantity, cost, *, price, stated=False):
        level = self.level(store, item)
        if stated or round(cost):
            level.last_cost = round(cost)
        units = level.on_hand + quantity
        value = level.value + round(cost * quantity)
        if units == 0:
            value = 0
        elif level.on_hand < 0 < quantity:  # it pays a debt, at the debt's own average; what is left came just now
            value = round(cost * units) if units > 0 else round(Fraction(level.value, level.on_hand) * units)
        return self.bring(position, ON_HAND, store, item, units, value, price=price)

    def transit(self, position, store, item, quantity, worth, *, price):
        level = self.level(store, item)
        now = level.in_transit + quantity, level.transit_value + worth
        self.bring(position, IN_TRANSIT, store, item, *now, price=price)

    def bring(self, position, place, store, item, units, value, *, price):
        """Bring a place to what it is to hold; return the value that moved."""
        level = self.level(store, item)
        before, worth = level.of(place)
        quantity, moved = units - before, value - worth
        if quantity < 0 and units < 0 and not (place == ON_HAND and store in self.books.lenient):
            self.miss(position, -quantity, max(0, before))
        if abs(units) > MOST_UNITS or max(abs(value), abs(moved), level.last_cost or 0) > MOST_WORTH:
            self.beyond[position] = (f"lines/{position}/quantity", "out_of_range", {})
        if place == ON_HAND:
            level.on_hand, level.value, level.steps = units, value, level.steps + 1
        else:
            level.in_transit, level.transit_value = units, value
        cost = round(Fraction(moved, quantity))
        self.lines.append(Line(position, place, store, item, quantity, moved, cost, price, units, value))
        return moved

    def miss(self, position, requested, available):
        figures = {"requested": wire(requested), "available": wire(available)}
        self.short.setdefault(position, (f"lines/{position}/quantity", "insufficient", figures))

    def close(self):
        for slug, told in (("insufficient-stock", self.short), ("out-of-range", self.beyond)):
            if told:
                raise No(slug, *(told[position] for position in sorted(told)))
        self.books.levels |= self.after
        self.books.lines += self.lines
        return self.lines


def wire(units):
    """Return a quantity as JSON has it."""
    return units // 1000 if units % 1000 == 0 else units / 1000
