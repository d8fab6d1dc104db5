"""What of a transfer can be damaged behind the program's back: see damages.py.

Five of SKU-1 and of SKU-5 went from store 1 to store 2 as document 7 and arrived as document 8; four of SKU-1 are on
their way as document 11.
"""

from __future__ import annotations

SUMMED = "Transfers, arrivals and recalls sum to zero"
ACCOUNTED = "What was sent arrived, is in transit, was lost or was recalled"
ON_THE_WAY = "What is in transit to a store is what its transfers have under way"
NAMED = "Arrivals, losses and recalls are of a transfer between their stores"
KINDS = "Documents move what their kind says"
OF_TRANSFERS = {
    "a transfer loses a piece": (
        "UPDATE movement_lines SET quantity = 3000 WHERE movement_id = 11 AND place = 'in_transit'",
        SUMMED,
        "transfer 11",
    ),
    "an arrival gains value": (
        "UPDATE movement_lines SET value = value + 1 WHERE movement_id = 8 AND place = 'on_hand'",
        SUMMED,
        "arrival 8",
    ),
    "a recall gains value": (
        (
            "UPDATE movements SET kind = 'recall' WHERE id = 8; "
            "UPDATE movement_lines SET value = value + 1 WHERE movement_id = 8 AND place = 'on_hand'"
        ),
        SUMMED,
        "recall 8",
    ),
    "more arrives than was sent": (
        "UPDATE movement_lines SET quantity = quantity * 2 WHERE movement_id = 8",
        ACCOUNTED,
        "transfer 7, item SKU-1: sent 5, arrived 10, in transit -5, lost 0, recalled 0",
    ),
    "more is lost than was sent": (
        (
            "UPDATE movements SET kind = 'loss' WHERE id = 8; "
            "DELETE FROM movement_lines WHERE movement_id = 8 AND place = 'on_hand'; "
            "UPDATE movement_lines SET quantity = quantity * 2 WHERE movement_id = 8"
        ),
        ACCOUNTED,
        "transfer 7, item SKU-5: sent 5, arrived 0, in transit -5, lost 10, recalled 0",
    ),
    "more is recalled than was sent": (
        (
            "UPDATE movements SET kind = 'recall' WHERE id = 8; "
            "UPDATE movement_lines SET quantity = quantity * 2 WHERE movement_id = 8"
        ),
        ACCOUNTED,
        "transfer 7, item SKU-1: sent 5, arrived 0, in transit -5, lost 0, recalled 10",
    ),
    "less comes to the shelf than leaves transit": (
        "UPDATE movement_lines SET quantity = 4000 WHERE movement_id = 8 AND place = 'on_hand' AND item_id = 1",
        ACCOUNTED,
        "transfer 7, item SKU-1: sent 5, arrived 4, in transit 0, lost 0, recalled 0",
    ),
    "less leaves the shelf than is in transit": (
        "UPDATE movement_lines SET quantity = -3000 WHERE movement_id = 11 AND place = 'on_hand'",
        ACCOUNTED,
        "transfer 11, item SKU-1: sent 3, arrived 0, in transit 4, lost 0, recalled 0",
    ),
    "what is all there left value on its way": (
        "UPDATE movement_lines SET value = value + 1 WHERE movement_id = 8 AND place = 'in_transit' AND item_id = 1",
        ACCOUNTED,
        "transfer 7, item SKU-1: sent 5, arrived 5, in transit 0",
    ),
    "a store waits for more than is sent to it": (
        "UPDATE levels SET in_transit = 5000 WHERE store_id = 2 AND item_id = 1",
        ON_THE_WAY,
        "store SIDE, item SKU-1: in transit 5, of its transfers 4",
    ),
    "a store waits for what nobody sent": (
        "UPDATE levels SET in_transit = 1000 WHERE store_id = 2 AND item_id = 6",
        ON_THE_WAY,
        "store SIDE, item SKU-6: in transit 1, of its transfers 0",
    ),
    "a transfer goes to another store": (
        "UPDATE movements SET to_store_id = 4 WHERE id = 11",
        ON_THE_WAY,
        "store SIDE, item SKU-1: in transit 4, of its transfers 0",
    ),
    "an arrival is of nothing": ("UPDATE movements SET transfer_id = NULL WHERE id = 8", NAMED, "movement 8"),
    "an arrival is elsewhere": ("UPDATE movements SET store_id = 1 WHERE id = 8", NAMED, "movement 8"),
    "an arrival is of no transfer": ("UPDATE movements SET transfer_id = 1 WHERE id = 8", NAMED, "movement 8"),
    "a loss is elsewhere": ("UPDATE movements SET kind = 'loss', store_id = 1 WHERE id = 8", NAMED, "movement 8"),
    "a recall goes elsewhere": ("UPDATE movements SET kind = 'recall' WHERE id = 8", NAMED, "movement 8"),
    "a sale is of a transfer": ("UPDATE movements SET transfer_id = 7 WHERE id = 3", NAMED, "movement 3"),
    "a reversal is of a transfer that its document is not of": (
        "UPDATE movements SET transfer_id = 7 WHERE id = 10",
        NAMED,
        "movement 10",
    ),
    "a loss is on a shelf": ("UPDATE movements SET kind = 'loss' WHERE id = 8", KINDS, "loss 8"),
    "a recall takes away": (
        (
            "UPDATE movements SET kind = 'recall' WHERE id = 8; "
            "UPDATE movement_lines SET quantity = -quantity WHERE movement_id = 8"
        ),
        KINDS,
        "recall 8",
    ),
}
