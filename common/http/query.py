"""The query string of a list or a row: what may be asked, all of it checked, unknown names refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request

from common import errors
from common.access import Role
from common.errors import FieldError
from common.fields import (
    Boolean,
    Choice,
    Field,
    FieldProblem,
    FieldProblems,
    Integer,
    ListOf,
    Text,
    field_errors,
    shown,
)
from common.http.asked import Asked
from common.http.kinds import kind_of
from common.http.shapes import Shape
from common.http.waiting import LONGEST_SECONDS
from common.kept import Kept

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
    wait: int = 0
    asked: dict[str, Any] = field(default_factory=dict)
    """The list's own parameters."""
    text: str = ""
    """As it was written, `?` before it where there is one."""
    elsewhere: str = "?"
    """The same for another page, to be followed by its cursor."""


class _Reader:
    """Reads one query string, gathering what is wrong."""

    def __init__(
        self, shape: Shape, role: Role | None, formats: tuple[str, ...] = (), asks: Mapping[str, Asked] | None = None
    ) -> None:
        self.shape, self.role, self.asks = shape, role, asks or {}
        self.own = {name: one.rule for name, one in self.asks.items()}
        if len(formats) > 1:
            self.own["format"] = Choice(*formats)
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
        text = request.query_string.decode("latin-1")
        kept = [part for part in text.split("&") if part and part.partition("=")[0] not in {"cursor", "page"}]
        self.query.text, self.query.elsewhere = text and f"?{text}", "".join(["?", *(f"{part}&" for part in kept)])
        for name, texts in request.args.lists():
            if len(texts) > 1 or (name == "per_page" and "limit" in request.args):
                self.refuse(name, "duplicate", "This parameter stands here twice.")
            elif name in self.own:
                self.query.asked[name] = self.take(name, self.own[name], texts[0])
            elif name in _OF_ROWS:
                _OF_ROWS[name](self, texts[0])
            elif of_list and name in _OF_LISTS:
                _OF_LISTS[name](self, texts[0])
            elif not of_list or not self._filter(name, texts[0]):
                self.refuse(name, "unknown", "There is no such parameter here.")
        if self.query.page is not None:
            self._refuse_depth(self.query.page)
        self.query.asked = {name: one.default for name, one in self.asks.items()} | self.query.asked
        asked = {name for name, _, _ in self.query.filters}
        self.query.filters += [(n, "eq", v) for n, v in self.shape.defaults.items() if of_list and n not in asked]
        if self.query.fields is not None:
            self.query.fields |= frozenset(self.query.expand)
        if self.problems:
            raise errors.Invalid("Some parameters are not valid; `errors` names each.", errors=self.problems)
        return self.query

    def _refuse_depth(self, page: int) -> None:
        if self.query.cursor is not None:
            self.refuse("page", "choice", "Use either page or cursor.")
        if page * self.query.limit > DEEPEST_ROW:
            self.refuse("page", "too_large", f"Pages reach {DEEPEST_ROW} rows deep; go on by cursor.")

    def _filter(self, name: str, text: str) -> bool:
        match = _FILTER.fullmatch(name)
        found = self.shape.fields.get(match[1]) if match else None
        if match is None or found is None or not found.filters or (found.role or 0) > (self.role or 0):
            return False
        operator = match[2] or "eq"
        column = self.shape.filter_column(found.name)
        rule = found.rule or kind_of(column.type, 2).rule
        nullable = operator == "eq" and getattr(column, "nullable", False)
        if nullable and text == "null":
            self.query.filters.append((found.name, "null", None))
        elif operator == "eq" and "," in text and not isinstance(rule, Text):
            several = text.split(",")
            others = [one for one in several if not (nullable and one == "null")]
            values = self.take(name, ListOf(rule, MOST_ROWS, min=1), ",".join(others))
            self.query.filters.append((found.name, "in" if others == several else "in or null", values))
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

    def _wait(self, text: str) -> None:
        if not self.shape.endless:
            self.refuse("wait", "unknown", "There is no such parameter here.")
        self.query.wait = self.take("wait", Integer(0, LONGEST_SECONDS), text) or 0

    def _sort(self, text: str) -> None:
        names = text.split(",")
        sortable = {n for n in self.shape.visible(self.role) if self.shape.fields[n].sort is not None}
        wrong = [name for name in names if name.removeprefix("-") not in sortable]
        if wrong or len(set(names)) < len(names):
            by = f"This list sorts by {', '.join(sorted(sortable))}; - before a name turns it round."
            self.refuse("sort", "choice", by if sortable else "This list has one order of its own.")
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
    "wait": _Reader._wait,  # noqa: SLF001
}


_asked_before: Kept[tuple[Shape, Role | None, tuple[str, ...], bytes], Query] = Kept(512)
_LONGEST_KEPT = 200


def of_list(
    shape: Shape, role: Role | None, formats: tuple[str, ...] = (), asks: Mapping[str, Asked] | None = None
) -> Query:
    """Return what is asked of a list; raises Invalid with everything that is wrong. It is shared: nobody changes it.

    `asks` are the parameters of the one list that has this shape, beside those that every list takes.
    """
    text = request.query_string
    asked = (shape, role, formats, text)
    found = _asked_before.get(asked)
    if found is None:
        found = _Reader(shape, role, formats, asks).read(of_list=True)
        if len(text) <= _LONGEST_KEPT:
            _asked_before.keep(asked, found)
    return found


def of_row(shape: Shape, role: Role | None) -> Query:
    """Return what is asked of a row; raises Invalid with everything that is wrong."""
    return _Reader(shape, role).read(of_list=False) if request.query_string else Query()


def refuse_any() -> None:
    """Raise Invalid for any parameter: a change is said in the body."""
    if request.query_string:
        problems = [FieldError(shown(name), "unknown", "There is no such parameter here.") for name in request.args]
        raise errors.Invalid(errors=problems)
