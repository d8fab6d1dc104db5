"""A shape made ready for one kind of caller: the columns to read, and rows of them made fit to be sent.

A page is worked on column by column, without model objects, Decimals or datetimes that would only become text again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from sqlalchemy import Boolean, ColumnElement, type_coerce

from common.access import Role
from common.http.kinds import kind_of

if TYPE_CHECKING:
    from common.http.shapes import Field, Link, Shape

_PLACE = re.compile(r"%\((\w+)\)d")


class Scope(NamedTuple):
    """What a representation depends on besides the row: the caller's role, the currency's decimals, the version."""

    role: Role | None
    decimals: int
    prefix: str


class Compiled:
    """The columns to read and how rows of them are shown."""

    def __init__(self, shape: Shape, scope: Scope, names: frozenset[str] | None) -> None:
        self.shape, self.scope = shape, scope
        self.many = [many for many in shape.many if names is None or many.name in names]
        self.columns: list[ColumnElement[Any]] = []
        self.names: list[str] = []
        self.wires: list[tuple[int, Callable[[Any], Any]]] = []
        self.with_links = not shape.bare and (names is None or "links" in names)
        for name in shape.visible(scope.role):
            if names is None or name in names or name == "id":
                self._add(shape.fields[name], shape.column(name))
        # What links are made of is read even where it is not shown.
        self.hidden = [name for name in linked(shape) if name not in self.names]
        for name in self.hidden:
            self._add(shape.fields[name], shape.column(name))
        self._links = _Links(shape, scope)

    def _add(self, field: Field, column: Any) -> None:
        kind = kind_of(column.type, self.scope.decimals)
        wire = field.wire or kind.wire or (bool if isinstance(column.type, Boolean) else None)
        if wire is not None:
            self.wires.append((len(self.names), wire))
        self.columns.append((type_coerce(column, kind.raw) if kind.raw else column).label(field.name))
        self.names.append(field.name)

    def show(self, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """Return raw rows as they are sent; what stands in a row behind its columns is passed over."""
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        for i, wire in self.wires:
            if columns:
                columns[i] = [None if value is None else wire(value) for value in columns[i]]
        names = self.names
        shown = [dict(zip(names, values, strict=False)) for values in zip(*columns, strict=True)]
        if self.with_links:
            self._links.add_to(shown)
        for name in self.hidden:
            for row in shown:
                del row[name]
        return shown


class _Links:
    """The links of a shape's rows, as JSON text that lacks nothing but the row's ids."""

    def __init__(self, shape: Shape, scope: Scope) -> None:
        self.shape, self.scope = shape, scope
        self.offered = [link for link in shape.links if link.role is None or (scope.role or 0) >= link.role]
        self.conditions = list(dict.fromkeys(link.when for link in self.offered if link.when is not None))
        self.templates: dict[tuple[bool, ...], tuple[str, Any]] = {}

    def add_to(self, shown: list[dict[str, Any]]) -> None:
        tests = [[when(row) for row in shown] for when in self.conditions]
        for i, row in enumerate(shown):
            applies = tuple(test[i] for test in tests)
            found = self.templates.get(applies)
            if found is None:
                found = self.templates[applies] = self._template(applies)
            text, ids = found
            row["links"] = orjson.Fragment(text % ids(row))

    def _template(self, applies: tuple[bool, ...]) -> tuple[str, Any]:
        holds = dict(zip(self.conditions, applies, strict=True))
        links = {"self": self._link(self.shape.row_path)} if self.shape.has_rows else {}
        if self.shape.path:
            links["collection"] = self._link(self.shape.path)
        offered: list[Link] = [link for link in self.offered if link.when is None or holds[link.when]]
        links |= {link.name: self._link(link.href, link.method) for link in offered}
        text = orjson.dumps(links).decode("utf-8")
        names = _PLACE.findall(text)
        return _PLACE.sub("%d", text), itemgetter(*names) if names else lambda _row: ()

    def _link(self, path: str, method: str = "GET") -> dict[str, str]:
        return {"href": self.scope.prefix + path, "method": method}


def linked(shape: Shape) -> list[str]:
    """Return the fields that links are made of, their conditions among them."""
    templates = shape.row_path + " ".join(link.href for link in shape.links)
    wanted = [name for name, field in shape.fields.items() if f"%({name})" in templates or field.hidden]
    return wanted + [name for name in shape.tested if name not in wanted]
