"""A shape made ready for one kind of caller: the columns to read, and one function that makes rows fit to be sent.

The function is written here as Python source and compiled once, as `dataclasses` and `namedtuple` do it: a page of
fifty rows then costs a third of what walking the shape for each row costs (docs/performance.md). Rows are read raw,
without model objects, Decimals or datetimes that would only become text again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from sqlalchemy import Boolean, ColumnElement, type_coerce

from common.access import Role
from common.http.kinds import EMPTY, json_wire, kind_of, time_wire

if TYPE_CHECKING:
    from common.http.shapes import Field, Link, Shape, When

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
        self.wires: dict[str, Callable[[Any], Any]] = {}
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
        self.columns.append((type_coerce(column, kind.raw) if kind.raw else column).label(field.name))

    def show(self, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """Return raw rows as they are sent; what stands in a row behind its columns is passed over."""
        shown: list[dict[str, Any]] = self._show(rows)
        return shown

    @cached_property
    def _show(self) -> Callable[[Sequence[Sequence[Any]]], list[dict[str, Any]]]:
        place = {name: f"v{i}" for i, name in enumerate(self.names)}
        values = {f"wire_{name}": wire for name, wire in self.wires.items()}
        members = [f"{name!r}: {self._member(name, place[name])}" for name in self.shown]
        if self.with_links:
            members.append(f"'links': fragment({_Links(self.shape, self.scope, place, values).source()})")
        source = f"lambda rows: [{{{', '.join(members)}}} for {', '.join([*place.values(), '*_'])} in rows]"
        # The source holds names and paths of this program's own shapes; nothing that a client sends comes near it.
        made: Any = eval(source, values | {"fragment": orjson.Fragment, "empty": EMPTY})  # noqa: S307
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
    """The source of the expression that gives a row's links as JSON text."""

    def __init__(self, shape: Shape, scope: Scope, place: dict[str, str], values: dict[str, Any]) -> None:
        self.shape, self.scope, self.place, self.values = shape, scope, place, values

    def source(self) -> str:
        always = [("self", self.shape.row_path)] if self.shape.has_rows else []
        always += [("collection", self.shape.path)] if self.shape.path else []
        first = ",".join(self._link(name, path, "GET") for name, path in always)
        offered = [link for link in self.shape.links if link.role is None or (self.scope.role or 0) >= link.role]
        parts = [self._text("{" + first)]
        for conditions, links in groupby(offered, key=lambda link: link.when):
            parts.append(self._part(conditions, list(links)))
        return " + ".join([*parts, "'}'"])

    def _part(self, conditions: tuple[When, ...], links: list[Link]) -> str:
        text = self._text("".join("," + self._link(link.name, link.href, link.method) for link in links))
        return f"({text} if {' and '.join(map(self._test, conditions))} else '')" if conditions else text

    def _link(self, name: str, path: str, method: str) -> str:
        return f'"{name}":' + orjson.dumps({"href": self.scope.prefix + path, "method": method}).decode("utf-8")

    def _text(self, json: str) -> str:
        escaped = json.replace("{", "{{").replace("}", "}}")
        return "f" + repr(_PLACE.sub(lambda found: f"{{{self.place[found[1]]}}}", escaped))

    def _test(self, condition: When) -> str:
        if condition.value is None:
            return f"{self.place[condition.field]} {'is' if condition.same else 'is not'} None"
        name = f"value_{len(self.values)}"
        self.values[name] = condition.value
        return f"{self.place[condition.field]} {'==' if condition.same else '!='} {name}"


def linked(shape: Shape) -> list[str]:
    """Return the fields that links are made of, their conditions among them."""
    templates = shape.row_path + " ".join(link.href for link in shape.links)
    tested = {condition.field for link in shape.links for condition in link.when}
    return [name for name, f in shape.fields.items() if f"%({name})" in templates or f.hidden or name in tested]
