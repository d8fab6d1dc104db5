"""models/checking_orders.py: each proof, on a shop whose orders were damaged behind the program's back."""

from __future__ import annotations

import pytest
from test_checking import behind_the_back, findings

RECEIVED = "Orders have received what their receipts brought"
BROUGHT = "What receipts brought of orders is what they moved"
LANDED = "Freight and duty are shared to the last unit"
STATES = "An order's state follows from what came of it"
DAMAGE = {
    "a line has received more": (
        "UPDATE purchase_order_lines SET received = received + 1000 WHERE id = 1",
        RECEIVED,
        "order 1, item SKU-1: 25 is kept, its receipts brought 24",
    ),
    "a receipt brought more": (
        "UPDATE receiving_lines SET quantity = quantity * 2 WHERE movement_id = 13",
        RECEIVED,
        "order 1, item SKU-1: 24 is kept, its receipts brought 36",
    ),
    "what was reversed counts": (
        "UPDATE movements SET reverses_id = NULL WHERE id = 16",
        RECEIVED,
        "order 1, item SKU-3: 0 is kept, its receipts brought 5",
    ),
    "a receipt brought what it did not move": (
        "UPDATE receiving_lines SET quantity = 1 WHERE movement_id = 13",
        BROUGHT,
        "receipt 13, line 0",
    ),
    "a receipt is of another order": (
        "UPDATE movements SET purchase_order_id = 2 WHERE id = 13",
        BROUGHT,
        "receipt 13, line 0",
    ),
    "a receipt is of no order": (
        "UPDATE movements SET purchase_order_id = NULL WHERE id = 13",
        BROUGHT,
        "receipt 13, line 0",
    ),
    "a receipt is of the line of another item": (
        "UPDATE receiving_lines SET order_line_id = 2 WHERE movement_id = 13",
        BROUGHT,
        "receipt 13, line 0",
    ),
    "a line of a receipt is lost": (
        "DELETE FROM receiving_lines WHERE movement_id = 14",
        BROUGHT,
        "receipt 14, line 0",
    ),
    "a receipt names an order behind its back": (
        "UPDATE movements SET purchase_order_id = 1 WHERE id = 12",
        BROUGHT,
        "receipt 12, line 0",
    ),
    "a share is less": (
        "UPDATE receiving_lines SET landed = landed - 1 WHERE movement_id = 14",
        LANDED,
        "receipt 14",
    ),
    "freight was more": ("UPDATE movements SET landed_cost = landed_cost + 1 WHERE id = 14", LANDED, "receipt 14"),
    "an order is done too soon": ("UPDATE purchase_orders SET state = 'received' WHERE id = 1", STATES, "order 1"),
    "an order was never begun": ("UPDATE purchase_orders SET state = 'sent' WHERE id = 1", STATES, "order 1 is sent"),
    "a draft has no lines": ("DELETE FROM purchase_order_lines WHERE order_id = 2", STATES, "order 2 is draft"),
    "two are preferred": (
        "UPDATE supplier_items SET preferred = TRUE WHERE item_id = 1",
        "An item has one preferred supplier at most",
        "item 1 has 2",
    ),
    "a supplier's key is stale": (
        "UPDATE suppliers SET unique_key = 'other' WHERE id = 2",
        "What is compared without case or accents follows its text",
        "supplier 2: unique_key",
    ),
    "a line of an order is another": (
        "UPDATE purchase_order_lines SET quantity = quantity + 1000 WHERE id = 1",
        "Rows are what the record left",
        "line of an order 1: its quantity is not what was recorded",
    ),
}


@pytest.fixture
def bought(fresh):
    """The shop, where two packs of an order's four came, the second with freight, and a third receipt was reversed."""
    of_order = {"store_id": 1, "purchase_order_id": 1}
    fresh.made("receipts", of_order | {"lines": [{"item_id": 1, "packs": 1}]})
    fresh.made("receipts", of_order | {"lines": [{"item_id": 1, "quantity": 12}], "landed_cost": "7.77"})
    wrong = fresh.made("receipts", of_order | {"lines": [{"item_id": 3, "quantity": 5}]})
    fresh.made(f"movements/{wrong['id']}/reversal", None)
    return fresh


def test_a_shop_that_buys_keeps_every_proof(bought):
    assert [finding for finding in findings(bought).values() if not finding.holds] == []


@pytest.mark.parametrize(("statement", "title", "offender"), DAMAGE.values(), ids=DAMAGE)
def test_damage_to_orders_is_named(bought, statement, title, offender):
    with behind_the_back(bought) as cursor:
        cursor.execute(statement)

    finding = findings(bought)[title]

    assert not finding.holds
    assert any(offender in one for one in finding.offenders), finding.offenders
