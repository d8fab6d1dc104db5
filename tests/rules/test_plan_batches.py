"""Whatever documents come, in whatever order: batches are never more than there is, and nothing of them is lost unseen.

The machine posts random documents to two stores (one forbids negative stock, one allows it) with two items. The levels'
own plan is that of models/plan.py; the batches are planned beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from common.errors import InsufficientStock
from common.quantities import quantity_wire
from models.plan import SIGNS, Level, Wanted, drafted, plan_reversal
from models.plan_batches import Batch, Shelves, plan_batches, plan_outcome_batches, plan_reversal_batches
from models.plan_transfers import plan_outcome, still_under_way

STRICT, LENIENT, ITEMS = 1, 2, (1, 2)
OTHER = {STRICT: LENIENT, LENIENT: STRICT}
# Of each item three that expire, two of them on one day, and one that never does.
BATCHES = {
    10 * item + number: Batch(10 * item + number, day)
    for item in ITEMS
    for number, day in enumerate(("2027-02-01", "2027-01-01", "2027-02-01", None))
}
QUANTITY = st.integers(1, 12)
PICK = st.integers(0, 99)
STORE = st.sampled_from((STRICT, LENIENT))
NAMED = st.none() | st.sets(st.integers(0, 3), min_size=1)


@st.composite
def documents(draw):
    kind = draw(st.sampled_from([*SIGNS, "receipt", "transfer"]))
    sign = st.sampled_from((1, -1)) if kind == "adjustment" else st.just(1)
    lines, named = [], {}
    drawn = draw(st.lists(st.tuples(st.sampled_from(ITEMS), QUANTITY, sign, NAMED), min_size=1, max_size=4))
    for position, (item, quantity, plus, names) in enumerate(drawn):
        lines.append(Wanted(position, item, plus * quantity))
        if names is not None:
            of_item = [10 * item + number for number in sorted(names)]
            named[position] = of_item[:1] if SIGNS[kind] * plus > 0 else of_item
    return kind, lines, named


@dataclass(eq=False)
class Posted:
    kind: str
    moves: tuple
    parts: list
    before: dict
    transfer: Posted | None = None
    undoes: Posted | None = None
    is_reversed: bool = field(default=False)


class Ledger(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        keys = [(store, item) for store in OTHER for item in ITEMS]
        self.levels = {key: Level(*key, 0, 0, 0, 0, None, allow_negative=key[0] == LENIENT) for key in keys}
        self.posted = []

    def shelves(self):
        return Shelves(BATCHES.values(), self.sums("on_hand"))

    def sums(self, place):
        """Return what the moves so far leave of each batch in a place."""
        sums = defaultdict(Counter)
        for document in self.posted:
            for move, parts in zip(document.moves, document.parts, strict=True):
                if move.place == place:
                    sums[move.store_id, move.item_id].update(parts)
        return sums

    def under_way(self, transfer):
        """Return by position what is on its way of each batch: what was sent, and all that followed, added up."""
        left = defaultdict(Counter)
        for document in self.posted:
            if document is transfer or document.transfer is transfer:
                for move, parts in zip(document.moves, document.parts, strict=True):
                    if move.place == "in_transit":
                        left[move.position].update(parts)
        return left

    def left(self, transfer):
        followed = [one for one in self.posted if one.transfer is transfer and not one.undoes and not one.is_reversed]
        return still_under_way(move for one in (transfer, *followed) for move in one.moves)

    def post(self, kind, planned, parts, **more):
        for move, of_move in zip(planned.moves, parts, strict=True):
            assert all(quantity * move.quantity > 0 for quantity in of_move.values())
            assert abs(sum(of_move.values())) <= abs(move.quantity)
            assert {id_ // 10 for id_ in of_move} <= {move.item_id}
        before = dict(self.levels), self.sums("on_hand")
        self.levels |= {(level.store_id, level.item_id): level for level in planned.levels}
        self.posted.append(Posted(kind, planned.moves, parts, before, **more))

    @rule(document=documents(), store=STORE)
    def record(self, document, store):
        kind, lines, named = document
        to = {"to_store_id": OTHER[store]} if kind == "transfer" else {}
        draft = drafted(kind, lines, self.levels, store_id=store, fallback_costs={}, **to)
        there = self.sums("on_hand")
        parts = plan_batches(draft, self.shelves(), named)
        try:
            planned = draft.finish("")
        except InsufficientStock as refusal:
            self.check_short(refusal, lines, named, there[store, lines[0].item_id], store)
            return
        for move, of_move in zip(planned.moves, parts, strict=True):
            if move.quantity < 0 and move.position in named:
                assert of_move.keys() <= set(named[move.position])
                assert sum(of_move.values()) == move.quantity
        if len(lines) == 1 and planned.moves[0].quantity < 0 and not named:
            self.check_first(planned.moves[0], parts[0], there)
        self.post(kind, planned, parts)

    def check_short(self, refusal, lines, named, there, store):
        """Only who names a batch is refused where the store allows a debt, and is told what of it is available."""
        assert store == STRICT or {int(error.field.split("/")[1]) for error in refusal.errors} <= named.keys()
        if len(lines) == 1 and named:
            (names,), asked = named.values(), abs(lines[0].quantity)
            available = sum(there[name] for name in names)
            assert available < asked
            extra = {"requested": quantity_wire(asked), "available": quantity_wire(available)}
            assert refusal.errors[0].extra == extra

    def check_first(self, move, parts, there):
        """Compare with plain counting: piece after piece, what is without a lot before the earliest batch."""
        before, of_level = move.on_hand_after - move.quantity, there[move.store_id, move.item_id]
        queue = [None] * (max(0, before) - sum(of_level.values()))
        for one in sorted(BATCHES.values(), key=lambda one: (one.expires_on or "9999", one.id)):
            queue += [one.id] * of_level[one.id]
        assert Counter(id_ for id_ in queue[: -move.quantity] if id_) == Counter({i: -n for i, n in parts.items()})

    def transfers(self):
        return [one for one in self.posted if one.kind == "transfer" and not one.is_reversed]

    @precondition(lambda self: any(self.left(one) for one in self.transfers()))
    @rule(pick=PICK, kind=st.sampled_from(("arrival", "arrival", "loss", "recall")), part=st.none() | QUANTITY)
    def settle(self, pick, kind, part):
        open_ = [one for one in self.transfers() if self.left(one)]
        transfer = open_[pick % len(open_)]
        left, under_way = self.left(transfer), self.under_way(transfer)
        shelf = {"arrival": left[0].store_id, "recall": OTHER[left[0].store_id]}.get(kind)
        asked = part and [Wanted(0, left[0].item_id, part), Wanted(1, left[0].item_id, 1)]
        try:
            planned = plan_outcome(left, self.levels, shelf=shelf, asked=asked)
        except InsufficientStock:
            return
        whole = {move.position: (move.quantity, under_way[move.position]) for move in left}
        parts = plan_outcome_batches(planned.moves, self.shelves(), whole)
        if asked is None:
            taken = Counter()
            for move, of_move in zip(planned.moves, parts, strict=True):
                if move.place == "in_transit":
                    taken.subtract(of_move)
            assert +taken == sum(under_way.values(), Counter())
        self.post(kind, planned, parts, transfer=transfer)

    def reversible(self):
        others = [one for one in self.posted if one.kind not in {"transfer", "reversal"} and not one.is_reversed]
        settled = [one.transfer for one in others]
        return others + [one for one in self.transfers() if one not in settled]

    @precondition(lambda self: self.reversible())
    @rule(pick=PICK)
    def reverse(self, pick):
        document = self.reversible()[pick % len(self.reversible())]
        is_last = document is self.posted[-1]
        try:
            planned = plan_reversal(document.kind, document.moves, self.levels)
        except InsufficientStock:
            return
        under_way = self.under_way(document) if document.kind == "transfer" else None
        parts = plan_reversal_batches(planned.moves, self.shelves(), document.parts, under_way)
        document.is_reversed = True
        self.post("reversal", planned, parts, transfer=document.transfer, undoes=document)
        if is_last:  # it retraces the document's own steps
            _, before = document.before
            now = self.sums("on_hand")
            assert {key: +now[key] for key in now} == {key: +before[key] for key in now}

    @invariant()
    def batches_are_never_more_than_there_is(self):
        for place in ("on_hand", "in_transit"):
            sums = self.sums(place)
            for key, level in self.levels.items():
                assert min(sums[key].values(), default=0) >= 0
                assert sum(sums[key].values()) <= max(0, getattr(level, place))

    @invariant()
    def what_is_on_its_way_is_of_lines_that_are(self):
        sums = Counter()
        for transfer in self.transfers():
            whole = {move.position: move.quantity for move in self.left(transfer)}
            for position, parts in self.under_way(transfer).items():
                assert min(parts.values(), default=0) >= 0
                assert sum(parts.values()) <= whole.get(position, 0)
                sums.update(parts)
        assert +sums == +sum(self.sums("in_transit").values(), Counter())


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
