"""Stocktakes in the walk's books, from docs/stocktakes.md."""

from __future__ import annotations

from dataclasses import dataclass, field

from books import Books
from sheet import ON_HAND, No, Want, wire


@dataclass
class Counted:
    """One item of a stocktake: what its tallies sum to (None before the first), and the level at the first and last."""

    first: int
    last: int
    listed: bool = False
    sum: int | None = None
    steps: int = 0
    moved: bool = False
    recounts: int = 0

    @property
    def difference(self):
        return (self.sum or 0) - self.last


@dataclass(eq=False)
class Stocktake:
    """A count of a whole store."""

    store: int
    tolerance: int | None
    id: int = 0
    state: str = "open"
    items: dict[int, Counted] = field(default_factory=dict)
    since: int = 0  # how many lines the ledger had at the opening

    def __repr__(self):
        return f"<count {self.id} {self.state}>"

    def ensure_open(self):
        if self.state != "open":
            raise No("closed")

    def list(self, books: Books):
        """List what does not stand at nothing."""
        self.since = len(books.lines)
        for (store, item), level in books.levels.items():
            if store == self.store and level.on_hand:
                self.items[item] = Counted(level.on_hand, level.on_hand, listed=True)

    def tally(self, books, item, quantity):
        self.ensure_open()
        level = books.level(self.store, item)
        row = self.items.get(item) or Counted(level.on_hand, level.on_hand)
        if (row.sum or 0) + quantity < 0:
            raise No("refused", ("quantity", "too_small", {"counted": wire(row.sum or 0)}))
        if row.sum is None:
            row.first, row.moved = level.on_hand, False
        elif row.steps != level.steps:
            row.moved = True
        row.sum, row.last, row.steps = (row.sum or 0) + quantity, level.on_hand, level.steps
        self.items[item] = row
        return row

    def recount(self, books, item):
        self.ensure_open()
        on_hand = books.level(self.store, item).on_hand
        row = self.items.setdefault(item, Counted(on_hand, on_hand))
        row.sum, row.moved, row.recounts = None, False, row.recounts + 1
        return row

    def approve(self, books, *, zeroed, beyond):
        """Post the differences; return the document, None where there are none."""
        self.ensure_open()
        waiting = [item for item, row in sorted(self.items.items()) if row.sum is None and row.recounts]
        if waiting:
            raise No("refused", *((f"items/{item}", "recount", {"item_id": item}) for item in waiting))
        counted = [(item, row) for item, row in sorted(self.items.items()) if row.sum is not None]
        far = [
            item
            for item, row in counted
            if self.tolerance is not None and not row.recounts and abs(row.difference) > self.tolerance
        ]
        if far and not beyond:
            raise No("refused", *((f"items/{item}", "beyond_tolerance", {"item_id": item}) for item in far))
        moved = {item: row.difference for item, row in counted}
        if zeroed:
            missed = [(item, row) for item, row in self.items.items() if row.sum is None and row.listed]
            moved |= {item: -self.gone(books, item, row.last) for item, row in missed}
        wants = [Want(item, units) for item, units in sorted(moved.items()) if units]
        posted = self.post(books, wants) if wants else None
        self.state = "approved"
        return posted

    def gone(self, books, item, stood):
        """Return what nobody found: what stood at the opening, but no more than stood there at any time since."""
        here = [line.after for line in books.lines[self.since :] if line[1:4] == (ON_HAND, self.store, item)]
        return stood if stood < 0 else max(0, min([stood, *here]))

    def post(self, books, wants):
        try:
            return books.record("adjustment", self.store, wants)
        except No as no:  # the request has no lines: it is told of items
            items = [(wants[int(place.split("/")[1])].item, code, figures) for place, code, figures in no.told]
            told = [(f"items/{item}", code, figures | {"item_id": item}) for item, code, figures in items]
            raise No(no.slug, *told, status=no.status) from None

    def abandon(self):
        self.ensure_open()
        self.state = "abandoned"

    def shown(self):
        """Return what /variances says, by item."""
        return {
            item: {
                "counted": _wire(row.sum),
                "expected": _wire(row.sum is not None and row.last),
                "difference": _wire(row.sum is not None and row.difference),
                "moved_while_counted": _wire(row.sum is not None and row.last - row.first),
                "recount_advised": row.moved,
                "awaits_recount": row.sum is None and row.recounts > 0,
                "listed": row.listed,
            }
            for item, row in self.items.items()
        }


def _wire(units):
    return None if units is None or units is False else wire(units)
