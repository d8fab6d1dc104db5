"""Whatever documents come, in whatever order, the ledger's invariants hold.

The machine posts random documents to two stores (one forbids negative stock, one allows it) with three items, and
keeps every move. Many of its figures are small, so that levels are often emptied, overdrawn and covered to the unit.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from common.errors import InsufficientStock
from common.quantities import quantity_wire
from models.plan import SIGNS, Level, Move, Plan, Wanted, plan, plan_reversal
from models.plan_transfers import plan_outcome, still_under_way

STRICT, LENIENT, ITEMS = 1, 2, (1, 2, 3)
OTHER = {STRICT: LENIENT, LENIENT: STRICT}
OWN_COSTS = {1: None, 2: 0, 3: 70_001}

QUANTITY = st.integers(1, 12) | st.integers(1, 10**6)
MONEY = st.none() | st.integers(0, 30) | st.integers(0, 10**9)
STORE = st.sampled_from((STRICT, LENIENT))
PICK = st.integers(0, 99)
PERCENT = st.sampled_from((100, 50, 33)) | st.integers(1, 120)
ASKED = st.none() | st.lists(st.tuples(PICK, PERCENT), min_size=1, max_size=4)
OUTCOME = st.sampled_from(("arrival", "arrival", "loss", "recall"))


@st.composite
def documents(draw, kinds):
    kind = draw(st.sampled_from(kinds))
    sign = st.sampled_from((1, -1)) if kind == "adjustment" else st.just(1)
    line = st.tuples(st.sampled_from(ITEMS), QUANTITY, sign, MONEY, MONEY)
    return kind, [
        Wanted(position, item, sign * quantity, unit_cost=cost, unit_price=price)
        for position, (item, quantity, sign, cost, price) in enumerate(draw(st.lists(line, min_size=1, max_size=5)))
    ]


@dataclass(eq=False)
class Posted:
    kind: str
    moves: tuple[Move, ...]
    before: dict[tuple[int, int], Level]
    transfer: Posted | None = None
    is_reversed: bool = False


def place_of(move):
    return move.place, move.store_id, move.item_id


def sums(moves):
    moves = list(moves)
    return sum(move.quantity for move in moves), sum(move.value for move in moves)


class Ledger(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        keys = [(store, item) for store in (STRICT, LENIENT) for item in ITEMS]
        self.levels = {key: Level(*key, 0, 0, 0, 0, None, allow_negative=key[0] == LENIENT) for key in keys}
        self.posted = []

    def planned(self, function, *args, steps, short=None, **more):
        """Plan twice over levels that must stay as they were: refused for just the short steps, or moved as asked.

        `short` is what is refused whatever the levels are.
        """
        given = copy.deepcopy(self.levels)
        answers = []
        for _ in range(2):
            try:
                answers.append(function(*args, levels=self.levels, **more))
            except InsufficientStock as refusal:
                answers.append(refusal.errors)
        assert answers[0] == answers[1]
        assert self.levels == given
        if short:
            assert {error.field: error.extra for error in answers[0]} == short
        else:
            self.check_steps(answers[0], steps)
        return answers[0] if isinstance(answers[0], Plan) else None

    def check_steps(self, answer, steps):
        """Compare with plain counting: no step is clamped, and none that could be taken is refused."""
        left = Counter({("on_hand", *key): level.on_hand for key, level in self.levels.items()})
        left.update({("in_transit", *key): level.in_transit for key, level in self.levels.items()})
        short = {}
        for position, place, quantity in steps:
            there = left[place]
            left[place] += quantity
            if quantity < 0 and left[place] < 0 and place[:2] != ("on_hand", LENIENT):
                wire = {"requested": quantity_wire(-quantity), "available": quantity_wire(max(0, there))}
                short.setdefault(f"lines/{position}/quantity", wire)
        if short:
            assert {error.field: error.extra for error in answer} == short
        else:
            assert [(move.position, place_of(move), move.quantity) for move in answer.moves] == steps

    def post(self, kind, plans, transfer=None):
        before = dict(self.levels)
        for one in plans:
            self.levels |= {(level.store_id, level.item_id): level for level in one.levels}
        self.posted.append(Posted(kind, sum((one.moves for one in plans), ()), before, transfer))

    def left(self, transfer):
        """Return what of a transfer is still on its way."""
        followed = [one for one in self.posted if one.transfer is transfer and not one.is_reversed]
        return still_under_way(move for one in (transfer, *followed) for move in one.moves)

    def transfers(self):
        return [one for one in self.posted if one.kind == "transfer" and not one.is_reversed]

    def under_way(self):
        return [one for one in self.transfers() if self.left(one)]

    def reversible(self):
        others = [one for one in self.posted if one.kind not in {"transfer", "reversal"} and not one.is_reversed]
        settled = [one.transfer for one in others]
        return others + [one for one in self.transfers() if one not in settled]

    @rule(document=documents([kind for kind in SIGNS if kind != "transfer"]), store=STORE)
    def record(self, document, store):
        kind, lines = document
        steps = [(line.position, ("on_hand", store, line.item_id), SIGNS[kind] * line.quantity) for line in lines]

        planned = self.planned(plan, kind, lines, store_id=store, fallback_costs=OWN_COSTS, steps=steps)

        if planned:
            assert [move.unit_price for move in planned.moves] == [line.unit_price for line in lines]
            self.post(kind, [planned])

    @rule(document=documents(["transfer"]), store=STORE)
    def send(self, document, store):
        kind, lines = document
        to = {"store_id": store, "to_store_id": OTHER[store]}
        steps = []
        for line in lines:
            steps.append((line.position, ("on_hand", store, line.item_id), -line.quantity))
            steps.append((line.position, ("in_transit", OTHER[store], line.item_id), line.quantity))

        planned = self.planned(plan, kind, lines, **to, fallback_costs=OWN_COSTS, steps=steps)

        if planned:
            assert sums(planned.moves) == (0, 0)
            self.post(kind, [planned])

    @precondition(lambda self: self.under_way())
    @rule(pick=PICK, kind=OUTCOME, parts=ASKED)
    def settle(self, pick, kind, parts):
        """Let a part or all of a transfer arrive, be lost or go back; count along what is left of it, line by line."""
        transfer = self.under_way()[pick % len(self.under_way())]
        left = self.left(transfer)
        shelf = {"arrival": left[0].store_id, "recall": OTHER[left[0].store_id]}.get(kind)
        picked = enumerate((left[pick % len(left)], percent) for pick, percent in parts or [])
        asked = [Wanted(n, m.item_id, max(1, m.quantity * percent // 100)) for n, (m, percent) in picked] or None
        steps, short = self.taken(left, shelf, asked)
        debts = any(shelf and self.levels[shelf, move.item_id].on_hand < 0 for move in left)

        planned = self.planned(plan_outcome, left, shelf=shelf, asked=asked, steps=steps, short=short)

        if planned:
            off_transit = [move for move in planned.moves if move.place == "in_transit"]
            assert not shelf or sums(planned.moves) == (0, sums(planned.moves)[1] if debts else 0)
            self.post(kind, [planned], transfer)
            assert sums(self.left(transfer)) == sums([*left, *off_transit])

    def taken(self, left, shelf, asked):
        """Return in plain counting the steps that take what is asked, and which of it is too much."""
        rest, steps, short = {move.position: move.quantity for move in left}, [], {}
        for line in asked or [Wanted(move.position, move.item_id, move.quantity) for move in left]:
            of_item = [move for move in left if move.item_id == line.item_id]
            there, wanted = sum(rest[move.position] for move in of_item), line.quantity
            if wanted > there:
                wire = {"requested": quantity_wire(wanted), "available": quantity_wire(there)}
                short.setdefault(f"lines/{line.position}/quantity", wire)
            for move in of_item:
                quantity = min(wanted, rest[move.position])
                wanted, rest[move.position] = wanted - quantity, rest[move.position] - quantity
                if quantity:
                    steps.append((move.position, place_of(move), -quantity))
                    steps += [(move.position, ("on_hand", shelf, move.item_id), quantity)] if shelf else []
        return steps, short

    @precondition(lambda self: self.reversible())
    @rule(pick=PICK)
    def reverse(self, pick):
        document = self.reversible()[pick % len(self.reversible())]
        is_last = document is self.posted[-1]
        steps = [(move.position, place_of(move), -move.quantity) for move in reversed(document.moves)]

        planned = self.planned(plan_reversal, document.kind, document.moves, steps=steps)

        if planned:
            document.is_reversed = True
            self.post("reversal", [planned])
        if is_last:
            now = {key: replace(level, last_cost=None) for key, level in self.levels.items()}
            assert now == {key: replace(level, last_cost=None) for key, level in document.before.items()}

    @invariant()
    def every_level_is_the_sum_of_its_moves(self):
        quantities, values = Counter(), Counter()
        for move in (move for document in self.posted for move in document.moves):
            quantities[place_of(move)] += move.quantity
            values[place_of(move)] += move.value
            assert move.on_hand_after == quantities[place_of(move)]
            assert 0 <= move.unit_cost == round(Fraction(move.value, move.quantity))
        for key, level in self.levels.items():
            assert (quantities["on_hand", *key], values["on_hand", *key]) == (level.on_hand, level.value)
            assert (quantities["in_transit", *key], values["in_transit", *key]) == (
                level.in_transit,
                level.transit_value,
            )

    @invariant()
    def what_is_in_transit_is_what_is_left_of_the_transfers(self):
        quantities, values = Counter(), Counter()
        for move in (move for one in self.transfers() for move in self.left(one)):
            assert min(move.quantity, move.value + 1) > 0
            quantities[place_of(move)] += move.quantity
            values[place_of(move)] += move.value
        for key, level in self.levels.items():
            place = ("in_transit", *key)
            assert (quantities[place], values[place]) == (level.in_transit, level.transit_value)

    @invariant()
    def values_have_no_other_sign_than_their_quantities(self):
        for level in self.levels.values():
            for quantity, value in ((level.on_hand, level.value), (level.in_transit, level.transit_value)):
                assert value == 0 if quantity == 0 else value * quantity >= 0

    @invariant()
    def nothing_is_below_zero_where_that_is_forbidden(self):
        assert all(level.on_hand >= 0 or level.allow_negative for level in self.levels.values())
        assert all(level.in_transit >= 0 for level in self.levels.values())


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
