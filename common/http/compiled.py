"""A shape made ready for one kind of caller: the columns to read, and one function that makes rows fit to be sent.

The function is written here as Python source and compiled once, as `dataclasses` and `namedtuple` do it: a page of
fifty rows then costs a third of what walking the shape for each row costs (docs/performance.md). Rows are read raw,
without model objects, Decimals or datetimes that would only become text again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Boolean, ColumnElement, case, type_coerce

from common.http.conditions import Condition, Scope
from common.http.kinds import EMPTY, json_wire, kind_of, time_wire

if TYPE_CHECKING:
    from common.http.shapes import Field, Shape

Maker = Callable[[Sequence[Sequence[Any]]], list[dict[str, Any]]]
_PLACE = re.compile(r"%\((\w+)\)d")
_DEEPEST = 4
"""How many tests of links stand in one tree; its ways are up to 16."""


class Compiled:
    """The columns to read and how rows of them are shown."""

    def __init__(self, shape: Shape, scope: Scope, names: frozenset[str] | None) -> None:
        self.shape, self.scope = shape, scope
        self.many = [many for many in shape.many if names is None or many.name in names]
        self.columns: list[ColumnElement[Any]] = []
        self.wires: dict[str, Callable[[Any], Any]] = {}
        self._makers: dict[int, Maker] = {}
        self.with_links = not shape.bare and (names is None or "links" in names)
        shown = [name for name in shape.visible(scope.role) if names is None or name in names or name == "id"]
        # What links are made of is read even where it is not shown.
        self.names = [*shown, *(name for name in linked(shape) if name not in shown)]
        self.shown = shown
        for name in self.names:
            self._add(shape.fields[name], shape.column(name))

    def _add(self, field: Field, column: Any) -> None:
        kind = kind_of(column.type, self.scope.decimals)
        wire = field.wire or kind.wire or (bool if isinstance(column.type, Boolean) else None)
        if wire is not None:
            self.wires[field.name] = wire
        if field.of_store is not None and self.scope.sees is not None:
            column = type_coerce(case((field.of_store.in_(sorted(self.scope.sees)), column), else_=None), column.type)
        self.columns.append((type_coerce(column, kind.raw) if kind.raw else column).label(field.name))

    def show(self, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """Return raw rows as they are sent; what stands in a row behind its columns is passed over."""
        if not rows:
            return []
        behind = len(rows[0]) - len(self.names)
        shown: list[dict[str, Any]] = (self._makers.get(behind) or self._maker(behind))(rows)
        return shown

    def _maker(self, behind: int) -> Maker:
        """Return the function for rows with so many columns more; to take what is left by a star costs a list a row."""
        place = {name: f"v{i}" for i, name in enumerate(self.names)}
        values = {f"wire_{name}": wire for name, wire in self.wires.items()}
        members = [f"{name!r}: {self._member(name, place[name])}" for name in self.shown]
        if self.with_links:
            members.append(f"'links': fragment({_Links(self.shape, self.scope, place, values).source()})")
        columns = ", ".join([*place.values(), *["_"] * behind])
        source = f"lambda rows: [{{{', '.join(members)}}} for {columns}, in rows]"
        # The source holds names and paths of this program's own shapes; nothing that a client sends comes near it.
        made: Any = eval(source, values | {"fragment": orjson.Fragment, "empty": EMPTY})  # noqa: S307
        self._makers[behind] = made
        return made  # type: ignore[no-any-return]

    def _member(self, name: str, place: str) -> str:
        if name not in self.wires:
            return place
        if self.wires[name] is json_wire:  # a call for each would cost more than what it does
            return f"None if {place} is None else empty.get({place}) or fragment({place})"
        if self.wires[name] is time_wire:  # most of a page's values, and on SQLite fit as they are
            return f"{place} if {place} is None or {place}.__class__ is str else wire_{name}({place})"
        return f"None if {place} is None else wire_{name}({place})"


class _Links:
    """The source of the expression that gives a row's links as JSON text.

    Each way that the conditions can come out has one f-string of its own, in which all that is fixed is one piece
    between two numbers: the links are half of what a row's text costs, and putting it together from more pieces
    doubles that.
    """

    def __init__(self, shape: Shape, scope: Scope, place: dict[str, str], values: dict[str, Any]) -> None:
        self.shape, self.scope, self.place, self.values = shape, scope, place, values

    def source(self) -> str:
        always = [("self", self.shape.row_path, "GET")] if self.shape.has_rows else []
        always += [("collection", self.shape.path, "GET")] if self.shape.path else []
        offered = [link for link in self.shape.links if link.role is None or (self.scope.role or 0) >= link.role]
        if not always and offered:  # each of the others follows a comma
            always, offered = [(offered[0].name, offered[0].href, offered[0].method)], offered[1:]
        parts = [("", "{" + ",".join(self._link(*link) for link in always))]
        for conditions, links in groupby(offered, key=lambda link: link.when):
            text = "".join("," + self._link(link.name, link.href, link.method) for link in links)
            parts.append((self._test(conditions), text))
        return self._tree("", [*parts, ("", "}")], _DEEPEST)

    def _tree(self, text: str, parts: Sequence[tuple[str, str]], depth: int) -> str:
        """Return the expression for a text that is certain and the parts after it, each with its test or none."""
        if not parts:
            return self._text(text)
        (test, more), *rest = parts
        if not test:
            return self._tree(text + more, rest, depth)
        if not depth:  # ways double with each test
            return f"{self._text(text)} + {self._tree('', parts, _DEEPEST)}"
        held, failed = (self._tree(so_far, rest, depth - 1) for so_far in (text + more, text))
        return f"({held} if {test} else {failed})"

    def _test(self, conditions: tuple[Condition, ...]) -> str:
        tests = [one.source(self.place[one.field], self.scope, self._value) for one in conditions]
        return " and ".join(test for test in tests if test)

    def _link(self, name: str, path: str, method: str) -> str:
        return f'"{name}":' + orjson.dumps({"href": self.scope.prefix + path, "method": method}).decode("utf-8")

    def _text(self, json: str) -> str:
        """Return an expression for JSON in which fields have their place; each is made text once."""
        pieces, end, texts = [], 0, set[str]()
        for found in _PLACE.finditer(json):
            place = self.place[found[1]]
            pieces += [repr(json[end : found.start()]), f"f'{{text_{place}}}'" if place in texts else _as_text(place)]
            texts.add(place)
            end = found.end()
        return f"({' '.join([*pieces, repr(json[end:])])})"

    def _value(self, value: Any) -> str:
        name = f"value_{len(self.values)}"
        self.values[name] = value
        return name


def _as_text(place: str) -> str:
    return f"f'{{(text_{place}:=str({place}))}}'"


def linked(shape: Shape) -> list[str]:
    """Return the fields that links are made of, their conditions among them."""
    templates = shape.row_path + " ".join(link.href for link in shape.links)
    tested = {condition.field for link in shape.links for condition in link.when}
    return [name for name, f in shape.fields.items() if f"%({name})" in templates or f.hidden or name in tested]
