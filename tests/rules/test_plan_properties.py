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
from models.plan import SIGNS, Level, Move, Plan, Wanted, plan, plan_arrival, plan_reversal

STRICT, LENIENT, ITEMS = 1, 2, (1, 2, 3)
OTHER = {STRICT: LENIENT, LENIENT: STRICT}
OWN_COSTS = {1: None, 2: 0, 3: 70_001}

QUANTITY = st.integers(1, 12) | st.integers(1, 10**6)
MONEY = st.none() | st.integers(0, 30) | st.integers(0, 10**9)
STORE = st.sampled_from((STRICT, LENIENT))
PICK = st.integers(0, 99)


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

    def planned(self, function, *args, steps, **more):
        """Plan twice over levels that must stay as they were: refused for just the short steps, or moved as asked."""
        given = copy.deepcopy(self.levels)
        answers = []
        for _ in range(2):
            try:
                answers.append(function(*args, levels=self.levels, **more))
            except InsufficientStock as refusal:
                answers.append(refusal.errors)
        assert answers[0] == answers[1]
        assert self.levels == given
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

    def live(self, kind):
        return [one for one in self.posted if one.kind == kind and not one.is_reversed]

    def under_way(self):
        arrived = [one.transfer for one in self.live("arrival")]
        return [one for one in self.live("transfer") if one not in arrived]

    def reversible(self):
        others = [one for one in self.posted if one.kind not in {"transfer", "reversal"} and not one.is_reversed]
        return others + self.under_way()

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

    def arrival(self, moves, quantities):
        """Plan what arrives; over transit and destination it sums to zero, but for debts that it covers."""
        steps = []
        for move in moves:
            if quantities[move.position]:
                steps.append((move.position, place_of(move), -quantities[move.position]))
                steps.append((move.position, ("on_hand", *place_of(move)[1:]), quantities[move.position]))
        debts = any(self.levels[place_of(move)[1:]].on_hand < 0 for move in moves)

        planned = self.planned(plan_arrival, moves, quantities=quantities, steps=steps)

        assert sums(planned.moves)[0] == 0
        assert debts or sums(planned.moves)[1] == 0
        return planned

    @precondition(lambda self: self.under_way())
    @rule(pick=PICK, percent=st.integers(0, 100))
    def arrive(self, pick, percent):
        transfer = self.under_way()[pick % len(self.under_way())]
        sent = [move for move in transfer.moves if move.place == "in_transit"]
        parts = {move.position: move.quantity * percent // 100 for move in sent}

        first = self.arrival(sent, parts)
        came = {move.position: move for move in first.moves if move.place == "in_transit"}
        rest = [
            replace(move, quantity=move.quantity - parts[move.position], value=move.value + came[move.position].value)
            if move.position in came
            else move
            for move in sent
        ]
        rest = [move for move in rest if move.quantity]
        levels_before, self.levels = (
            self.levels,
            self.levels | {(one.store_id, one.item_id): one for one in first.levels},
        )
        second = self.arrival(rest, {move.position: move.quantity for move in rest})
        self.levels = levels_before

        of_transit = [move for move in (*first.moves, *second.moves) if move.place == "in_transit"]
        assert sums(of_transit) == tuple(-total for total in sums(sent))
        self.post("arrival", [first, second], transfer)

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
