"""What a client sees of a row, said once a noun: fields, who sees them, how they sort, filter, expand and link.

A shape is compiled once for each set of fields into the columns to read and one function over a row. A page of fifty
rows is read raw, without model objects, Decimals or datetimes that would only become text again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Boolean, ColumnElement, type_coerce

from common.access import Role
from common.fields import Field as Rule
from common.fields import Id
from common.http.kinds import kind_of


class Scope(NamedTuple):
    """What a representation depends on besides the row: the caller's role, the currency's decimals, the version."""

    role: Role | None
    decimals: int
    prefix: str


@dataclass(frozen=True, slots=True)
class Field:
    """One member of the representation.

    `column`: an expression, or several that `wire` makes one value of; absent: the model's attribute of that name.
    `role`: the least role that sees it. `sort`: True, or the expression (never null) to sort by. `filters`: whether
    lists filter by it, `by`: under another expression. `rule`: what a filter's value keeps, where the column's type does not say. `expand`: the noun
    whose row may stand in.
    """

    name: str
    column: Any = None
    role: Role | None = None
    sort: Any = None
    filters: bool = False
    rule: Rule | None = None
    expand: str | None = None
    wire: Callable[..., Any] | None = None
    schema: dict[str, Any] | None = None
    nullable: bool | None = None
    hidden: bool = False
    by: Any = None
    filter_only: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """A member that lists rows of another table, such as a document's lines."""

    name: str
    shape: Shape
    key: Any
    order: Any
    where: Any = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link, or an action where `role` is given: offered to callers of that role to whose row `when` applies.

    `href` is a template over the row's members; `when` reads the raw row as it is about to be sent.
    """

    name: str
    href: str
    method: str = "GET"
    role: Role | None = None
    when: Callable[[dict[str, Any]], bool] | None = None


class Shape:
    """How one noun is shown."""

    def __init__(  # noqa: PLR0913 - all by name, most of them rarely
        self,
        model: Any,
        path: str,
        fields: Sequence[Field],
        *,
        row_path: str | None = None,
        key: Any = None,
        version: Any = True,
        links: Sequence[Link] = (),
        many: Sequence[Many] = (),
        joins: Sequence[tuple[Any, Any, bool]] = (),
        search: str | None = None,
        archivable: bool = False,
        default_sort: str = "id",
        defaults: Mapping[str, Any] | None = None,
        bare: bool = False,
    ) -> None:
        self.model, self.path, self.links, self.many, self.joins = model, path, tuple(links), tuple(many), tuple(joins)
        self.row_path = row_path or f"{path}/%(id)d"
        self.has_rows = key is None
        self.key = model.id if key is None else key
        self.search, self.archivable, self.default_sort = search, archivable, default_sort
        self.defaults, self.bare = dict(defaults or {}), bare
        self.fields = {
            field.name: field for field in _with_common(model, fields, version=version, archivable=archivable)
        }
        self.versioned = "version" in self.fields
        self._compiled: dict[Any, Compiled] = {}
        if path:
            registry.setdefault(path.rsplit("/", 1)[-1], self)

    def column(self, name: str) -> Any:
        """Return the expression of a field."""
        field = self.fields[name]
        return getattr(self.model, name) if field.column is None else field.column

    def filter_column(self, name: str) -> Any:
        """Return the expression that filters compare: one of a field's own where that differs from what it shows.

        A function takes a test and returns the condition, such as that of standing in one of a document's lines.
        """
        field = self.fields[name]
        return self.column(name) if field.by is None else field.by

    def visible(self, role: Role | None) -> list[str]:
        """Return the names of the fields that a role sees."""
        return [
            n
            for n, f in self.fields.items()
            if not (f.hidden or f.filter_only) and (f.role is None or (role or 0) >= f.role)
        ]

    def compiled(self, scope: Scope, names: frozenset[str] | None = None) -> Compiled:
        """Return the shape made ready for a scope and a choice of fields."""
        key = (scope, names)
        if key not in self._compiled:
            self._compiled[key] = Compiled(self, scope, names)
        return self._compiled[key]


registry: dict[str, Shape] = {}
"""Every shape by its noun, so that one may expand another without importing it."""


def _with_common(model: Any, fields: Iterable[Field], *, version: Any, archivable: bool) -> list[Field]:
    if version is None:
        return list(fields)
    first = [
        Field("id", sort=model.id, filters=True, rule=Id()),
        Field("version", column=None if version is True else version),
    ]
    last = [Field("created_at", sort=True, filters=True), Field("updated_at", sort=True, filters=True)]
    if archivable:
        last.append(Field("archived_at", filters=True))
    given = {field.name for field in fields}
    return [f for f in first if f.name not in given] + list(fields) + [f for f in last if f.name not in given]


class Compiled:
    """The columns to read and how a row of them is shown."""

    def __init__(self, shape: Shape, scope: Scope, names: frozenset[str] | None) -> None:
        self.shape, self.scope = shape, scope
        role = scope.role
        shown = [name for name in shape.visible(role) if names is None or name in names or name == "id"]
        self.many = [many for many in shape.many if names is None or many.name in names]
        self.columns: list[ColumnElement[Any]] = []
        self.names: list[str] = []
        self.simple: list[tuple[str, Callable[[Any], Any]]] = []
        self.made: list[tuple[str, Callable[..., Any], int]] = []
        for name in shown:
            self._add(shape.fields[name], shape.column(name))
        # What links are made of is read even where it is not shown.
        self.hidden = [name for name in _linked(shape) if name not in self.names]
        for name in self.hidden:
            self._add(shape.fields[name], shape.column(name))
        self.with_links = not shape.bare and (names is None or "links" in names)
        self.offered = [link for link in shape.links if link.role is None or (role or 0) >= link.role]
        self._templates: dict[tuple[bool, ...], str] = {}

    def _add(self, field: Field, column: Any) -> None:
        if isinstance(column, tuple):
            self.made.append((field.name, field.wire or tuple, len(column)))
            self.columns += [part.label(f"{field.name}_{i}") for i, part in enumerate(column)]
            self.names += [f"{field.name}_{i}" for i in range(len(column))]
            return
        kind = kind_of(column.type, self.scope.decimals)
        self.columns.append((type_coerce(column, kind.raw) if kind.raw else column).label(field.name))
        self.names.append(field.name)
        if field.wire or kind.wire:
            self.simple.append((field.name, field.wire or kind.wire))  # type: ignore[arg-type]
        elif isinstance(column.type, Boolean):
            self.simple.append((field.name, bool))

    def show(self, values: Sequence[Any]) -> dict[str, Any]:
        """Return a raw row as it is sent."""
        row = dict(zip(self.names, values, strict=False))
        for name, wire in self.simple:
            if (value := row[name]) is not None:
                row[name] = wire(value)
        for name, make, count in self.made:
            row[name] = make(*(row.pop(f"{name}_{i}") for i in range(count)))
        if self.with_links:
            row["links"] = self._links(row)
        for name in self.hidden:
            del row[name]
        return row

    def _links(self, row: dict[str, Any]) -> orjson.Fragment:
        applies = tuple(link.when is None or link.when(row) for link in self.offered)
        template = self._templates.get(applies)
        if template is None:
            template = self._templates[applies] = self._template(applies)
        return orjson.Fragment(template % row)

    def _template(self, applies: tuple[bool, ...]) -> str:
        links = {"self": self._link(self.shape.row_path)} if self.shape.has_rows else {}
        if self.shape.path:
            links["collection"] = self._link(self.shape.path)
        offered = (link for link, yes in zip(self.offered, applies, strict=True) if yes)
        return orjson.dumps(links | {link.name: self._link(link.href, link.method) for link in offered}).decode("utf-8")

    def _link(self, path: str, method: str = "GET") -> dict[str, str]:
        return {"href": self.scope.prefix + path, "method": method}


def _linked(shape: Shape) -> list[str]:
    templates = shape.row_path + " ".join(link.href for link in shape.links)
    wanted = [name for name, field in shape.fields.items() if f"%({name})" in templates or field.hidden]
    return wanted + (["archived_at"] if shape.archivable and "archived_at" not in wanted else [])
