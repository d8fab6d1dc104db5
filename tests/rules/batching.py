"""What tests of batches say and ask: lines that name one, and what stands of each where."""

from __future__ import annotations

from collections import Counter
from datetime import date

import examples
from sqlalchemy import text

MAY, JUNE, JULY = "2027-05-31", "2027-06-30", "2027-07-31"


def tracked(session, sku="MILK", **more):
    return examples.item(session, sku, tracks_batches=True, **more)


def of(row, quantity, lot=None, expires_on=None, **more):
    """Return a document's line that names a batch."""
    day = None if expires_on is None else date.fromisoformat(expires_on)
    return examples.line(row, quantity, lot=lot, expires_on=day, **more)


def standing(session, place="on_hand"):
    """Return what stands of each batch, as {(store's code, lot, day): pieces}."""
    query = (
        f"SELECT s.code, b.lot, b.expires_on, l.{place} FROM batch_levels l "
        f"JOIN batches b ON b.id = l.batch_id JOIN stores s ON s.id = l.store_id WHERE l.{place} <> 0"
    )
    return {tuple(row[:3]): row[3] / 1000 for row in session.execute(text(query))}


def moved(session, movement, place="on_hand"):
    """Return what a document moved of batches, in order, as (position, lot, day, pieces)."""
    query = (
        "SELECT l.position, b.lot, b.expires_on, m.quantity FROM batch_moves m "
        "JOIN batches b ON b.id = m.batch_id JOIN movement_lines l ON l.id = m.movement_line_id "
        "WHERE l.movement_id = :id AND l.place = :place ORDER BY m.id"
    )
    return [(*row[:3], row[3] / 1000) for row in session.execute(text(query), {"id": movement.id, "place": place})]


def assert_bounded(session):
    """Check that what stands of batches is what moved of them, and never more than there is."""
    sums, levels = Counter(), Counter()
    query = (
        "SELECT l.store_id, l.item_id, m.batch_id, l.place, m.quantity FROM batch_moves m "
        "JOIN movement_lines l ON l.id = m.movement_line_id"
    )
    for *key, quantity in session.execute(text(query)):
        sums[tuple(key)] += quantity
    for store, item, batch, on_hand, in_transit in session.execute(
        text("SELECT store_id, item_id, batch_id, on_hand, in_transit FROM batch_levels")
    ):
        assert sums.pop((store, item, batch, "on_hand"), 0) == on_hand >= 0
        assert sums.pop((store, item, batch, "in_transit"), 0) == in_transit >= 0
        levels[store, item, "on_hand"] += on_hand
        levels[store, item, "in_transit"] += in_transit
    assert not +sums
    for store, item, on_hand, in_transit in session.execute(
        text("SELECT store_id, item_id, on_hand, in_transit FROM levels")
    ):
        assert levels[store, item, "on_hand"] <= max(0, on_hand)
        assert levels[store, item, "in_transit"] <= in_transit
