"""What of batches can be damaged behind the program's back: see damages.py.

Item 11 tracks batches. Document 13 brought seven of lot A (batch 2) and four of lot B (3) to store 1, document 14 sold
one of A. Document 15 has three of A on their way to store 2, document 16 brought two of A there, at the second try.
"""

from __future__ import annotations

SUMS = "Levels of batches are the sums of their moves"
BOUNDS = "Batches are never more than what there is"
LINES = "Batches move with lines of their item"
UNDER_WAY = "What is on its way of batches is on its way of their lines"
KEYS = "Batches are found by their lot and day"
BELOW_ZERO = "UPDATE batch_levels SET on_hand = -1000 WHERE batch_id = 2 AND store_id = 1"
RECORDED = "Documents moved the batches that were recorded"
_OF = "movement_line_id IN (SELECT id FROM movement_lines WHERE movement_id = {})"
OF_BATCHES = {
    "more stands of a batch": (
        "UPDATE batch_levels SET on_hand = on_hand + 1000 WHERE batch_id = 3",
        SUMS,
        "store MAIN, item MILK, batch B: on hand 5, its moves sum to 4",
    ),
    "less of a batch is on its way": (
        "UPDATE batch_levels SET in_transit = 0 WHERE store_id = 2 AND item_id = 11",
        SUMS,
        "store SIDE, item MILK, batch A: in transit 0, its moves sum to 3",
    ),
    "a batch's level is gone": (
        "DELETE FROM batch_levels WHERE batch_id = 3",
        SUMS,
        "store MAIN, item MILK, batch B: on hand 0, its moves sum to 4",
    ),
    "a batch has more than its level": (
        "UPDATE batch_levels SET on_hand = 9000 WHERE batch_id = 3",
        BOUNDS,
        "store MAIN, item MILK: on hand 10 of 5",
    ),
    "more of a batch is on its way than of the item": (
        "UPDATE batch_levels SET in_transit = 4000 WHERE store_id = 2 AND item_id = 11",
        BOUNDS,
        "store SIDE, item MILK: on hand 2 of 2, in transit 4 of 3",
    ),
    "an item with batches tracks none": (
        "UPDATE items SET tracks_batches = {off} WHERE id = 11",
        BOUNDS,
        "item MILK tracks no batches and has some",
    ),
    "a line moves more of batches than it moves": (
        f"UPDATE batch_moves SET quantity = -2000 WHERE {_OF.format(14)}",
        LINES,
        "movement 14, line 0",
    ),
    "a sale brings a batch": (
        f"UPDATE batch_moves SET quantity = 500 WHERE {_OF.format(14)}",
        LINES,
        "movement 14, line 0",
    ),
    "a batch moves with another item": ("UPDATE batches SET item_id = 7 WHERE id = 2", LINES, "movement 14, line 0"),
    "a batch stands with another item": (
        "UPDATE batch_levels SET item_id = 7 WHERE batch_id = 3",
        LINES,
        "batch 3 in store 1 is another item's",
    ),
    "more of a batch is on its way than of its line": (
        "UPDATE batch_moves SET quantity = 4000 WHERE quantity = 3000",
        UNDER_WAY,
        "transfer 15, line 0",
    ),
    "more came of a batch than was sent": (
        "UPDATE batch_moves SET batch_id = 3 WHERE quantity = -2000",
        UNDER_WAY,
        "transfer 16, line 0",
    ),
    "a lot is called otherwise": ("UPDATE batches SET lot = 'C' WHERE id = 3", KEYS, "batch 3"),
    "a batch expires another day": ("UPDATE batches SET expires_on = '2099-01-01' WHERE id = 3", KEYS, "batch 3"),
    "a document moved another batch": (
        f"UPDATE batch_moves SET batch_id = 3 WHERE {_OF.format(14)}",
        RECORDED,
        "movement 14: its batches are not those that were recorded",
    ),
    "what a document moved of batches is gone": (
        f"DELETE FROM batch_moves WHERE {_OF.format(14)}",
        RECORDED,
        "movement 14: its batches are missing",
    ),
    "a document moves batches that nobody recorded": (
        "INSERT INTO batch_moves (id, movement_line_id, batch_id, quantity) VALUES (99, 1, 2, 1)",
        RECORDED,
        "movement 1: its batches are not those that were recorded",
    ),
    "a document vouches for other batches": (
        "UPDATE movements SET batches_digest = 'x' WHERE id = 13",
        "Documents are what was recorded",
        "movement 13",
    ),
}
