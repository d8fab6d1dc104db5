"""What Storekeeper promises, as ratios of what was measured in the same rounds of the same run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from contestants import BY_NAME, FIRST, MIDDLE

LAST, RARE_WORD, FREQUENT_WORD = "last page", "search, 50 rows", "search, 3 of 10"
US = "storekeeper"

Key = tuple[str, str]
Rates = Mapping[Key, list[float]]
"""By contestant and question, one figure a round: requests a second, or the server's CPU seconds for a request."""


@dataclass(frozen=True)
class Bar:
    """`what` is to be at least `at_least` times as often answered as `than`."""

    what: Key
    than: Key
    at_least: float
    why: str

    def ratio(self, rates: Rates) -> float | None:
        """Return the median over the rounds of the ratio within each; None where one side was not measured."""
        if self.what not in rates or self.than not in rates:
            return None
        return paired(rates[self.what], rates[self.than])

    def by_cost(self, costs: Rates) -> float | None:
        """Return the same ratio by processor time spent for an answer, where that was measured."""
        if not (costs.get(self.what) and costs.get(self.than)):
            return None
        return paired(costs[self.than], costs[self.what])


def paired(these: list[float], those: list[float]) -> float:
    """Return the median ratio of what was measured side by side, so that a slow minute weighs on both."""
    return median(a / b for a, b in zip(these, those, strict=True))


_BY_HAND, _FASTAPI, _DRF = "handwritten", "fastapi", "drf"

BARS = (
    *(Bar((US, page), (_BY_HAND, page), 0.5, "half of a view by hand") for page in (FIRST, BY_NAME, MIDDLE)),
    Bar((US, FIRST), (_FASTAPI, FIRST), 1.5, "one and a half times FastAPI with SQLAlchemy"),
    Bar((US, FIRST), (_DRF, FIRST), 4, "four times Django REST framework"),
    Bar((US, LAST), (US, FIRST), 0.9, "the last page as fast as the first, within a tenth"),
    Bar((US, RARE_WORD), (US, FIRST), 1 / 3, "a search within three times the page's time"),
    Bar((US, FREQUENT_WORD), (US, FIRST), 1 / 3, "a search within three times the page's time"),
)
