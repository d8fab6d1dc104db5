"""What a client sees of a row, said once a noun: fields, who sees them, how they sort, filter, expand and link.

A shape is compiled once for each set of fields into the columns to read and one function over a row. A page of fifty
rows is read raw, without model objects, Decimals or datetimes that would only become text again.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.access import Role
from common.fields import Field as Rule
from common.fields import Id
from common.http.compiled import Compiled
from common.http.conditions import Condition, Scope
from common.kept import Kept

AT = "at"
"""The parameter of a list that can tell how it stood at a time."""
AT_TIMESTAMP = "at_timestamp"
"""The same time for what is compared with a column of timestamps; `AT` is for one of milliseconds."""


@dataclass(frozen=True, slots=True)
class Field:
    """One member of the representation.

    `column`: an expression; absent: the model's attribute of that name. `wire`: what makes its value fit to be shown,
    where the column's type does not say. `role`: the least role that sees it. `sort`: True, or the expression (never
    null) to sort by. `filters`: whether lists filter by it, `by`: under another expression. `rule`: what a filter's
    value keeps, where the column's type does not say. `expand`: the noun whose row may stand in. `hidden`: read for
    links or filters alone; `filter_only`: not even read. `of_store`: the column with the store it tells of: null for
    callers for whom that store's stock does not exist.
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
    of_store: Any = None
    by: Any = None
    filter_only: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """A member that lists rows of another table, such as a document's lines.

    `of`: a field and its value; rows that have another one there have none, so that nobody asks for theirs. `row`: of
    one below another such as a line's batches, the hidden field with what `key` names the row by, null where it has
    none; where all of a page have none, nobody asks.
    """

    name: str
    shape: Shape
    key: Any
    order: Any
    where: Any = None
    of: tuple[str, Any] | None = None
    row: str = "id"


@dataclass(frozen=True, slots=True)
class Link:
    """A link, or an action: offered to callers whose role includes `role`, on rows of which all of `when` holds.

    `href` is a template over the row's members.
    """

    name: str
    href: str
    method: str = "GET"
    role: Role | None = None
    when: tuple[Condition, ...] = ()


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
        called: str | None = None,
        borrowed: Any = None,
        digested: bool = False,
        endless: bool = False,
        computed: bool = False,
        late: Sequence[tuple[Any, Any, bool]] = (),
    ) -> None:
        self.model, self.path, self.links, self.many, self.joins = model, path, tuple(links), tuple(many), tuple(joins)
        self.row_path = row_path or f"{path}/%(id)d"
        self.has_rows = key is None or row_path is not None
        self.keys: tuple[Any, ...] = (model.id,) if key is None else key if isinstance(key, tuple) else (key,)
        self.search, self.archivable, self.default_sort = search, archivable, default_sort
        self.borrowed = borrowed  # when other rows that are shown within this one changed last
        self.digested = digested  # no version or time says all that is shown: its tags are digests of that
        self.defaults, self.bare, self.called = dict(defaults or {}), bare, called
        self.fields = {
            field.name: field for field in _with_common(model, fields, version=version, archivable=archivable)
        }
        self.versioned = version is not None
        self.endless = endless  # it has no last page: one may wait for what comes next
        self.computed = computed  # its select is another for each question: nothing built for one is kept
        self.late = tuple(late)  # joins that cost much and leave out no row (common/http/late.py)
        self.then: Shape | None = None  # how the list is shown as it stood at a time, the parameter `at` of its columns
        self._compiled: Kept[Any, Compiled] = Kept(512)
        if path:
            registry.setdefault(model.__tablename__, self)
        if path.count("/") == 1:  # else it is called after what stands above it too
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

    def asked(self, parameters: Container[str]) -> Shape:
        """Return what the list is shown by where these are asked: this, or how it stood at a time."""
        return self.then if self.then is not None and AT in parameters else self

    def visible(self, role: Role | None) -> list[str]:
        """Return the names of the fields that a role sees."""
        return [
            n
            for n, f in self.fields.items()
            if not (f.hidden or f.filter_only) and (f.role is None or (role or 0) >= f.role)
        ]

    def compiled(self, scope: Scope, names: frozenset[str] | None = None) -> Compiled:
        """Return the shape made ready for a scope and a choice of fields."""
        return self._compiled.recall((scope, names), lambda: Compiled(self, scope, names))


registry: dict[str, Shape] = {}
"""Every shape by its noun and by its table, so that one may expand another without importing it."""


def _with_common(model: Any, fields: Iterable[Field], *, version: Any, archivable: bool) -> list[Field]:
    if version is None:
        return list(fields)
    first = [
        Field("id", sort=model.id, filters=True, rule=Id()),
        Field("version", column=None if version is True else version, nullable=False),
    ]
    last = [Field("created_at", sort=True, filters=True), Field("updated_at", sort=True, filters=True)]
    if archivable:
        last.append(Field("archived_at", filters=True))
    given = {field.name for field in fields}
    return [f for f in first if f.name not in given] + list(fields) + [f for f in last if f.name not in given]
