"""What may come to a shop, as Hypothesis draws it: few and small figures, so that levels are often emptied."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

STORES, ITEMS = 3, 4
STORE = st.integers(0, STORES - 1)
ITEM = st.integers(0, ITEMS - 1)
PIECES = st.sampled_from((1, 1, 1, 2, 2, 3, 5, 12, 40))
PARTS = st.sampled_from((1000, 1000, 333, 1, 2500, 12_000, 999))  # thousandths, of what is weighed
MONEY = st.sampled_from((None, None, 0, 1, 3333, 19_900, 70_001, 123_456_789))
LANDED = st.sampled_from((None, None, 0, 1, 77_777, 250_000))
BY = st.sampled_from(("item_id", "sku", "barcode", "pack"))


class Wish(NamedTuple):
    """A line as it is drawn; `how` it names the item, and whether it `expects` the level that is there."""

    item: int
    pieces: int
    part: int
    cost: int | None
    how: str
    expects: str


EXPECTS = st.sampled_from((*["nothing"] * 9, "what is", "what is", "another"))
WISH = st.builds(Wish, ITEM, PIECES, PARTS, MONEY, BY, EXPECTS)
WISHES = st.lists(WISH, min_size=1, max_size=3)
OUTCOME = st.sampled_from(("arrival", "arrival", "loss", "recall"))
FEW = st.sampled_from((1, 1, 1, 2, 3))
ASKED = st.none() | st.lists(st.tuples(st.integers(0, 7), FEW), min_size=1, max_size=2)
AT = st.sampled_from((0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 17))
