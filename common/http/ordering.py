"""What a list is sorted by, and what stands beyond a row of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, and_, bindparam, or_, tuple_, type_coerce

from common.http.cursors import is_moment, is_text, is_whole, signature
from common.http.kinds import kind_of
from common.http.query import Query
from common.http.searching import Search
from common.http.shapes import Shape
from common.types import RawTimestamp


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by: expressions that are never null, the last one unique; True means descending."""

    keys: list[tuple[Any, bool]]
    raw: list[Any]
    fits: list[Callable[[Any], bool]]
    name: str
    by_id: bool
    """Whether the last key is the row's id, which stands first in a row anyway."""

    @classmethod
    def of(cls, shape: Shape, query: Query, search: Search | None) -> Order:
        """Return the order that was asked for, else the noun's own."""
        unique = shape.keys if search is None or search.id is None else (search.id,)
        asked = query.sort or _parse(shape.default_sort)
        keys = [(_sort_key(shape, name), down) for name, down in asked if name in shape.fields]
        if len(keys) == len(shape.keys) == 1 and keys[0][0] is shape.keys[0]:
            keys = []
        keys += [(key, asked[-1][1]) for key in unique if all(key is not one for one, _ in keys)]
        raw = [type_coerce(key, kind.raw) if (kind := kind_of(key.type, 2)).raw else key for key, _ in keys]
        fits = [_fit(column.type) for column in raw]
        name = signature(shape.path, str(query.sort or shape.default_sort), str(search is not None))
        by_id = keys[-1][0] is getattr(shape.model, "id", None) and next(iter(shape.fields)) == "id"
        return cls(keys, raw, fits, name, by_id)

    def columns(self) -> list[Any]:
        """Return what is read behind a row's own columns, to go on from it."""
        return [raw.label(f"_k{i}") for i, raw in enumerate(self.raw[:-1] if self.by_id else self.raw)]

    def keys_of(self, row: Any) -> tuple[Any, ...]:
        """Return what a cursor at this row says."""
        behind = len(row) - len(self.raw)
        keys = (*row[behind + 1 :], row[0]) if self.by_id else row[behind:]
        return tuple(_said(key) for key in keys)

    def beyond(self, *, back: bool, whole: bool) -> Any:
        """Return the condition of standing after (or before) the cursor.

        Where all keys go one way it is one comparison of `whole` rows, unless the engine finds no index for such a one.
        """
        edges = [bindparam(f"k{i}", type_=raw.type) for i, raw in enumerate(self.raw)]
        ways = [down != back for _, down in self.keys]
        if len(set(ways)) == 1 and (whole or len(edges) == 1):
            left, right = (tuple_(*self.raw), tuple_(*edges)) if len(edges) > 1 else (self.raw[0], edges[0])
            return left < right if ways[0] else left > right
        steps = []
        for i, down in enumerate(ways):
            further = self.raw[i] < edges[i] if down else self.raw[i] > edges[i]
            steps.append(and_(*(self.raw[j] == edges[j] for j in range(i)), further))
        return or_(*steps)


def _said(key: Any) -> str | int:
    if isinstance(key, str | int):
        return key
    return int(key) if isinstance(key, Decimal) else key.isoformat()


def _fit(column_type: Any) -> Callable[[Any], bool]:
    if isinstance(column_type, RawTimestamp):
        return is_moment
    return is_whole if isinstance(column_type, Integer) else is_text


def _sort_key(shape: Shape, name: str) -> Any:
    sort = shape.fields[name].sort
    return shape.column(name) if sort is True else sort


def _parse(sort: str) -> list[tuple[str, bool]]:
    return [(name.removeprefix("-"), name.startswith("-")) for name in sort.split(",")]
