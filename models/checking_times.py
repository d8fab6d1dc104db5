"""Proofs of what lines say beside what their documents vouch for: what stands after each, and when it counts from."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from common.quantities import VALUE_PLACES
from models.checking_levels import figure, named
from models.checking_texts import STREAMED

_PLACES = "CASE place WHEN 'on_hand' THEN sum(CASE WHEN place = 'on_hand' THEN {0} ELSE 0 END) OVER ledger"
_PLACES += " ELSE sum(CASE WHEN place = 'in_transit' THEN {0} ELSE 0 END) OVER ledger END"
_CHAIN = f"""
    SELECT * FROM (
        SELECT id, store_id, item_id, on_hand_after, value_after, {_PLACES.format("quantity")} AS stands,
            {_PLACES.format("value")} AS worth
        FROM movement_lines WINDOW ledger AS (PARTITION BY item_id, store_id ORDER BY id)
    ) steps WHERE on_hand_after <> stands OR value_after <> worth
"""  # noqa: S608 - constants
_MILLISECONDS = {
    "sqlite": "(CAST(strftime('%s', {0}) AS INTEGER) * 1000 + CAST(substr({0}, 21, 3) AS INTEGER))",
    "postgresql": "CAST(EXTRACT(EPOCH FROM {0}) * 1000 AS BIGINT)",
    "mariadb": (
        "(timestampdiff(SECOND, '1970-01-01', replace(left({0}, 19), 'T', ' ')) * 1000 "
        "+ CAST(substr({0}, 21, 3) AS INTEGER))"
    ),
}
# A store may have listed the item under a clock that was ahead; lines go on from there.
_TIMES = """
    SELECT id, store_id, item_id FROM (
        SELECT l.id, l.store_id, l.item_id, l.recorded_at, v.created_at,
            max({milliseconds}) OVER (PARTITION BY l.item_id, l.store_id ORDER BY l.id) AS told
        FROM movement_lines l JOIN movements m ON m.id = l.movement_id
        LEFT JOIN levels v ON v.store_id = l.store_id AND v.item_id = l.item_id
    ) steps WHERE recorded_at <> CASE WHEN created_at > told THEN created_at ELSE told END
"""
# A store's listing opens a level, and so does who counts what was never moved there: its row is no stocktake's list.
_OPENED = """
    SELECT v.store_id, v.item_id FROM levels v WHERE v.created_at IS NULL OR v.created_at <> (
        SELECT min(l.recorded_at) FROM movement_lines l WHERE l.store_id = v.store_id AND l.item_id = v.item_id
    ) AND NOT EXISTS (SELECT 1 FROM listings i WHERE i.store_id = v.store_id AND i.item_id = v.item_id)
    AND NOT EXISTS (SELECT 1 FROM count_items i JOIN counts c ON c.id = i.count_id
        WHERE c.store_id = v.store_id AND i.item_id = v.item_id AND NOT i.listed)
"""
# Whoever asks how things stood takes a level that was not moved since as it is (models/levels_at.py).
_MOVED = """
    SELECT v.store_id, v.item_id FROM levels v WHERE {milliseconds} < (
        SELECT max(l.recorded_at) FROM movement_lines l WHERE l.store_id = v.store_id AND l.item_id = v.item_id
    )
"""


def chain(connection: Connection) -> Iterator[str]:
    """Each line leaves in its place, in quantity and in value, what the lines before it and it come to."""
    with connection.execute(text(named(_CHAIN)), execution_options=STREAMED) as rows:
        for row in rows.mappings():
            where = f"line {row['id']}, store {row['store']}, item {row['item']}"
            if row["on_hand_after"] != row["stands"]:
                yield f"{where}: {figure(row['on_hand_after'])} is kept, the lines leave {figure(row['stands'])}"
            else:
                kept, worth = (figure(row[name], VALUE_PLACES) for name in ("value_after", "worth"))
                yield f"{where}: worth {kept} is kept, the lines leave {worth}"


def times(connection: Connection) -> Iterator[str]:
    """Lines count from when their documents were recorded and not from before the line before; so do levels."""
    milliseconds = _MILLISECONDS[connection.dialect.name]
    lines = _TIMES.format(milliseconds=milliseconds.format("m.recorded_at"))
    with connection.execute(text(named(lines)), execution_options=STREAMED) as rows:
        for id_, _, _, store, item in rows:
            yield f"line {id_}, store {store}, item {item}: it counts from another time"
    with connection.execute(text(named(_OPENED)), execution_options=STREAMED) as rows:
        yield from (f"store {store}, item {item}: it is there from another time" for _, _, store, item in rows)
    moved = _MOVED.format(milliseconds=milliseconds.format("v.updated_at"))
    with connection.execute(text(named(moved)), execution_options=STREAMED) as rows:
        yield from (f"store {store}, item {item}: it was moved after it says so" for _, _, store, item in rows)
