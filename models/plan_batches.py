"""Which batches a document moves: beside its moves (models/plan.py), and never more of them than these move.

The ledger's first tier, pure and exact. Quantities are whole numbers of three decimals. What of a level belongs to no
batch is without a lot.

1. All batches of a level together are never below zero and never more than the level, or 0 where it is below zero.
2. What goes out and names no batch is first what is without a lot, which is taken for the oldest, then the batch that
   expires first, then those without a day in the order in which they were made. Beyond that no batch goes.
3. What goes out and names batches is taken from them alone. Where they hold less, the line is refused as short.
4. What comes in to a batch is what is really there afterwards: what covers a level below zero is gone already, of
   several batches at once those that expire first.
5. A transfer's batches are then on their way, line by line. What comes off the way takes what is left of its line by
   rule 2, and puts it on the shelf by rule 4.
6. A reversal moves back what its document moved of each batch. What of one is not there any more goes by rule 2, for
   which batch left the shop was a presumption; a reversal is refused only where the level refuses it. What it takes off
   a shelf is what is on its way again, and what it takes off the way is what it puts on the shelf.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.plan import Draft, Key, Move

Parts = dict[int, int]
"""How much of each batch, by its id; nothing of any other."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch, as far as it matters which goes first; `expires_on` such as 2026-11-30."""

    id: int
    expires_on: str | None

    @property
    def order(self) -> tuple[bool, str, int]:
        """What goes out first sorts first."""
        return self.expires_on is None, self.expires_on or "", self.id


class Shelves:
    """The batches on the shelves of levels, as the moves so far leave them."""

    def __init__(self, batches: Iterable[Batch], on_hand: Mapping[Key, Mapping[int, int]]) -> None:
        self._orders = {batch.id: batch.order for batch in batches}
        self._on_hand: dict[Key, Parts] = {key: dict(parts) for key, parts in on_hand.items()}

    def there(self, key: Key) -> Parts:
        """Return what stands of each batch at a level."""
        return self._on_hand.setdefault(key, {})

    def first(self, ids: Iterable[int]) -> list[int]:
        """Return batches in the order in which they go out."""
        return sorted(ids, key=self._orders.__getitem__)

    def draw(self, there: Mapping[int, int], quantity: int) -> Parts:
        """Return what goes of some batches, at most a quantity, in the order of rule 2."""
        parts, open_ = {}, quantity
        for id_ in self.first(there):
            if open_ > 0 and there[id_] > 0:
                parts[id_] = min(open_, there[id_])
                open_ -= parts[id_]
        return parts

    def take(self, move: Move, parts: Mapping[int, int], *, alone: bool = False) -> Parts:
        """Take from a shelf what is there of these parts of a move, and, if not these alone, the rest by rule 2."""
        there = self.there((move.store_id, move.item_id))
        before, asked = move.on_hand_after - move.quantity, -move.quantity
        without_lot = max(0, max(0, before) - sum(there.values()))
        taken = {id_: min(quantity, there[id_]) for id_, quantity in parts.items() if there.get(id_)}
        _change(there, taken, -1)
        rest = {} if alone else self.draw(there, asked - sum(taken.values()) - without_lot)
        _change(there, rest, -1)
        return {id_: taken.get(id_, 0) + rest.get(id_, 0) for id_ in self.first(taken.keys() | rest.keys())}

    def put(self, move: Move, parts: Mapping[int, int]) -> Parts:
        """Put parts of a move on its shelf; return what of them is really there afterwards (rule 4)."""
        there = self.there((move.store_id, move.item_id))
        room, kept = max(0, max(0, move.on_hand_after) - sum(there.values())), {}
        for id_ in reversed(self.first(parts)):
            kept[id_] = min(parts[id_], room)
            room -= kept[id_]
        kept = {id_: kept[id_] for id_ in reversed(kept) if kept[id_]}
        _change(there, kept, 1)
        return kept


Moved = list[Parts]
"""What each of a plan's moves moves of batches, signed as the move is; nothing of most."""


def plan_batches(draft: Draft, shelves: Shelves, named: Mapping[int, Sequence[int]]) -> Moved:
    """Plan the batches of a document of one's own: of a transfer too, whose lines put on the way what they take.

    `named` has the batches that a line's position names: of what comes in one, of what goes out those that it may be
    taken from. The draft is told of each line whose batches hold less, and refuses it when it is finished.
    """
    moved: Moved = []
    for move in draft.moves:
        names = named.get(move.position)
        if move.place == "in_transit":  # right after the move that took it off the shelf
            moved.append({id_: -quantity for id_, quantity in moved[-1].items()})
        elif move.quantity > 0:
            moved.append(shelves.put(move, {names[0]: move.quantity} if names else {}))
        else:
            there = shelves.there((move.store_id, move.item_id))
            meant = shelves.draw({id_: there.get(id_, 0) for id_ in names or ()}, -move.quantity)
            if names is not None and sum(meant.values()) < -move.quantity:
                # What follows is still planned, without what is not there: every line that is short is to be named.
                draft.restrict(move, -move.quantity, sum(meant.values()))
            moved.append(_signed(shelves.take(move, meant, alone=names is not None), -1))
    return moved


def plan_outcome_batches(moves: Sequence[Move], shelves: Shelves, left: Mapping[int, tuple[int, Parts]]) -> Moved:
    """Plan the batches of what comes off its way.

    `left` has, by the position of each of the transfer's lines, how much of it is still on its way, and what of that
    is of which batch.
    """
    rest = {position: (whole, dict(parts)) for position, (whole, parts) in left.items()}
    moved: Moved = []
    for move in moves:
        if move.place == "on_hand":  # right after the move that took it off the way
            moved.append(shelves.put(move, _signed(moved[-1], -1)))
            continue
        whole, parts = rest[move.position]
        taken = shelves.draw(parts, -move.quantity - (whole - sum(parts.values())))
        _change(parts, taken, -1)
        rest[move.position] = whole + move.quantity, parts
        moved.append(_signed(taken, -1))
    return moved


def plan_reversal_batches(
    moves: Sequence[Move], shelves: Shelves, undone: Sequence[Parts], under_way: Mapping[int, Parts] | None = None
) -> Moved:
    """Plan the batches of a reversal, whose moves are opposite to the document's, last first; `undone` is in its order.

    `under_way` is of a transfer: what is still on its way of each line, by position.
    """
    moved: Moved = []
    before: Move | None = None
    for move, parts in zip(moves, reversed(undone), strict=True):
        goes_on = before is not None and (before.position, before.quantity) == (move.position, -move.quantity)
        back = _signed(moved[-1], -1) if goes_on else {id_: abs(quantity) for id_, quantity in parts.items()}
        if move.place == "in_transit":
            left = {id_: quantity for id_, quantity in (under_way or {}).get(move.position, {}).items() if quantity}
            moved.append(back if move.quantity > 0 else _signed(left, -1))
        else:
            moved.append(shelves.put(move, back) if move.quantity > 0 else _signed(shelves.take(move, back), -1))
        before = None if goes_on else move  # two and two, even where a line stands twice in its document
    return moved


def _signed(parts: Parts, sign: int) -> Parts:
    return {id_: sign * quantity for id_, quantity in parts.items()}


def _change(there: Parts, parts: Mapping[int, int], sign: int) -> None:
    for id_, quantity in parts.items():
        there[id_] = there.get(id_, 0) + sign * quantity
