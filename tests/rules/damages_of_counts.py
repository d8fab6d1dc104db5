"""What of a stocktake can be damaged behind the program's back: see damages.py."""

from __future__ import annotations

COUNTS = "Stocktakes say what was tallied"
OF_COUNTS = {
    "a tally is another": ("UPDATE tallies SET quantity = 9000", COUNTS, "stocktake 1, item SKU-10"),
    "a tally is lost": ("DELETE FROM tallies", COUNTS, "stocktake 1, item SKU-10"),
    "a tally is slipped in": ("UPDATE tallies SET item_id = 1", COUNTS, "stocktake 1, item SKU-1"),
    "a stocktake is closed in part": ("UPDATE counts SET open_scope = NULL", COUNTS, "stocktake 1 is open in part"),
}
