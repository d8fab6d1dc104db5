"""Ten thousand random steps on each engine, through the whole service: after each one L1 to L7 hold."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from rules_of_counts import Buying, Stocktakes
from rules_of_documents import Documents
from rules_of_trouble import Trouble

STEPS, EXAMPLES, STEPS_EACH, SEED = 10_000, 52, 200, 20261122
SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS_EACH,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


class Walk(Documents, Stocktakes, Buying, Trouble):
    """A shop to which everything may happen, in any order."""


def test_every_invariant_holds_after_each_of_ten_thousand_steps(template):
    told = Counter()

    @seed(SEED)
    def walk():
        return Walk(template, told)

    run_state_machine_as_test(walk, settings=SETTINGS)

    import sys; print(sorted(told.items()), file=open(f"/tmp/told-{template.databases.name}", "w"))
    assert told["steps"] >= STEPS
