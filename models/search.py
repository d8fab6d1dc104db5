"""Full-text search over items: every word, by prefix, without case or accents.

Words are cut and folded here (models/text.py), so that every engine finds the same. On SQLite an FTS5 table without
content holds them under the item's id; prefixes of 1 to 24 letters have an index of their own, so that a word that
finds 300,000 rows gives its first page as quickly as one that finds fifty (without it FTS5 first collects every row
that the prefix finds). On PostgreSQL a `tsvector` under a GIN index does. MariaDB's own index knows no words of two
letters and none that it takes for common, so there a table holds a line for each word of an item.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    String,
    and_,
    bindparam,
    cast,
    column,
    delete,
    false,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.expression import FromClause

from models.text import words

_INDEX_SQLITE = text("INSERT OR REPLACE INTO item_search (rowid, words) VALUES (:id, :words)")
_INDEX_POSTGRESQL = text(
    "INSERT INTO item_search (item_id, words) VALUES (:id, array_to_tsvector(string_to_array(:words, ' '))) "
    "ON CONFLICT (item_id) DO UPDATE SET words = excluded.words"
)


@dataclass(frozen=True)
class Match:
    """How a select is narrowed to what a search finds; `id` is the column to order by."""

    source: FromClause
    id: ColumnElement[int]
    where: ColumnElement[bool]
    nothing: str
    """The expression that finds nothing."""


_LONGEST = 700  # characters of a word that MariaDB's index takes
_lines = table("item_search", column("word", String), column("item_id", Integer))
_fts = table("item_search", column("rowid", Integer), column("words", String))
_vectors = table("item_search", column("item_id", Integer), column("words", String))
_MATCHES = {
    "sqlite": Match(
        _fts, _fts.c.rowid, literal_column("item_search").op("MATCH", is_comparison=True)(bindparam("q")), '""'
    ),
    "postgresql": Match(
        _vectors,
        _vectors.c.item_id,
        # A cast, not to_tsquery, which would cut the words again by rules of its own.
        _vectors.c.words.op("@@", is_comparison=True)(cast(bindparam("q"), TSQUERY)),
        "",
    ),
}


def match(dialect: str, query: str) -> Match:
    """Return the match of a person's query for an engine; its parameter `q` is what `expression` returns."""
    return _match_of(len(words(query))) if dialect == "mariadb" else _MATCHES[dialect]


@lru_cache(maxsize=256)
def _match_of(count: int) -> Match:
    """Return MariaDB's match of so many words: of each the items that have one that begins so."""
    items = table("items", column("id", Integer)).alias("searched")
    typed = bindparam("q", type_=String)
    prefixes = (func.json_value(typed, literal_column(f"'$[{place}]'")) for place in range(count))
    found = (items.c.id.in_(select(_lines.c.item_id).where(_lines.c.word.like(prefix))) for prefix in prefixes)
    return Match(items, items.c.id, and_(*found) if count else false(), "")


def expression(dialect: str, query: str) -> str:
    """Return the engine's own form of a person's query; empty where it holds no word."""
    found = words(query)
    if dialect == "mariadb":  # a word is letters and digits, none of which stands for others
        return json.dumps([f"{word[:_LONGEST]}%" for word in found], ensure_ascii=False) if found else ""
    if dialect == "sqlite":
        return " AND ".join(f'"{word}"*' for word in found)
    return " & ".join(f"'{word}':*" for word in found)


def index(connection: Connection, rows: Iterable[tuple[int, str]]) -> None:
    """Write the words of items; `rows` are ids and texts."""
    if connection.dialect.name == "mariadb":
        _index_mariadb(connection, dict(rows))
        return
    values: list[dict[str, Any]] = [{"id": id_, "words": " ".join(words(line))} for id_, line in rows]
    if values:
        connection.execute(_INDEX_SQLITE if connection.dialect.name == "sqlite" else _INDEX_POSTGRESQL, values)


def _index_mariadb(connection: Connection, rows: dict[int, str]) -> None:
    if rows:
        connection.execute(delete(_lines).where(_lines.c.item_id.in_(rows)))
        kept = {(word[:_LONGEST], id_) for id_, line in rows.items() for word in ("", *words(line))}
        connection.execute(insert(_lines), [{"word": word, "item_id": id_} for word, id_ in sorted(kept)])


def is_ours(name: str | None) -> bool:
    """Tell whether a table belongs to the search, which migrations write by hand."""
    return bool(name) and str(name).startswith("item_search")
