"""Lists narrowed by `q=`: what stands under exactly that SKU or barcode comes first, then what has every word.

A noun that can be searched names its search; resources register how (the model side is such as models/search.py).
Exact hits are pinned before the rest as rows with the keys -n … -1, so that cursors reach them like any other row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, literal, select

if TYPE_CHECKING:
    from common.http.compiled import Compiled
    from common.http.cursors import Cursor
    from common.http.query import Query
    from common.http.shapes import Shape


@dataclass(frozen=True)
class Searchable:
    """How a noun is searched.

    `expression(dialect, text)` is the engine's form of what was typed, `match(dialect, text)` the index, `on` the
    column that its id stands in. `exact(connection, text)` gives the ids to pin; without it the index only narrows.
    """

    expression: Callable[[str, str], str]
    match: Callable[[str, str], Any]
    on: Any
    exact: Callable[[Connection, str], Sequence[int]] | None = None


searchables: dict[str, Searchable] = {}


@dataclass
class Search:
    """One search, ready to narrow a select."""

    how: Searchable
    match: Any
    values: dict[str, Any]
    pinned: Sequence[int] = field(default_factory=tuple)

    @property
    def kind(self) -> tuple[Any, ...]:
        """What the statement depends on; the match is one object for each form of question."""
        return (id(self.how), id(self.match), bool(self.pinned))

    @property
    def finds_nothing(self) -> bool:
        """Whether no word was typed, and nothing has just that code."""
        return self.values["q"] == self.match.nothing and not self.pinned

    @property
    def id(self) -> Any:
        """The column to tie and order by, which the index gives in order; None where it only narrows."""
        return self.match.id if self.how.exact else None

    def narrow(self, statement: Select[Any]) -> Select[Any]:
        """Return the select of what the search finds, without what is pinned before it."""
        if self.id is None:
            return statement.where(self.how.on.in_(select(self.match.id).where(self.match.where)))
        statement = statement.join(self.match.source, self.match.id == self.how.on).where(self.match.where)
        return statement.where(self.match.id.not_in(bindparam("pins", expanding=True))) if self.pinned else statement

    def pins(
        self,
        connection: Connection,
        filtered: Select[Any],
        compiled: Compiled,
        values: dict[str, Any],
        cursor: Cursor | None,
    ) -> list[Any]:
        """Return the pinned rows that stand beyond the cursor, each with its negative key at its end."""
        statement = filtered.with_only_columns(*compiled.columns, literal(0), self.how.on.label("_id"))
        statement = statement.where(self.how.on.in_(bindparam("pins", expanding=True)))
        found = {row[-1]: tuple(row[:-2]) for row in connection.execute(statement, values)}
        rows = [found[id_] for id_ in self.pinned if id_ in found]
        keyed = [(*row, key) for key, row in enumerate(rows, start=-len(rows))]
        if cursor is None:
            return keyed
        edge = cursor.keys[-1]
        return [row for row in keyed if row[-1] < edge][::-1] if cursor.back else [r for r in keyed if r[-1] > edge]


def searcher(connection: Connection, shape: Shape, query: Query) -> Search | None:
    """Return the search that is asked for, if any."""
    if not query.q or shape.search is None:
        return None
    how = searchables[shape.search]
    dialect = connection.dialect.name
    match = how.match(dialect, query.q)
    search = Search(how, match, {"q": how.expression(dialect, query.q) or match.nothing})
    if how.exact and not query.sort:
        search.pinned = how.exact(connection, query.q)
        search.values |= {"pins": list(search.pinned)} if search.pinned else {}
    return search
