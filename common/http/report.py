"""Reports: lists whose rows are computed when they are asked for, in the database, with parameters of their own."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any, ClassVar

from flask import Response
from sqlalchemy import Select

from common import time_limits
from common.fields import Id, ListOf
from common.http import query, render
from common.http.asked import Asked
from common.http.cursors import Cursor, is_whole
from common.http.listing import Page
from common.http.query import MOST_ROWS, Query
from common.http.resource import Resource

LONGEST_SECONDS, IDLE_SECONDS = 120, 30

IDS = ListOf(Id(), MOST_ROWS, min=1)
STORES = Asked(IDS, "Of these stores alone.")
ITEMS = Asked(IDS, "Of these items alone.")
CATEGORIES = Asked(IDS, "Of the items in these categories alone.")
NARROWED = {"store_id": STORES, "item_id": ITEMS, "category_id": CATEGORIES}
"""By what most reports are narrowed."""


class Report(Resource):
    """A report. Its `get` takes the parameters that it asks for, by name, and returns a select."""

    formats: ClassVar[tuple[str, ...]] = ("json", "csv")

    def _show(self, ids: dict[str, Any]) -> Response:
        rows = self._find(ids)
        asked = query.of_list(self.shape, self.caller.role, self.formats, self.asks)
        time_limits.extend(self.connection, statement=LONGEST_SECONDS, idle=IDLE_SECONDS)
        return self._answer(self.get(*rows, asked.asked), asked)

    def _answer(self, statement: Select[Any], asked: Query) -> Response:
        return render.listed(self.connection, self.caller, self.shape, statement, asked, self.format)


def page_of(keys: Sequence[tuple[int, ...]], width: int, asked: Query, here: str) -> Page:
    """Return the page that is asked for of rows that only the program can tell apart, by their sorted keys.

    A key has `width` whole numbers; `here` is the list's signature. Raises Invalid for a cursor of another list.
    """
    start, end = ((asked.page or 1) - 1) * asked.limit, len(keys)
    back = False
    if asked.cursor:
        cursor = Cursor.decode(asked.cursor, here, [is_whole] * width)
        back = cursor.back
        start = bisect_right(keys, cursor.keys)
        if back:
            end = bisect_left(keys, cursor.keys)
            start = max(0, end - asked.limit)
    end = min(end, start + asked.limit)
    found = Page(list(keys[start:end]), total=len(keys) if asked.total else None)
    if found.rows and (back or end < len(keys)):
        found.next = Cursor(found.rows[-1]).encode(here)
    if found.rows and start > 0:
        found.previous = Cursor(found.rows[0], back=True).encode(here)
    return found
