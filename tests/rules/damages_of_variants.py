"""What of packs and groups of items can be damaged behind the program's back: see damages.py."""

from __future__ import annotations

OF_VARIANTS = {
    "a pack counts otherwise": (
        "UPDATE barcodes SET pack_quantity = 6000 WHERE item_id = 8 AND pack_quantity IS NOT NULL",
        "Scanners find items by the barcodes they have",
        "item 8: =case-8 counts otherwise than its list says",
    ),
    "an item has options that its group has not": (
        "UPDATE item_groups SET options = '[]' WHERE id = 1",
        "Items of a group are told apart by its options",
        "item 8 has options that its group does not",
    ),
    "two items of a group might be alike": (
        "UPDATE items SET variant_key = NULL WHERE id = 8",
        "Items of a group are told apart by its options",
        "item 8: variant_key",
    ),
    "an item is of a group that is not there": (
        "UPDATE items SET group_id = 99 WHERE id = 8",
        "Items of a group are told apart by its options",
        "item 8 names the item group 99, which is not there",
    ),
}
