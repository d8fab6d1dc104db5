"""The proof that levels are the sums of their lines; each offender is named as people name it, with both figures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from common.quantities import QUANTITY_PLACES, VALUE_PLACES, unscale
from models.checking_texts import STREAMED

_FIGURES = {
    "on_hand": ("on hand", QUANTITY_PLACES),
    "value": ("worth", VALUE_PLACES),
    "in_transit": ("in transit", QUANTITY_PLACES),
    "transit_value": ("worth in transit", VALUE_PLACES),
}
_SUMS = """
    SELECT store_id, item_id,
        sum(CASE WHEN place = 'on_hand' THEN quantity ELSE 0 END) AS on_hand,
        sum(CASE WHEN place = 'on_hand' THEN value ELSE 0 END) AS value,
        sum(CASE WHEN place = 'in_transit' THEN quantity ELSE 0 END) AS in_transit,
        sum(CASE WHEN place = 'in_transit' THEN value ELSE 0 END) AS transit_value
    FROM movement_lines GROUP BY item_id, store_id
"""
_BOTH = ", ".join(f"a.{name} AS {name}, coalesce(b.{name}, 0) AS {name}_of_lines" for name in _FIGURES)
_DIFFER = " OR ".join(f"a.{name} <> coalesce(b.{name}, 0)" for name in _FIGURES)
# No FULL JOIN: for it SQLite reads the sums once for every level.
_LEVELS = f"""
    SELECT a.store_id, a.item_id, a.id AS level, {_BOTH} FROM levels a
    LEFT JOIN ({_SUMS}) b ON a.store_id = b.store_id AND a.item_id = b.item_id WHERE {_DIFFER}
    UNION ALL SELECT store_id, item_id, NULL, {", ".join("0" for _ in _FIGURES)}, {", ".join("0" for _ in _FIGURES)}
    FROM (SELECT store_id, item_id FROM movement_lines EXCEPT SELECT store_id, item_id FROM levels) lost
"""  # noqa: S608 - constants


def named(query: str) -> str:
    """Return the query with `store` and `item` beside their ids: code and SKU, or the id where there is no such row."""
    return f"""
        SELECT found.*, coalesce(s.code, '#' || found.store_id) AS store, coalesce(i.sku, '#' || found.item_id) AS item
        FROM ({query}) found LEFT JOIN stores s ON s.id = found.store_id LEFT JOIN items i ON i.id = found.item_id
    """  # noqa: S608 - of this project's own constants


def figure(units: Any, places: int = QUANTITY_PLACES) -> str:
    """Return kept units as a number with all its decimals; what is kept as another type, as it is kept."""
    if not isinstance(units, int | Decimal):
        return str(units)
    return f"{unscale(int(units), places):f}".rstrip("0").rstrip(".")


def levels(connection: Connection) -> Iterator[str]:
    """Compare each level with its lines."""
    with connection.execute(text(named(_LEVELS)), execution_options=STREAMED) as rows:
        for row in rows.mappings():
            wrong = [
                f"{title} {figure(row[name], places)}, its lines sum to {figure(row[f'{name}_of_lines'], places)}"
                for name, (title, places) in _FIGURES.items()
                if row[name] != row[f"{name}_of_lines"]
            ]
            said = "has lines and no level" if row["level"] is None else "; ".join(wrong)
            yield f"store {row['store']}, item {row['item']}: {said}"
