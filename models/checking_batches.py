"""Proofs of batches: what stands of each is what moved of it, within what there is, and as it was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, Connection, select, text, type_coerce

from models.batch import Batch, BatchMove, batch_key, lot_key
from models.checking_levels import figure, named
from models.checking_texts import STREAMED
from models.movement import Movement, MovementLine, lines_digest

_BATCH = 1000
_PLACES = {"on_hand": "on hand", "in_transit": "in transit"}
_CALLED = "coalesce(t.lot, t.expires_on, '#' || found.batch_id)"

_SUMS = """
    SELECT l.store_id, l.item_id, m.batch_id,
        sum(CASE WHEN l.place = 'on_hand' THEN m.quantity ELSE 0 END) AS on_hand,
        sum(CASE WHEN l.place = 'in_transit' THEN m.quantity ELSE 0 END) AS in_transit
    FROM batch_moves m JOIN movement_lines l ON l.id = m.movement_line_id GROUP BY l.store_id, l.item_id, m.batch_id
"""
_LEVELS = f"""
    SELECT found.*, {_CALLED} AS batch FROM ({
    named(f'''
        SELECT a.store_id, a.item_id, a.batch_id, a.on_hand, a.in_transit,
            coalesce(b.on_hand, 0) AS on_hand_moved, coalesce(b.in_transit, 0) AS in_transit_moved
        FROM batch_levels a LEFT JOIN ({_SUMS}) b
            ON b.store_id = a.store_id AND b.item_id = a.item_id AND b.batch_id = a.batch_id
        WHERE a.on_hand <> coalesce(b.on_hand, 0) OR a.in_transit <> coalesce(b.in_transit, 0)
        UNION ALL SELECT b.store_id, b.item_id, b.batch_id, 0, 0, b.on_hand, b.in_transit FROM ({_SUMS}) b
        LEFT JOIN batch_levels a ON b.store_id = a.store_id AND b.item_id = a.item_id AND b.batch_id = a.batch_id
        WHERE a.id IS NULL AND (b.on_hand <> 0 OR b.in_transit <> 0)
    ''')
}) found LEFT JOIN batches t ON t.id = found.batch_id
"""  # noqa: S608 - constants
# Of a level that is not there the batches are too much, too.
_BOUNDS = named("""
    SELECT a.store_id, a.item_id, a.on_hand, a.in_transit, coalesce(l.on_hand, 0) AS of_on_hand,
        coalesce(l.in_transit, 0) AS of_in_transit
    FROM (SELECT store_id, item_id, sum(on_hand) AS on_hand, sum(in_transit) AS in_transit,
            min(on_hand) AS least_on_hand, min(in_transit) AS least_in_transit
        FROM batch_levels GROUP BY store_id, item_id
    ) a LEFT JOIN levels l ON l.store_id = a.store_id AND l.item_id = a.item_id
    WHERE a.least_on_hand < 0 OR a.least_in_transit < 0 OR a.in_transit > coalesce(l.in_transit, 0)
        OR a.on_hand > CASE WHEN coalesce(l.on_hand, 0) > 0 THEN l.on_hand ELSE 0 END
""")
_TRACKED = """
    SELECT DISTINCT i.sku FROM batch_levels a JOIN items i ON i.id = a.item_id
    WHERE (a.on_hand <> 0 OR a.in_transit <> 0) AND NOT i.tracks_batches ORDER BY i.sku
"""
_OF_LINES = """
    SELECT l.movement_id AS id, l.position FROM movement_lines l
    JOIN batch_moves m ON m.movement_line_id = l.id LEFT JOIN batches b ON b.id = m.batch_id
    GROUP BY l.id, l.movement_id, l.position, l.quantity
    HAVING abs(sum(m.quantity)) > abs(l.quantity)
        OR min(m.quantity) * l.quantity < 0 OR max(m.quantity) * l.quantity < 0
        OR sum(CASE WHEN b.item_id = l.item_id THEN 0 ELSE 1 END) > 0
    ORDER BY 1, 2
"""
_OF_ITEMS = """
    SELECT a.store_id, b.id FROM batch_levels a JOIN batches b ON b.id = a.batch_id WHERE b.item_id <> a.item_id
"""
# The lines of a transfer that are still on their way, and the batches of each: it, and all that names it.
_FAMILY = """
    CASE WHEN m.transfer_id IS NOT NULL THEN m.transfer_id WHEN o.kind = 'transfer' THEN o.id
        WHEN o.transfer_id IS NOT NULL THEN o.transfer_id ELSE m.id END
"""
_UNDER_WAY = f"""
    SELECT b.family AS id, b.position FROM (
        SELECT {_FAMILY} AS family, l.position, x.batch_id, sum(x.quantity) AS quantity
        FROM batch_moves x JOIN movement_lines l ON l.id = x.movement_line_id JOIN movements m ON m.id = l.movement_id
        LEFT JOIN movements o ON o.id = m.reverses_id
        WHERE l.place = 'in_transit' GROUP BY {_FAMILY}, l.position, x.batch_id
    ) b LEFT JOIN (
        SELECT {_FAMILY} AS family, l.position, sum(l.quantity) AS quantity
        FROM movement_lines l JOIN movements m ON m.id = l.movement_id LEFT JOIN movements o ON o.id = m.reverses_id
        WHERE l.place = 'in_transit' GROUP BY {_FAMILY}, l.position
    ) w ON w.family = b.family AND w.position = b.position
    GROUP BY b.family, b.position, w.quantity
    HAVING min(b.quantity) < 0 OR sum(b.quantity) > coalesce(w.quantity, 0) ORDER BY 1, 2
"""  # noqa: S608 - constants

_GONE = """
    SELECT m.id FROM movements m WHERE m.batches_digest IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM movement_lines l JOIN batch_moves x ON x.movement_line_id = l.id WHERE l.movement_id = m.id
    ) ORDER BY m.id
"""


def levels(connection: Connection) -> Iterator[str]:
    """What stands of each batch is the sum of what moved of it."""
    with connection.execute(text(_LEVELS), execution_options=STREAMED) as rows:
        for row in rows.mappings():
            wrong = [
                f"{title} {figure(row[place])}, its moves sum to {figure(row[f'{place}_moved'])}"
                for place, title in _PLACES.items()
                if row[place] != row[f"{place}_moved"]
            ]
            yield f"store {row['store']}, item {row['item']}, batch {row['batch']}: {'; '.join(wrong)}"


def bounds(connection: Connection) -> Iterator[str]:
    """No level has more of batches than it has; what tracks no batches has none."""
    for row in connection.execute(text(_BOUNDS)).mappings():
        both = (f"{title} {figure(row[p])} of {figure(row[f'of_{p}'])}" for p, title in _PLACES.items())
        yield f"store {row['store']}, item {row['item']}: {', '.join(both)}"
    yield from (f"item {sku} tracks no batches and has some" for (sku,) in connection.execute(text(_TRACKED)))


def of_lines(connection: Connection) -> Iterator[str]:
    """What moves of batches moves with a line of their item, in its direction and never more than it."""
    for id_, position in connection.execute(text(_OF_LINES)):
        yield f"movement {id_}, line {position}"
    for store, id_ in connection.execute(text(_OF_ITEMS)):
        yield f"batch {id_} in store {store} is another item's"


def under_way(connection: Connection) -> Iterator[str]:
    """Of each line of a transfer no more of batches is on its way than of the line."""
    yield from (f"transfer {id_}, line {position}" for id_, position in connection.execute(text(_UNDER_WAY)))


def keys(connection: Connection) -> Iterator[str]:
    """What a batch is found by follows from its lot and its day."""
    query = select(Batch.id, Batch.lot, Batch.expires_on, Batch.lot_key, Batch.batch_key).order_by(Batch.id)
    with connection.execute(query, execution_options=STREAMED) as rows:
        for id_, lot, expires_on, *kept in rows:
            if kept != [lot_key(lot), batch_key(lot, expires_on)]:
                yield f"batch {id_}"


def recorded(connection: Connection) -> Iterator[str]:
    """Every document moved the batches that its row vouches for."""
    line = MovementLine.__table__.c
    columns: list[Any] = [line.position, line.place, line.store_id, line.item_id, Batch.lot, Batch.expires_on]
    query = (
        select(Movement.id, Movement.batches_digest, *columns, type_coerce(BatchMove.quantity, BigInteger))
        .join(MovementLine, MovementLine.movement_id == Movement.id)
        .join(BatchMove, BatchMove.movement_line_id == MovementLine.id)
        .outerjoin(Batch, Batch.id == BatchMove.batch_id)
        .order_by(Movement.id, BatchMove.id)
    )
    with connection.execute(query, execution_options={"yield_per": _BATCH}) as rows:
        for (id_, digest), found in groupby(rows, key=lambda row: row[:2]):
            if lines_digest(tuple(row[2:]) for row in found) != digest:
                yield f"movement {id_}: its batches are not those that were recorded"
    for (id_,) in connection.execute(text(_GONE)):
        yield f"movement {id_}: its batches are missing"
