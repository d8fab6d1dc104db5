"""Late joins: what costs much for each row and leaves no row out is joined to the rows of the page alone.

Nothing that a list filters or sorts by stands on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, select

from common.http.shapes import Shape

Joins = Sequence[tuple[Any, Any, bool]]


def joined(statement: Select[Any], joins: Joins) -> Select[Any]:
    """Return the select with these tables joined."""
    for target, on, outer in joins:
        statement = statement.join(target, on, isouter=outer)
    return statement


def joined_to_page(rows: Select[Any], shape: Shape, columns: Sequence[Any], ways: Sequence[Any]) -> Select[Any]:
    """Return the select of these columns for the `rows` that a page has, in their order."""
    keys = {f"_key{number}": key for number, key in enumerate(shape.keys)}
    page = rows.with_only_columns(*(key.label(name) for name, key in keys.items())).subquery("page")
    found = select(*columns).select_from(shape.model).join(page, and_(*(page.c[n] == key for n, key in keys.items())))
    return joined(found, [*shape.joins, *shape.late]).order_by(*ways)
