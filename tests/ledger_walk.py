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
    """Check that levels are the sums of their lines, that lines chain, and that transfers are accounted for."""
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
    summed = {"transfer", "arrival", "recall"}
    assert {kind for id_, kind in kinds.items() if kind in summed and documents[id_]} == set()
    assert documents.keys() == kinds.keys(), "a document has no lines"
    assert_accounted(now)


def assert_accounted(now):
    """Check of each line of each transfer that what was sent arrived, is in transit, was lost or was recalled."""
    undone = {movement.reverses_id for movement in now["movements"]}
    standing = {movement.id: movement for movement in now["movements"] if movement.id not in undone}
    left, worth, taken = Counter(), Counter(), Counter()
    for line in now["movement_lines"]:
        movement = standing.get(line.movement_id)
        if movement is None or movement.kind not in {"transfer", "arrival", "loss", "recall"}:
            continue
        of_line = movement.transfer_id or movement.id, line.position, line.item_id
        if line.place == "in_transit":
            left[of_line] += line.quantity
            worth[of_line] += line.value
        elif movement.kind != "transfer":
            taken[of_line] += line.quantity
    for of_line, quantity in left.items():
        assert (quantity, worth[of_line]) == (0, 0) or (quantity > 0 and worth[of_line] >= 0), of_line
    assert all(quantity > 0 for quantity in taken.values())
    assert sum(left.values()) == sum(level.in_transit for level in now["levels"])
    assert sum(worth.values()) == sum(level.transit_value for level in now["levels"])
