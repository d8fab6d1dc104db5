"""Puts the rows into Storekeeper's migrated database, by its own models: `python fill.py FILE ROWS`.

In bulk, because a million requests would take an hour; what a row and its search entry are is still asked of the model.
"""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import Any

import data
from sqlalchemy import insert
from sqlalchemy.orm import Session

from common.database import open_engine, unit_of_work
from models import search
from models.category import Category
from models.item import Item

BATCH = 10_000


def fill(file: Path, rows: int) -> None:
    engine = open_engine(f"sqlite:///{file}")
    with Session(engine, autoflush=False) as session, unit_of_work(session, write=True):
        for number in range(1, data.CATEGORIES + 1):
            Category.create(session, name=f"Aisle {number}")
    source = data.items(rows)
    while batch := [_item(row) for row in islice(source, BATCH)]:
        with engine.begin() as connection:
            connection.execute(insert(Item), [_columns(item) for item in batch])
            search.index(connection, [(item.id, item.search_text) for item in batch])
    engine.dispose()


def _item(row: data.Row) -> Item:
    item = Item(**row._asdict(), version=1, barcodes=[], attributes={}, packs=[], options={})
    item._rekey()
    return item


def _columns(item: Item) -> dict[str, Any]:
    return {name: value for name, value in vars(item).items() if not name.startswith("_")}


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
