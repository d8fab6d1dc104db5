"""Proofs that what a transfer sent is accounted for to the last piece: arrived, in transit, lost or recalled.

What was sent, arrived and was recalled is counted by what it did to the shelves, what is in transit by the lines of
that place, so that each side is asked of other lines than the other.
"""

from __future__ import annotations

from models.movement import OUTCOMES

_OUTCOMES = ", ".join(f"'{kind}'" for kind in OUTCOMES)
_FAMILIES = f"""
    SELECT family AS id, item_id,
        sum(CASE WHEN kind = 'transfer' AND place = 'on_hand' THEN -quantity ELSE 0 END) AS sent,
        sum(CASE WHEN kind = 'arrival' AND place = 'on_hand' THEN quantity ELSE 0 END) AS arrived,
        sum(CASE WHEN kind = 'loss' AND place = 'in_transit' THEN -quantity ELSE 0 END) AS lost,
        sum(CASE WHEN kind = 'recall' AND place = 'on_hand' THEN quantity ELSE 0 END) AS recalled,
        sum(CASE WHEN place = 'in_transit' THEN quantity ELSE 0 END) AS in_transit,
        sum(CASE WHEN place = 'in_transit' THEN value ELSE 0 END) AS transit_value
    FROM (SELECT coalesce(o.kind, m.kind) AS kind, l.place, l.item_id, l.quantity, l.value,
            CASE WHEN coalesce(o.kind, m.kind) = 'transfer' THEN coalesce(o.id, m.id)
                ELSE coalesce(o.transfer_id, m.transfer_id) END AS family
        FROM movements m LEFT JOIN movements o ON o.id = m.reverses_id
        JOIN movement_lines l ON l.movement_id = m.id
        WHERE coalesce(o.kind, m.kind) = 'transfer' OR coalesce(o.kind, m.kind) IN ({_OUTCOMES})
    ) moved GROUP BY family, item_id
"""  # noqa: S608 - constants

ACCOUNTED = f"""
    SELECT f.*, coalesce(i.sku, '#' || f.item_id) AS item FROM ({_FAMILIES}) f LEFT JOIN items i ON i.id = f.item_id
    WHERE f.id IS NULL OR f.sent <> f.arrived + f.in_transit + f.lost + f.recalled
        OR f.sent < 0 OR f.arrived < 0 OR f.in_transit < 0 OR f.lost < 0 OR f.recalled < 0
        OR f.transit_value < 0 OR (f.in_transit = 0 AND f.transit_value <> 0)
"""  # noqa: S608 - constants
"""Of each transfer and item: sent = arrived + in transit + lost + recalled, and none of them is below zero."""

ON_THE_WAY = f"""
    SELECT a.store_id, a.item_id, a.in_transit, coalesce(b.under_way, 0) AS under_way FROM levels a
    LEFT JOIN (SELECT t.to_store_id AS store_id, f.item_id, sum(f.sent - f.arrived - f.lost - f.recalled) AS under_way
        FROM ({_FAMILIES}) f JOIN movements t ON t.id = f.id GROUP BY t.to_store_id, f.item_id
    ) b ON b.store_id = a.store_id AND b.item_id = a.item_id
    WHERE a.in_transit <> coalesce(b.under_way, 0)
"""  # noqa: S608 - constants
"""What is in transit to a store is what its transfers have not brought, lost or sent back yet."""

# Where goods came to a shelf that stood below zero, what came revalues the debt (models/plan.py, 5).
SUMMED = """
    SELECT DISTINCT m.id, m.kind FROM movements m JOIN movement_lines l ON l.movement_id = m.id
    WHERE m.kind IN ('transfer', 'arrival', 'recall') GROUP BY m.id, m.kind, l.position
    HAVING sum(l.quantity) <> 0 OR (sum(l.value) <> 0 AND max(
        CASE WHEN l.place = 'on_hand' AND l.quantity > 0 AND l.on_hand_after < l.quantity THEN 1 ELSE 0 END) = 0)
"""

# A reversal names the transfer of what it reverses, but for those that were recorded before losses and recalls were.
NAMED = f"""
    SELECT m.id FROM movements m LEFT JOIN movements t ON t.id = m.transfer_id
    LEFT JOIN movements o ON o.id = m.reverses_id
    WHERE (m.kind IN ({_OUTCOMES}) AND t.id IS NULL) OR (m.transfer_id IS NOT NULL AND (
        t.kind <> 'transfer' OR m.kind NOT IN ({_OUTCOMES}, 'reversal')
        OR (m.kind IN ('arrival', 'loss') AND t.to_store_id <> m.store_id)
        OR (m.kind = 'recall' AND (t.store_id <> m.store_id OR m.to_store_id IS NULL OR t.to_store_id <> m.to_store_id))
        OR (m.kind = 'reversal' AND (o.transfer_id IS NULL OR o.transfer_id <> m.transfer_id))))
"""  # noqa: S608 - constants
