"""What the ledger's tests ask of the database after each step, in statements of their own."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import text

_TABLES = ("movements", "movement_lines", "levels")


def dump(session):
    """Return all that a document could have changed, as it is kept."""
    connection = session.connection()
    return {name: connection.execute(text(f"SELECT * FROM {name} ORDER BY id")).fetchall() for name in _TABLES}


def assert_sound(now):
    """Check that levels are the sums of their lines, that lines chain, and that transfers sum to zero."""
    kinds = {movement.id: movement.kind for movement in now["movements"]}
    quantities, values, documents = Counter(), Counter(), Counter()
    for line in now["movement_lines"]:
        place = line.place, line.store_id, line.item_id
        quantities[place] += line.quantity
        values[place] += line.value
        documents[line.movement_id] += line.quantity
        assert line.on_hand_after == quantities[place], f"line {line.id} does not follow the one before"
    for level in now["levels"]:
        of_both = level.store_id, level.item_id
        summed = [
            (sums.pop((place, *of_both), 0)) for place in ("on_hand", "in_transit") for sums in (quantities, values)
        ]
        assert summed == [level.on_hand, level.value, level.in_transit, level.transit_value]
    assert not quantities, "a line has no level"
    assert {kind for id_, kind in kinds.items() if kind in {"transfer", "arrival"} and documents[id_]} == set()
    assert documents.keys() == kinds.keys(), "a document has no lines"
