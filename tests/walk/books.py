"""The walk's books beside the service: an account of its own, from the contract and docs/, not from models/.

What the books refuse they refuse as the contract says: whole, and each line that is short by its figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from sheet import IN_TRANSIT, Level, Line, No, Sheet, wire

OUT = {"sale", "write_off", "transfer"}
WITH_COST = {"receipt", "return", "adjustment"}


@dataclass(eq=False)
class Document:
    """A document that stands in the books; of a transfer also what of each line is still on its way."""

    kind: str
    store: int
    lines: list[Line]
    id: int = 0
    to: int | None = None
    of: Document | None = None  # the transfer that it is an outcome of
    undoes: Document | None = None
    undone: Document | None = None
    outcomes: list[Document] = field(default_factory=list)
    left: dict[int, list[int]] = field(default_factory=dict)  # position: item, units, value
    order: object = None
    brought: list[tuple[int | None, int]] = field(default_factory=list)  # of a receipt: line of the order, landed
    taken: list = field(default_factory=list)  # of a receipt: which lines of its order, and how much
    named: int = 0  # by how many later documents
    request: tuple = ()

    def __repr__(self):
        return f"<{self.kind} {self.id}>"

    def standing(self, *kinds):
        return [one for one in self.outcomes if one.kind in kinds and one.undone is None]


class Books:
    """Levels and what moves them. `lenient` are the stores that may owe goods, `own_costs` the catalogue's costs."""

    def __init__(self, lenient, own_costs):
        self.lenient, self.own_costs = lenient, own_costs
        self.levels: dict[tuple[int, int], Level] = {}
        self.lines: list[Line] = []

    def level(self, store, item):
        return self.levels.get((store, item)) or Level()

    def record(self, kind, store, wants, to=None):
        """Take a document into the books, all of it; raise No and take nothing."""
        wrong = [
            (
                f"lines/{position}/expected_on_hand",
                "unexpected",
                {"on_hand": wire(self.level(store, want.item).on_hand)},
            )
            for position, want in enumerate(wants)
            if want.expected not in (None, self.level(store, want.item).on_hand)
        ]
        if wrong:
            raise No("unexpected-level", *wrong)
        sheet = Sheet(self)
        for position, want in enumerate(wants):
            quantity = -want.quantity if kind in OUT else want.quantity
            stated = want.cost if kind in WITH_COST and quantity > 0 else None
            cost = sheet.average(store, want.item)
            if stated is not None:
                cost = stated + Fraction(want.landed, quantity)
            worth = sheet.shelve(
                position, store, want.item, quantity, cost, price=want.price, stated=stated is not None
            )
            if to is not None:
                sheet.transit(position, to, want.item, -quantity, -worth, price=want.price)
        document = Document(kind, store, sheet.close(), to=to)
        for line in document.lines:
            if line.place == IN_TRANSIT:
                document.left[line.position] = [line.item, line.quantity, line.value]
        return document

    def settle(self, kind, transfer, asked):
        """Let something become of a transfer: of what is asked, (item, units) each, or of all that is on its way."""
        left = [(at, *rest) for at, rest in transfer.left.items() if rest[1]]
        if transfer.undone or not left:
            raise No("closed")
        shelf = {"arrival": transfer.to, "recall": transfer.store}.get(kind)
        sheet, rest = Sheet(self), {at: [item, units, value] for at, item, units, value in left}
        wishes = [(n, *one) for n, one in enumerate(asked)] if asked else [(at, item, n) for at, item, n, _ in left]
        prices = {line.position: line.unit_price for line in transfer.lines}
        for position, item, wanted in wishes:
            mine = {at: one for at, one in rest.items() if one[0] == item}
            there = sum(units for _, units, _ in mine.values())
            if wanted > there:
                sheet.miss(position, wanted, there)
            open_ = wanted
            for at, one in mine.items():
                taken = min(open_, one[1])
                if not taken:
                    continue
                worth = one[2] if taken == one[1] else round(Fraction(one[2] * taken, one[1]))
                sheet.transit(at, transfer.to, item, -taken, -worth, price=prices[at])
                if shelf is not None:
                    sheet.shelve(at, shelf, item, taken, Fraction(worth, taken), price=prices[at])
                rest[at], open_ = [item, one[1] - taken, one[2] - worth], open_ - taken
        store = transfer.store if kind == "recall" else transfer.to
        document = Document(kind, store, sheet.close(), to=transfer.to if kind == "recall" else None, of=transfer)
        transfer.left.update(rest)
        transfer.outcomes.append(document)
        transfer.named += 1
        return document

    def reverse(self, document):
        """Take a document back, once."""
        if document.kind == "reversal":
            raise No("refused")
        if document.undone:
            raise No("already-reversed")
        if document.kind == "transfer" and document.standing("arrival", "loss", "recall"):
            raise No("closed")
        sheet = Sheet(self)
        for line in reversed(document.lines):
            units, value = sheet.level(line.store, line.item).of(line.place)
            units, value = units - line.quantity, value - line.value
            value = 0 if units == 0 else max(0, value) if units > 0 else min(0, value)
            sheet.bring(line.position, line.place, line.store, line.item, units, value, price=line.unit_price)
        undone = Document("reversal", document.store, sheet.close(), to=document.to, of=document.of, undoes=document)
        document.undone, document.named = undone, document.named + 1
        if document.of:
            document.of.named += 1
            for line in document.lines:
                if line.place == IN_TRANSIT:
                    rest = document.of.left[line.position]
                    document.of.left[line.position] = [rest[0], rest[1] - line.quantity, rest[2] - line.value]
        return undone
