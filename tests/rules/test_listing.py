"""models/listing.py, by the numbers of its invariants."""

from __future__ import annotations

from decimal import Decimal

import examples
import pytest
from sqlalchemy import select

from common.errors import Archived, Invalid
from models.level import Level
from models.listing import BELOW_REORDER, Listing


@pytest.fixture
def both(session):
    return examples.store(session), examples.item(session, unit="kg")


def put(session, both, **fields):
    listing = Listing.put(session, *both, **{"price": None, "reorder_point": None, "reorder_to": None} | fields)
    session.flush()
    return listing


def test_1_a_second_listing_replaces_the_first(session, both):
    first = put(session, both, price=Decimal("2.5"), reorder_point=Decimal(3))

    second = put(session, both, price=Decimal("2.75"))

    assert second is first
    assert (second.price, second.reorder_point, second.version) == (Decimal("2.75"), None, 2)
    assert session.scalars(Listing.of(both[0])).all() == [first]


def test_1_each_store_lists_the_item_for_itself(session, both):
    side = examples.store(session, "SIDE")
    here = put(session, both, price=Decimal(1))

    there = put(session, (side, both[1]), price=Decimal(2))

    assert [session.scalars(Listing.of(shop)).all() for shop in (both[0], side)] == [[here], [there]]


@pytest.mark.parametrize(
    ("point", "to"), [(Decimal("3.001"), Decimal(3)), (Decimal(1), Decimal(0)), (None, Decimal(-1))]
)
def test_2_it_is_not_filled_up_to_less_than_where_to_reorder(session, both, point, to):
    refused = examples.refused(Invalid, put, session, both, reorder_point=point, reorder_to=to)

    assert refused == [("reorder_to", "too_small")]


@pytest.mark.parametrize(("point", "to"), [(3, 3), (3, 4), (None, 4), (3, None), (0, 0)])
def test_2_it_is_filled_up_to_where_to_reorder_or_more(session, both, point, to):
    listing = put(session, both, reorder_point=point, reorder_to=to)

    assert (listing.reorder_point, listing.reorder_to) == (point, to)


@pytest.mark.parametrize(
    ("point", "to", "fields"),
    [
        ("0.5", None, ["reorder_point"]),
        (None, "2.001", ["reorder_to"]),
        ("1.5", "2.5", ["reorder_point", "reorder_to"]),
    ],
)
def test_2_what_is_counted_in_pieces_is_reordered_in_whole_ones(session, both, point, to, fields):
    tea = examples.item(session, "PIECES")
    levels = {"reorder_point": point and Decimal(point), "reorder_to": to and Decimal(to)}

    refused = examples.refused(Invalid, put, session, (both[0], tea), **levels)

    assert refused == [(field, "not_whole") for field in fields]
    assert put(session, both, **levels).reorder_point == levels["reorder_point"]


def test_3_what_was_never_stocked_stands_at_zero_and_is_to_be_reordered(session, both):
    for point in (Decimal(2), Decimal(3)):
        put(session, both, reorder_point=point)

    (level,) = session.scalars(select(Level).join(Listing, Listing.store_id == Level.store_id).where(BELOW_REORDER))
    assert (level.store_id, level.item_id, level.on_hand, level.value) == (both[0].id, both[1].id, 0, 0)


def test_3_a_level_that_is_there_stays(session, both):
    examples.posted(session, "receipt", both[0], (both[1], 3))

    put(session, both, reorder_point=Decimal(2))

    assert session.scalars(select(Level.on_hand)).all() == [3]


@pytest.mark.parametrize(("point", "below"), [(None, False), ("2.999", False), (3, True), ("3.001", True)])
def test_it_is_time_to_reorder_at_the_point_or_below(session, both, point, below):
    shop, salt = both
    examples.posted(session, "receipt", shop, (salt, 3))
    put(session, both, reorder_point=None if point is None else Decimal(point))

    told = session.scalar(select(BELOW_REORDER).select_from(Level).join(Listing, Listing.store_id == Level.store_id))

    assert bool(told) is below


@pytest.mark.parametrize("which", [0, 1])
def test_nothing_is_listed_that_is_put_away(session, both, which):
    both[which].archive()

    assert examples.refused(Archived, put, session, both, price=Decimal(1)) == []
