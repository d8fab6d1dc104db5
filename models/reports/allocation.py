"""Who can help whom: one item's stores in, transfers and what is still missing out; pure and exact.

Quantities are whole numbers of three decimals (one piece is 1000).

1. A store is short where what it has, with all that is coming, is at its reorder point or below. It wants what is
   missing up to where it fills up to, or, where its listing does not say, up to the reorder point.
2. A store has a surplus of what is on its shelf above what it keeps: what it fills up to; or, where that is not said,
   what it sells while `cover` days pass and no less than its reorder point. Where it sold nothing either, nobody knows
   what it needs, and it has none.
3. No more is moved from a store than its surplus, nor to a store than it wants; of an item counted in whole pieces,
   whole pieces. What is left wanted and what is left over are not both there in the end.
4. The greatest want is served first, by the store whose surplus fits it most closely from above, else by the greatest
   surplus: few transfers, and always the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ONE = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """One item in one store. `coming` is in transit, on order or drafted; `sold` is what it sold in `days`."""

    store_id: int
    on_hand: int
    coming: int = 0
    reorder_point: int | None = None
    reorder_to: int | None = None
    sold: int = 0

    @property
    def available(self) -> int:
        """What there is once all has come."""
        return self.on_hand + self.coming

    def wanted(self, *, whole: bool) -> int:
        """Return what is missing; 0 where the store is not short."""
        if self.reorder_point is None or self.available > self.reorder_point:
            return 0
        target = self.reorder_point if self.reorder_to is None else self.reorder_to
        missing = max(0, target - self.available)
        return missing + -missing % ONE if whole else missing

    def surplus(self, *, days: int, cover: int, whole: bool) -> int:
        """Return what may be given away; 0 where nothing says how much the store needs itself."""
        keeps = self._keeps(days, cover)
        left = 0 if keeps is None else max(0, self.on_hand - keeps)
        return left - left % ONE if whole else left

    def _keeps(self, days: int, cover: int) -> int | None:
        if self.reorder_to is not None:
            return self.reorder_to
        if self.sold <= 0:
            return None
        return max(self.reorder_point or 0, -(-self.sold * cover // days))


@dataclass(frozen=True, slots=True)
class Move:
    """How much one store gives another."""

    giver: int
    taker: int
    quantity: int


def allocate(places: Sequence[Place], *, days: int, cover: int, whole: bool) -> tuple[list[Move], dict[int, int]]:
    """Return the transfers among an item's stores, and what each is still missing then."""
    wants = {place.store_id: want for place in places if (want := place.wanted(whole=whole))}
    spare = {
        place.store_id: left
        for place in places
        if place.store_id not in wants and (left := place.surplus(days=days, cover=cover, whole=whole))
    }
    moves = []
    for taker in sorted(wants, key=lambda store: (-wants[store], store)):
        while wants[taker] and spare:
            giver = _nearest(spare, wants[taker])
            quantity = min(spare[giver], wants[taker])
            moves.append(Move(giver, taker, quantity))
            wants[taker] -= quantity
            spare[giver] -= quantity
            if not spare[giver]:
                del spare[giver]
    return moves, {store: want for store, want in wants.items() if want}


def _nearest(spare: dict[int, int], want: int) -> int:
    enough = [store for store in spare if spare[store] >= want]
    if enough:
        return min(enough, key=lambda store: (spare[store], store))
    return max(spare, key=lambda store: (spare[store], -store))


def packed(want: int, pack_size: int) -> int:
    """Return how many packs hold what is wanted."""
    return -(-want // pack_size)
