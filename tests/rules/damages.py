"""What can be damaged in a database behind the program's back, which proof must see it, and what it must name."""

from __future__ import annotations

SUMS = "Levels are the sums of their lines"
CHAIN = "Each line's level is the one that the lines before it leave"
TIMES = "Lines count from when their documents were recorded"
RECORD = "The record is one unbroken chain"
DOCUMENTS = "Documents are what was recorded"
ROWS = "Rows are what the record left"
DAMAGE = {
    # a statement, the proof that must see it, what it must name
    "a level says more": (
        "UPDATE levels SET on_hand = on_hand + 1 WHERE item_id = 5 AND store_id = 1",
        SUMS,
        "store MAIN, item SKU-5: on hand 45.001, its lines sum to 45",
    ),
    "a level is worth more": (
        "UPDATE levels SET value = value + 1 WHERE item_id = 2",
        SUMS,
        "store MAIN, item SKU-2: worth ",
    ),
    "more is in transit": (
        "UPDATE levels SET in_transit = in_transit + 1 WHERE id = 1",
        SUMS,
        "in transit 0.001, its lines sum to 0",
    ),
    "transit is worth more": (
        "UPDATE levels SET transit_value = transit_value + 1 WHERE item_id = 1",
        SUMS,
        "item SKU-1: worth in transit ",
    ),
    "a level is lost": ("DELETE FROM levels WHERE item_id = 3", SUMS, "store MAIN, item SKU-3: has lines and no level"),
    "a line is changed": (
        "UPDATE movement_lines SET quantity = quantity + 1 WHERE movement_id = 4",
        CHAIN,
        "item SKU-1",
    ),
    "a line is lost": ("DELETE FROM movement_lines WHERE movement_id = 3 AND item_id = 2", CHAIN, "item SKU-2"),
    "a line says another level": (
        "UPDATE movement_lines SET on_hand_after = 7 WHERE id = 2",
        CHAIN,
        "line 2, store MAIN, item ",
    ),
    "a line says another value": (
        "UPDATE movement_lines SET value_after = value_after - 5 WHERE id = 2",
        CHAIN,
        "line 2, store MAIN, item SKU-2: worth ",
    ),
    "a line counts from another time": (
        "UPDATE movement_lines SET recorded_at = recorded_at - 1 WHERE id = 2",
        TIMES,
        "line 2, store MAIN, item SKU-2",
    ),
    "a level is there before its time": (
        "UPDATE levels SET created_at = created_at - 1 WHERE item_id = 6",
        TIMES,
        "store SIDE, item SKU-6",
    ),
    "a level was moved later than it says": (
        "UPDATE levels SET updated_at = '2020-01-01T00:00:00.000Z' WHERE item_id = 6",
        TIMES,
        "store SIDE, item SKU-6: it was moved",
    ),
    "a level is there at no time": (
        "UPDATE levels SET created_at = NULL WHERE item_id = 1 AND store_id = 1",
        TIMES,
        "store MAIN, item SKU-1",
    ),
    "a level is below zero": (
        "UPDATE levels SET on_hand = -1000 WHERE item_id = 3",
        "No level is below zero where its store forbids it",
        "store MAIN, item SKU-3",
    ),
    "nothing is worth something": (
        "UPDATE levels SET transit_value = 5 WHERE item_id = 3",
        "Nothing is worth nothing",
        "store MAIN, item SKU-3",
    ),
    "a sale brings in": (
        "UPDATE movements SET kind = 'sale' WHERE id = 4",
        "Documents move what their kind says",
        "sale 4",
    ),
    "a document has no lines": (
        "DELETE FROM movement_lines WHERE movement_id = 12",
        "Documents move what their kind says",
        "receipt 12",
    ),
    "a reversal takes back less": (
        "UPDATE movement_lines SET quantity = 500 WHERE movement_id = 10",
        "A reversal is the opposite of one document, once",
        "movement 10",
    ),
    "a reversal names nothing": (
        "UPDATE movements SET reverses_id = NULL WHERE id = 10",
        "A reversal is the opposite of one document, once",
        "movement 10",
    ),
    "a reversal names what is not there": (
        "UPDATE movements SET reverses_id = 999 WHERE id = 10",
        "A reversal is the opposite of one document, once",
        "movement 10",
    ),
    "a line names no item": (
        "UPDATE movement_lines SET item_id = 999 WHERE id = 1",
        "What a row names is there",
        "movement_lines.item_id names 999",
    ),
    "an item's key is stale": (
        "UPDATE items SET sku_key = 'other' WHERE id = 4",
        "What is compared without case or accents follows its text",
        "item 4: sku_key",
    ),
    "a store's key is stale": (
        "UPDATE stores SET name_key = 'other' WHERE id = 2",
        "What is compared without case or accents follows its text",
        "store 2: name_key",
    ),
    "a user's key is stale": (
        "UPDATE users SET username_key = 'other' WHERE id = 2",
        "What is compared without case or accents follows its text",
        "user 2: username_key",
    ),
    "a second factor is forgotten": (
        "UPDATE users SET second_factor = FALSE WHERE id = 1",
        "Whoever has a second factor is asked for it",
        "user viewer",
    ),
    "a path is stale": (
        "UPDATE categories SET path = 'Drinks' WHERE id = 2",
        "Categories' paths are the names above them",
        "category 2",
    ),
    "categories stand in a circle": (
        "UPDATE categories SET parent_id = 2 WHERE id = 1",
        "Categories' paths are the names above them",
        "category 1",
    ),
    "a barcode is lost": (
        "DELETE FROM barcodes WHERE item_id = 1",
        "Scanners find items by the barcodes they have",
        "item 1: 04006381333931 is not found",
    ),
    "a barcode is another's": (
        "UPDATE barcodes SET item_id = 3 WHERE item_id = 2",
        "Scanners find items by the barcodes they have",
        "item 3: =int-2 is not its own",
    ),
    "the search forgot an item": (
        "DELETE FROM item_search WHERE {search} = 6",
        "The search knows every item and nothing else",
        "item 6 is not found",
    ),
    "an entry is another's": (
        "UPDATE audit_entries SET username = 'nobody' WHERE id = 12",
        RECORD,
        "position 12: entry 12 (",
    ),
    "an entry has no more who": (
        "UPDATE audit_entries SET user_id = NULL WHERE id = 30",
        RECORD,
        "position 30: entry 30",
    ),
    "an entry is lost": ("DELETE FROM audit_entries WHERE id = 9", RECORD, "position 9: its entry 9 is missing"),
    "a seal is lost": ("DELETE FROM audit_seals WHERE position = 9", RECORD, "position 9 is missing"),
    "a seal is another": ("UPDATE audit_seals SET hash = 'x' WHERE position = 9", RECORD, "position 9: entry 9"),
    "an entry and its seal are lost": (
        "DELETE FROM audit_seals WHERE position = 9; DELETE FROM audit_entries WHERE id = 9",
        RECORD,
        "position 9 is missing",
    ),
    "two entries are swapped": (
        (
            "UPDATE audit_seals SET entry_id = CASE entry_id WHEN 9 THEN -10 ELSE -9 END WHERE entry_id IN (9, 10); "
            "UPDATE audit_seals SET entry_id = -entry_id WHERE entry_id < 0"
        ),
        RECORD,
        "position 9: entry 10",
    ),
    "an entry was slipped in": (
        (
            "INSERT INTO audit_entries (id, at, entity, kind, changes) SELECT 9999, at, 'items', 'changed', changes "
            "FROM audit_entries WHERE id = 9"
        ),
        "Every change is sealed",
        "entry 9999 has no seal",
    ),
    "a document is another": ("UPDATE movements SET note = 'x' WHERE id = 4", DOCUMENTS, "movement 4 is not what was"),
    "a document vouches for nothing": (
        "UPDATE movements SET lines_digest = NULL WHERE id = 4",
        DOCUMENTS,
        "movement 4",
    ),
    "a document is lost": (
        "DELETE FROM movement_lines WHERE movement_id = 12; DELETE FROM movements WHERE id = 12",
        DOCUMENTS,
        "movement 12 was recorded and is missing",
    ),
    "a document was slipped in": (
        (
            "INSERT INTO movements (id, kind, store_id, occurred_at, recorded_at) "
            "SELECT 9999, kind, store_id, occurred_at, recorded_at FROM movements WHERE id = 12"
        ),
        DOCUMENTS,
        "movement 9999 is not in the record",
    ),
    "a line is changed with all that follows from it": (
        "UPDATE movement_lines SET unit_cost = unit_cost + 1 WHERE movement_id = 4",
        "Documents have the lines that were recorded",
        "movement 4: its lines are not those",
    ),
    "a price is another": ("UPDATE items SET price = 1 WHERE id = 4", ROWS, "item 4: its price is not what was"),
    "a price is gone": ("UPDATE items SET price = NULL WHERE id = 4", ROWS, "item 4: its price is not what was"),
    "somebody rose": ("UPDATE users SET role = 'admin' WHERE username = 'viewer'", ROWS, "its role is not what was"),
    "a store is open for debts": (
        "UPDATE stores SET allow_negative_stock = TRUE WHERE id = 2",
        ROWS,
        "store 2: its allow_negative_stock is not what was",
    ),
    "a row says it is newer": (
        "UPDATE categories SET version = 7 WHERE id = 1",
        ROWS,
        "it is at version 7",
    ),
    "a row is lost": ("DELETE FROM listings", ROWS, "is in the record and is missing"),
    "a row was slipped in": (
        (
            "INSERT INTO categories (id, version, name, name_key, path, created_at, updated_at) "
            "SELECT 999, version, 'Z', 'z', 'Z', created_at, updated_at FROM categories WHERE id = 1"
        ),
        ROWS,
        "category 999 is not in the record",
    ),
    "the search finds a ghost": (
        "DELETE FROM items WHERE id = 10",
        "The search knows every item and nothing else",
        "10 is found, which is no item",
    ),
}
