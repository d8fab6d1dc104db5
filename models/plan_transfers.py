"""What becomes of goods on their way: they arrive, are lost or go back. The ledger's first tier, as models/plan.py.

1. Of each line of a transfer no more arrives, is lost or is recalled than what of it is still on its way, whatever
   else is on its way to the same store. What is left is never below zero, nor is its value.
2. What is taken of a line has its share of the line's value; the last of it takes all the rest.
3. An arrival and a recall sum to zero, in quantity and in value, over transit and the shelf that the goods end on.
   The one exception: where that stood below zero, it is revalued (models/plan.py, 5), so values may differ.
4. A loss takes out of transit and puts nowhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from models.costing import Cost
from models.plan import Draft, Key, Level, Move, Plan, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def still_under_way(moves: Iterable[Move]) -> list[Move]:
    """Return what is left of each line of a transfer, from its moves and those of all that followed it, in order."""
    left: dict[int, Move] = {}
    for move in moves:
        if move.place == "in_transit":
            before = left.get(move.position)
            left[move.position] = move if before is None else _less(before, -move.quantity, -move.value)
    return [move for move in left.values() if move.quantity]


def plan_outcome(
    left: Sequence[Move], levels: Mapping[Key, Level], *, shelf: int | None, asked: Sequence[Wanted] | None = None
) -> Plan:
    """Plan that goods come off their way, onto the shelf of a store or, where it is None, nowhere.

    `left` is what is still on its way of each line of one transfer; all of it is taken, or what is `asked` of an item,
    from its lines in their order. Raises InsufficientStock by the positions of what was asked, OutOfRange by those of
    the transfer's lines.
    """
    draft, rest = Draft(levels), {move.position: move for move in left}
    wanted = asked if asked is not None else [Wanted(m.position, m.item_id, m.quantity) for m in left]
    for line in wanted:
        open_ = line.quantity
        there = sum(move.quantity for move in rest.values() if move.item_id == line.item_id)
        if open_ > there:
            draft.refuse(line, open_, there)
        for move in [move for move in rest.values() if move.item_id == line.item_id]:
            quantity = min(open_, move.quantity)
            if quantity:
                value = _land(draft, move, quantity, shelf)
                rest[move.position], open_ = _less(move, quantity, value), open_ - quantity
    return draft.finish("More is asked for than is still on its way.")


def _land(draft: Draft, move: Move, quantity: int, shelf: int | None) -> int:
    """Take a quantity of a line out of transit; return the value that went with it."""
    value = Cost(move.value, move.quantity).of(quantity)
    draft.transit(move, (move.store_id, move.item_id), -quantity, -value)
    if shelf is not None:
        draft.stock(move, (shelf, move.item_id), quantity, Cost(value, quantity))
    return value


def _less(move: Move, quantity: int, value: int) -> Move:
    return replace(move, quantity=move.quantity - quantity, value=move.value - value)
