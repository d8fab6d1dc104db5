"""Ten thousand random steps on each engine, through the whole service: after each one L1 to L7 hold."""

from __future__ import annotations

import logging
import sys
from collections import Counter

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from rules_of_counts import Buying, Stocktakes
from rules_of_documents import Documents
from rules_of_trouble import Trouble

from models.movement import KINDS

STEPS, SEED = 10_000, 20_261_122
EXAMPLES, STEPS_EACH, ROUNDS = 10, 200, 20  # a round is some 1,500 steps, for Hypothesis ends some examples early
SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS_EACH,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
REFUSED = {"insufficient-stock", "unexpected-level", "out-of-range", "closed", "already-reversed", "refused", "in-use"}
TROUBLE = {"failed", "answers lost", "replay", "key reused", "nonsense", "restart", "invalid"}
DONE = {"count", "tally", "approval", "abandoned", "order", "receipt of an order", *KINDS}


class Walk(Documents, Stocktakes, Buying, Trouble):
    """A shop to which everything may happen, in any order."""


def test_every_invariant_holds_after_each_of_ten_thousand_steps(template, caplog):
    caplog.set_level(logging.CRITICAL, "storekeeper.http")  # to write the trace of a failing database takes 80 ms
    told = Counter()

    def walk():
        return Walk(template, told)

    for number in range(ROUNDS):
        if told["steps"] < STEPS:
            run_state_machine_as_test(seed(SEED + number)(walk), settings=SETTINGS)

    sys.stdout.write(f"seed {SEED}: {dict(sorted(told.items()))}\n")  # for whoever runs it with -s or sees it fail
    assert told["steps"] >= STEPS
    assert {what for what in DONE | REFUSED | TROUBLE if told[what] < 10} == set()
