"""Proof that stocktakes say what was tallied."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from models.checking_texts import STREAMED

_TALLIED = """
    SELECT c.count_id, coalesce(i.sku, '#' || c.item_id) AS item
    FROM count_items c LEFT JOIN items i ON i.id = c.item_id
    LEFT JOIN (
        SELECT count_id, item_id, sum(quantity) AS counted, count(*) AS number, max(id) AS last FROM tallies
        WHERE NOT superseded GROUP BY count_id, item_id
    ) t ON t.count_id = c.count_id AND t.item_id = c.item_id
    LEFT JOIN tallies l ON l.id = t.last
    WHERE coalesce(t.number, 0) <> c.tallies OR (t.number IS NULL) <> (c.counted IS NULL) OR t.counted <> c.counted
        OR l.on_hand <> c.on_hand_last OR l.counted <> c.counted
    UNION SELECT t.count_id, coalesce(i.sku, '#' || t.item_id) FROM tallies t LEFT JOIN items i ON i.id = t.item_id
    LEFT JOIN count_items c ON c.count_id = t.count_id AND c.item_id = t.item_id WHERE c.id IS NULL ORDER BY 1, 2
"""
_STATES = """
    SELECT id, state FROM counts
    WHERE (state = 'open') <> (closed_at IS NULL) OR (state = 'open') <> (open_scope IS NOT NULL)
        OR (movement_id IS NOT NULL AND state <> 'approved') ORDER BY id
"""


def tallies(connection: Connection) -> Iterator[str]:
    """Each item was counted as its living tallies sum up, and what is closed is closed in every respect."""
    with connection.execute(text(_TALLIED), execution_options=STREAMED) as rows:
        yield from (f"stocktake {count}, item {item}: the tallies come to something else" for count, item in rows)
    with connection.execute(text(_STATES), execution_options=STREAMED) as rows:
        yield from (f"stocktake {count} is {state} in part" for count, state in rows)
