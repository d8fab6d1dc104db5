"""Proofs of buying: what orders have received is what receipts brought, and their states follow from it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from models.checking_levels import figure
from models.checking_texts import STREAMED

_RECEIVED = """
    SELECT l.order_id, l.received, coalesce(b.came, 0) AS came, coalesce(i.sku, '#' || l.item_id) AS item
    FROM purchase_order_lines l LEFT JOIN items i ON i.id = l.item_id LEFT JOIN (
        SELECT r.order_line_id, sum(r.quantity) AS came FROM receiving_lines r
        LEFT JOIN movements undone ON undone.reverses_id = r.movement_id
        WHERE undone.id IS NULL GROUP BY r.order_line_id
    ) b ON b.order_line_id = l.id WHERE l.received <> coalesce(b.came, 0) ORDER BY l.id
"""
# A line of a receipt is the ledger's line of its place; that of an order is also of the order that its receipt names.
_BROUGHT = """
    SELECT r.movement_id, r.position FROM receiving_lines r LEFT JOIN movements m ON m.id = r.movement_id
    LEFT JOIN movement_lines l ON l.movement_id = r.movement_id AND l.position = r.position
    LEFT JOIN purchase_order_lines p ON p.id = r.order_line_id LEFT JOIN purchase_orders o ON o.id = p.order_id
    WHERE m.id IS NULL OR l.id IS NULL OR m.kind <> 'receipt' OR l.quantity <> r.quantity OR r.landed < 0
        OR (m.purchase_order_id IS NOT NULL AND p.id IS NULL)
        OR (r.order_line_id IS NOT NULL AND (p.item_id <> l.item_id OR o.store_id <> l.store_id
            OR m.purchase_order_id IS NULL OR m.purchase_order_id <> p.order_id))
    UNION SELECT l.movement_id, l.position FROM movements m JOIN movement_lines l ON l.movement_id = m.id
    LEFT JOIN receiving_lines r ON r.movement_id = l.movement_id AND r.position = l.position
    WHERE (m.purchase_order_id IS NOT NULL OR m.landed_cost IS NOT NULL) AND r.movement_id IS NULL ORDER BY 1, 2
"""
# Money has four decimals, a value seven.
_LANDED = """
    SELECT m.id FROM movements m LEFT JOIN receiving_lines r ON r.movement_id = m.id
    GROUP BY m.id, m.landed_cost HAVING coalesce(m.landed_cost, 0) * 1000 <> coalesce(sum(r.landed), 0) ORDER BY m.id
"""
_STATES = """
    SELECT o.id, o.state FROM purchase_orders o LEFT JOIN (
        SELECT order_id, sum(received) AS came, sum(CASE WHEN received < quantity THEN 1 ELSE 0 END) AS missing
        FROM purchase_order_lines GROUP BY order_id
    ) l ON l.order_id = o.id
    WHERE l.order_id IS NULL OR (o.state IN ('draft', 'sent') AND l.came <> 0)
        OR (o.state = 'partly_received' AND (l.came = 0 OR l.missing = 0))
        OR (o.state = 'received' AND l.missing <> 0) OR (o.state = 'closed' AND l.missing = 0) ORDER BY o.id
"""
_PREFERRED = """
    SELECT item_id, count(*) AS many FROM supplier_items WHERE preferred GROUP BY item_id HAVING count(*) > 1
    ORDER BY item_id
"""


def received(connection: Connection) -> Iterator[str]:
    """Each line of an order has received what the receipts that name it brought, less those that were reversed."""
    with connection.execute(text(_RECEIVED), execution_options=STREAMED) as rows:
        for row in rows:
            kept, came = figure(row.received), figure(row.came)
            yield f"order {row.order_id}, item {row.item}: {kept} is kept, its receipts brought {came}"


def brought(connection: Connection) -> Iterator[str]:
    """Each line of a receipt of an order is one of the ledger, of the order's item, in the order's store."""
    for row in connection.execute(text(_BROUGHT)):
        yield f"receipt {row.movement_id}, line {row.position}"


def landed(connection: Connection) -> Iterator[str]:
    """The shares of freight and duty sum to exactly what the receipt says."""
    yield from (f"receipt {row.id}" for row in connection.execute(text(_LANDED)))


def states(connection: Connection) -> Iterator[str]:
    """Each order's state is the one that follows from what came."""
    yield from (f"order {row.id} is {row.state}" for row in connection.execute(text(_STATES)))


def preferred(connection: Connection) -> Iterator[str]:
    """No item has two preferred suppliers."""
    yield from (f"item {row.item_id} has {row.many}" for row in connection.execute(text(_PREFERRED)))
