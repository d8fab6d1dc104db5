"""The query string of a list or a row: what may be asked, all of it checked, unknown names refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from flask import request

from common import errors
from common.access import Role
from common.errors import FieldError
from common.fields import Boolean, Field, FieldProblem, FieldProblems, Integer, ListOf, Text, field_errors, shown
from common.http.kinds import kind_of
from common.http.shapes import Shape

MOST_ROWS = 200
DEFAULT_ROWS = 50
DEEPEST_ROW = 10_000
_FILTER = re.compile(r"([a-z_]+)(?:\[(gte|gt|lte|lt)\])?")
_OPERATORS = ("gte", "gt", "lte", "lt")


@dataclass(slots=True)
class Query:
    """What a client asked of a list or a row."""

    limit: int = DEFAULT_ROWS
    cursor: str | None = None
    page: int | None = None
    total: bool = False
    sort: tuple[tuple[str, bool], ...] = ()
    fields: frozenset[str] | None = None
    expand: tuple[str, ...] = ()
    filters: list[tuple[str, str, Any]] = field(default_factory=list)
    archived: bool = False
    q: str = ""


class _Reader:
    """Reads one query string, gathering what is wrong."""

    def __init__(self, shape: Shape, role: Role | None) -> None:
        self.shape, self.role = shape, role
        self.problems: list[FieldError] = []
        self.query = Query()

    def refuse(self, name: str, code: str, message: str) -> None:
        self.problems.append(FieldError(shown(name), code, message))

    def take(self, name: str, rule: Field, text: str) -> Any:
        try:
            return rule.from_text(text)
        except (FieldProblem, FieldProblems) as problem:
            self.problems += field_errors(name, problem)
            return None

    def read(self, *, of_list: bool) -> Query:
        for name, texts in request.args.lists():
            if len(texts) > 1:
                self.refuse(name, "duplicate", "This parameter stands here twice.")
            elif name in _OF_ROWS:
                _OF_ROWS[name](self, texts[0])
            elif of_list and name in _OF_LISTS:
                _OF_LISTS[name](self, texts[0])
            elif not of_list or not self._filter(name, texts[0]):
                self.refuse(name, "unknown", "There is no such parameter here.")
        if self.query.page is not None and self.query.cursor is not None:
            self.refuse("page", "choice", "Use either page or cursor.")
        if self.query.page is not None and self.query.page * self.query.limit > DEEPEST_ROW:
            self.refuse("page", "too_large", f"Pages reach {DEEPEST_ROW} rows deep; go on by cursor.")
        asked = {name for name, _, _ in self.query.filters}
        self.query.filters += [(n, "eq", v) for n, v in self.shape.defaults.items() if of_list and n not in asked]
        if self.query.fields is not None:
            self.query.fields |= frozenset(self.query.expand)
        if self.problems:
            raise errors.Invalid("Some parameters are not valid; `errors` names each.", errors=self.problems)
        return self.query

    def _filter(self, name: str, text: str) -> bool:
        match = _FILTER.fullmatch(name)
        found = self.shape.fields.get(match[1]) if match else None
        if match is None or found is None or not found.filters or (found.role or 0) > (self.role or 0):
            return False
        operator = match[2] or "eq"
        column = self.shape.filter_column(found.name)
        rule = found.rule or kind_of(column.type, 2).rule
        if operator == "eq" and text == "null" and getattr(column, "nullable", False):
            self.query.filters.append((found.name, "null", None))
        elif operator == "eq" and "," in text and not isinstance(rule, Text):
            values = self.take(name, ListOf(rule, MOST_ROWS, min=1), text)
            self.query.filters.append((found.name, "in", values))
        else:
            self.query.filters.append((found.name, operator, self.take(name, rule, text)))
        return True

    def _limit(self, name: str, text: str) -> None:
        self.query.limit = self.take(name, Integer(1, MOST_ROWS), text) or 1

    def _page(self, text: str) -> None:
        self.query.page = self.take("page", Integer(1, DEEPEST_ROW), text)

    def _cursor(self, text: str) -> None:
        self.query.cursor = text

    def _total(self, text: str) -> None:
        self.query.total = bool(self.take("total", Boolean(), text))

    def _archived(self, text: str) -> None:
        if not self.shape.archivable:
            self.refuse("archived", "unknown", "There is no such parameter here.")
        self.query.archived = bool(self.take("archived", Boolean(), text))

    def _q(self, text: str) -> None:
        if self.shape.search is None:
            self.refuse("q", "unknown", "There is no such parameter here.")
        self.query.q = self.take("q", Text(200, min=0), text) or ""

    def _sort(self, text: str) -> None:
        names = text.split(",")
        sortable = {n for n in self.shape.visible(self.role) if self.shape.fields[n].sort is not None}
        wrong = [name for name in names if name.removeprefix("-") not in sortable]
        if wrong or len(set(names)) < len(names):
            self.refuse(
                "sort", "choice", f"This list sorts by {', '.join(sorted(sortable))}; - before a name turns it round."
            )
        else:
            self.query.sort = tuple((name.removeprefix("-"), name.startswith("-")) for name in names)

    def _fields(self, text: str) -> None:
        known = {*self.shape.visible(self.role), *(many.name for many in self.shape.many), "links"}
        names = frozenset(text.split(","))
        if not names <= known:
            self.refuse("fields", "choice", f"The fields are {', '.join(sorted(known))}.")
        self.query.fields = names & known

    def _expand(self, text: str) -> None:
        known = {expanded_name(n): n for n in self.shape.visible(self.role) if self.shape.fields[n].expand}
        names = text.split(",")
        if not set(names) <= known.keys():
            self.refuse("expand", "choice", f"What can be expanded: {', '.join(sorted(known)) or 'nothing'}.")
        self.query.expand = tuple(known[name] for name in dict.fromkeys(names) if name in known)


def expanded_name(field_name: str) -> str:
    """Return the member that an expanded row stands under: `category_id` gives `category`."""
    return field_name.removesuffix("_id")


_OF_ROWS = {"fields": _Reader._fields, "expand": _Reader._expand}  # noqa: SLF001 - of its own module
_OF_LISTS = {
    "limit": lambda reader, text: reader._limit("limit", text),  # noqa: SLF001
    "per_page": lambda reader, text: reader._limit("per_page", text),  # noqa: SLF001
    "page": _Reader._page,  # noqa: SLF001
    "cursor": _Reader._cursor,  # noqa: SLF001
    "total": _Reader._total,  # noqa: SLF001
    "archived": _Reader._archived,  # noqa: SLF001
    "q": _Reader._q,  # noqa: SLF001
    "sort": _Reader._sort,  # noqa: SLF001
}


_asked_before: dict[tuple[Shape, Role | None, bytes], Query] = {}
_MOST_KEPT, _LONGEST_KEPT = 512, 200


def of_list(shape: Shape, role: Role | None) -> Query:
    """Return what is asked of a list; raises Invalid with everything that is wrong. It is shared: nobody changes it."""
    asked = (shape, role, request.query_string)
    found = _asked_before.get(asked)
    if found is None:
        found = _Reader(shape, role).read(of_list=True)
        if len(_asked_before) >= _MOST_KEPT:
            _asked_before.clear()
        if len(request.query_string) <= _LONGEST_KEPT:
            _asked_before[asked] = found
    return found


def of_row(shape: Shape, role: Role | None) -> Query:
    """Return what is asked of a row; raises Invalid with everything that is wrong."""
    return _Reader(shape, role).read(of_list=False) if request.query_string else Query()


def refuse_any() -> None:
    """Raise Invalid for any parameter: a change is said in the body."""
    if request.query_string:
        problems = [FieldError(shown(name), "unknown", "There is no such parameter here.") for name in request.args]
        raise errors.Invalid(errors=problems)
