"""The ledger's first tier: a document and the levels in, the moves and the levels after out; pure and exact.

Quantities are whole numbers of three decimals (one piece is 1000), money of four, values of seven (see costing.py).
A position is a line's place in its document, from 0. Lines apply in order; every line sees what those before it left.

1. A level is the sum of its moves: `on_hand` and `value` of those of that place, `in_transit` and `transit_value` too.
2. Nothing is worth nothing: a value is 0 where the quantity is 0, never below 0 where it is above, never above where
   it is below. A move's value never has the other sign than its quantity.
3. `on_hand` is never taken below zero where the level forbids it, `in_transit` nowhere. What cannot be taken is
   refused whole, with every line that is short; no quantity is ever clamped.
4. What goes out goes at the average, all of the value with the last of the quantity; below zero at the average still,
   or, where nothing stood, at the last cost, the item's own or 0.
5. What comes in comes at its stated cost (receipts and adjustments) and what freight and duty add to that, or at the
   average, the last cost, the item's own or 0. What covers a negative level revalues it: afterwards it is worth the
   incoming cost of what is left.
6. A transfer sums to zero, in quantity and in value, over source and transit; what follows it is planned in
   models/plan_transfers.py.
7. A reversal moves the opposite quantity and the opposite value, last line first, so that it retraces the document's
   own steps. What moved in between may bend the value on hand, just so far that rule 2 holds.
8. `last_cost` is the last known unit cost: that of the last line, unless that was a zero which nobody stated. A
   reversal teaches none.
9. `on_hand` and `in_transit` stay within QUANTITY_LIMIT, values and costs within VALUE_LIMIT.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from common.errors import FieldError, InsufficientStock, OutOfRange, UnexpectedLevel
from common.quantities import quantity_wire
from models.costing import VALUE_LIMIT, Balance, Cost, bent, divide, moved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Place = Literal["on_hand", "in_transit"]
Key = tuple[int, int]

SHORT = "There is not enough in stock."
SIGNS = {"receipt": 1, "sale": -1, "return": 1, "write_off": -1, "adjustment": 1, "transfer": -1}
STATE_COSTS = {"receipt", "return", "adjustment"}


@dataclass(frozen=True, slots=True)
class Level:
    """One item in one store; what is in transit is on its way to that store."""

    store_id: int
    item_id: int
    on_hand: int
    value: int
    in_transit: int
    transit_value: int
    last_cost: int | None
    allow_negative: bool

    def balance(self, place: Place) -> Balance:
        """Return what stands in a place."""
        if place == "on_hand":
            return Balance(self.on_hand, self.value)
        return Balance(self.in_transit, self.transit_value)

    def settled(self, place: Place, balance: Balance) -> Level:
        """Return this level with another balance in a place."""
        if place == "on_hand":
            return replace(self, on_hand=balance.units, value=balance.value)
        return replace(self, in_transit=balance.units, transit_value=balance.value)

    def average(self, fallback: int | None) -> Cost:
        """Return the cost of what stands here; where nothing does, the last known one, the fallback or 0."""
        if self.on_hand:
            return Cost(self.value, self.on_hand)
        return Cost((fallback or 0) if self.last_cost is None else self.last_cost)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a document. The quantity is above zero, or signed and not zero in an adjustment."""

    position: int
    item_id: int
    quantity: int
    unit_cost: int | None = None
    unit_price: int | None = None
    expected_on_hand: int | None = None
    landed: int = 0  # the value that freight and duty add to what the unit cost says


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the ledger. `unit_cost` is rounded for show; `…_after` is what stands in `place` afterwards."""

    position: int
    place: Place
    store_id: int
    item_id: int
    quantity: int
    value: int
    unit_cost: int
    unit_price: int | None
    on_hand_after: int
    value_after: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The moves in the order in which they apply, and every level that they touch as it stands afterwards."""

    moves: tuple[Move, ...]
    levels: tuple[Level, ...]


def plan(
    kind: str,
    lines: Sequence[Wanted],
    levels: Mapping[Key, Level],
    *,
    store_id: int,
    to_store_id: int | None = None,
    fallback_costs: Mapping[int, int | None],
) -> Plan:
    """Plan a document of one of the kinds in SIGNS; `to_store_id` is a transfer's and nobody else's.

    `levels` holds every item's level in the store, and in the destination. Raises UnexpectedLevel, InsufficientStock
    or OutOfRange, each with all of its lines; ValueError for what no parser lets through.
    """
    draft = drafted(kind, lines, levels, store_id=store_id, to_store_id=to_store_id, fallback_costs=fallback_costs)
    return draft.finish(SHORT)


def drafted(
    kind: str,
    lines: Sequence[Wanted],
    levels: Mapping[Key, Level],
    *,
    store_id: int,
    to_store_id: int | None = None,
    fallback_costs: Mapping[int, int | None],
) -> Draft:
    """Return the same not finished yet, for what else is to be looked at first; raises UnexpectedLevel alone."""
    if (kind == "transfer") != (to_store_id is not None):
        raise ValueError("A transfer has a destination, and nothing else has one.")
    _refuse_unexpected(lines, levels, store_id)
    draft = Draft(levels)
    for line in lines:
        key, quantity = (store_id, line.item_id), _signed(kind, line)
        stated = line.unit_cost if kind in STATE_COSTS and quantity > 0 else None
        cost = draft.level(key).average(fallback_costs.get(line.item_id))
        if stated is not None:
            cost = Cost(stated * quantity + line.landed, quantity)
        value = draft.stock(line, key, quantity, cost, stated=stated is not None)
        if to_store_id is not None:
            draft.transit(line, (to_store_id, line.item_id), -quantity, -value)
    return draft


def plan_reversal(kind: str, moves: Sequence[Move], levels: Mapping[Key, Level]) -> Plan:
    """Plan the opposite of a document of that kind; raises InsufficientStock or OutOfRange by its lines' positions."""
    draft = Draft(levels)
    for move in reversed(moves):
        level = draft.level((move.store_id, move.item_id))
        units, value = level.balance(move.place)
        draft.settle(move, move.place, level, bent(Balance(units - move.quantity, value - move.value)))
    return draft.finish(f"What this {kind.replace('_', '-')} moved is not all there any more.")


def _signed(kind: str, line: Wanted) -> int:
    if line.quantity == 0 or (line.quantity < 0 and kind != "adjustment") or (line.unit_cost or 0) < 0:
        raise ValueError(f"No {kind} moves this: {line}")
    return SIGNS[kind] * line.quantity


def _refuse_unexpected(lines: Sequence[Wanted], levels: Mapping[Key, Level], store_id: int) -> None:
    wrong = []
    for line in lines:
        on_hand = levels[store_id, line.item_id].on_hand
        if line.expected_on_hand not in {None, on_hand}:
            there = quantity_wire(on_hand)
            field, message = f"lines/{line.position}/expected_on_hand", f"The level is {there}."
            wrong.append(FieldError(field, "unexpected", message, {"on_hand": there}))
    if wrong:
        raise UnexpectedLevel("The level has changed since it was read.", errors=wrong)


class Draft:
    """A document in the making: the moves so far and what they leave, over levels that stay as they were given."""

    def __init__(self, levels: Mapping[Key, Level]) -> None:
        self._before = levels
        self._after: dict[Key, Level] = {}
        self.moves: list[Move] = []
        self._short: dict[int, FieldError] = {}
        self._beyond: dict[int, FieldError] = {}

    def level(self, key: Key) -> Level:
        """Return a level as the moves so far leave it."""
        return self._after.get(key) or self._before[key]

    def stock(self, line: Wanted | Move, key: Key, quantity: int, cost: Cost, *, stated: bool = False) -> int:
        """Move a quantity on hand at a cost; return the value that moved."""
        level = self.level(key)
        last_cost = cost.unit if stated or cost.unit else level.last_cost
        balance = moved(level.balance("on_hand"), quantity, cost)
        return self.settle(line, "on_hand", replace(level, last_cost=last_cost), balance)

    def transit(self, line: Wanted | Move, key: Key, quantity: int, value: int) -> None:
        """Move a quantity in transit with exactly the value given."""
        level = self.level(key)
        balance = Balance(level.in_transit + quantity, level.transit_value + value)
        self.settle(line, "in_transit", level, balance)

    def settle(self, line: Wanted | Move, place: Place, level: Level, balance: Balance) -> int:
        """Bring a place to a balance. The move is the difference, so that a level is the sum of its moves."""
        before = level.balance(place)
        quantity, value = balance.units - before.units, balance.value - before.value
        if quantity < 0 and balance.units < 0 and not (place == "on_hand" and level.allow_negative):
            # What follows is still planned, as if this were possible: every line that is short is to be named.
            self.refuse(line, -quantity, max(0, before.units))
        after = level.settled(place, balance)
        if not balance.fits or max(abs(value), after.last_cost or 0) > VALUE_LIMIT:
            field, message = f"lines/{line.position}/quantity", "This would go beyond what the ledger can hold exactly."
            self._beyond[line.position] = FieldError(field, "out_of_range", message)
        self._after[level.store_id, level.item_id] = after
        cost, price = divide(value, quantity), line.unit_price
        move = Move(line.position, place, level.store_id, level.item_id, quantity, value, cost, price, *balance)
        self.moves.append(move)
        return value

    def refuse(self, line: Wanted | Move, requested: int, available: int) -> None:
        """Note that a line is short; what was noted of it first stands."""
        extra = {"requested": quantity_wire(requested), "available": quantity_wire(available)}
        message = "{requested} asked for, {available} available.".format(**extra)
        error = FieldError(f"lines/{line.position}/quantity", "insufficient", message, extra)
        self._short.setdefault(line.position, error)

    def restrict(self, line: Wanted | Move, requested: int, available: int) -> None:
        """Note that less is available to a line than its level has: that stands whatever was noted of it before."""
        self._short.pop(line.position, None)
        self.refuse(line, requested, available)

    def finish(self, short: str) -> Plan:
        """Return the plan, or raise what was noted; `short` says it in a sentence where lines are short."""
        for refusal, detail, noted in (
            (InsufficientStock, short, self._short),
            (OutOfRange, "", self._beyond),
        ):
            if noted:
                raise refusal(detail, errors=[noted[position] for position in sorted(noted)])
        return Plan(tuple(self.moves), tuple(self._after[key] for key in sorted(self._after)))
