"""Who can help whom, of any stores whatever."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from models.reports.allocation import ONE, Place, allocate, packed

LEVELS = st.integers(-3, 40)
POINTS = st.none() | st.tuples(st.integers(0, 20), st.none() | st.integers(0, 20))
PLACES = st.lists(st.tuples(LEVELS, st.integers(0, 10), POINTS, st.integers(-5, 60)), max_size=7)
DAYS, COVER = 28, 14


def place(number, given, unit):
    on_hand, coming, levels, sold = given
    point, more = levels or (None, None)
    to = None if more is None else (point + more) * unit
    return Place(number, on_hand * unit, coming * unit, point and point * unit, to, sold * unit)


def keeps(one):
    if one.reorder_to is not None:
        return one.reorder_to
    return max(one.reorder_point or 0, -(-one.sold * COVER // DAYS)) if one.sold > 0 else one.on_hand


@settings(max_examples=300, deadline=None)
@given(PLACES, st.sampled_from([(ONE, True), (1, False)]))
def test_nobody_gives_what_they_need_and_no_want_is_left_that_a_surplus_could_have_met(drawn, unit):
    unit, whole = unit
    places = [place(number, one, unit) for number, one in enumerate(drawn, start=1)]
    of_store = {one.store_id: one for one in places}

    moves, missing = allocate(places, days=DAYS, cover=COVER, whole=whole)

    given = {store: sum(move.quantity for move in moves if move.giver == store) for store in of_store}
    taken = {store: sum(move.quantity for move in moves if move.taker == store) for store in of_store}
    for store, one in of_store.items():
        assert not (given[store] and taken[store])
        assert given[store] == 0 or one.on_hand - given[store] >= max(keeps(one), one.reorder_point or 0)
        assert taken[store] + missing.get(store, 0) == one.wanted(whole=whole)
    spare = [one.surplus(days=DAYS, cover=COVER, whole=whole) - given[store] for store, one in of_store.items()]
    assert all(left >= 0 for left in spare)
    assert not missing or not any(spare)
    assert all(move.quantity > 0 and not (whole and move.quantity % ONE) for move in moves)
    assert len({(move.giver, move.taker) for move in moves}) == len(moves)
    assert len(moves) <= max(0, sum(map(bool, given.values())) + sum(map(bool, taken.values())) - 1)
    assert allocate(places[::-1], days=DAYS, cover=COVER, whole=whole) == (moves, missing)
    after = [
        Place(s, one.on_hand - given[s], one.coming + taken[s] + missing.get(s, 0), one.reorder_point, one.reorder_to)
        for s, one in of_store.items()
    ]
    assert all(one.wanted(whole=whole) == 0 for one in after)


def test_the_store_whose_surplus_fits_best_is_asked_alone():
    places = [Place(1, 2 * ONE, 0, 5 * ONE, 10 * ONE)]
    places += [Place(2, 40 * ONE, 0, 0, ONE), Place(3, 12 * ONE, 0, 0, 3 * ONE), Place(4, 6 * ONE, 0, 0, ONE)]

    (move,), missing = allocate(places, days=28, cover=28, whole=True)

    assert (move.giver, move.taker, move.quantity, missing) == (3, 1, 8 * ONE, {})


def test_packs_are_rounded_up():
    assert [packed(want, 12) for want in (1, 12, 13, 24)] == [1, 1, 2, 2]
