"""When a link is offered: conditions on a row, and on what the caller may see and change.

Each gives the source of its test for the function that shows rows (common/http/compiled.py); an empty one where it
holds for this caller whatever the row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from common.access import Role


class Scope(NamedTuple):
    """What a representation depends on besides the row: the caller's role, the currency's decimals, the version.

    `sees` and `changes` are the stores whose stock exists for the caller, and whose they may change; None for all.
    """

    role: Role | None
    decimals: int
    prefix: str
    sees: frozenset[int] | None = None
    changes: frozenset[int] | None = None


class Condition(Protocol):
    """A condition on the row's `field`."""

    @property
    def field(self) -> str:
        """The name of the field."""

    def source(self, place: str, scope: Scope, name: Callable[[Any], str]) -> str:
        """Return the test of the variable `place`; `name` gives a value a name that may stand in it."""


@dataclass(frozen=True, slots=True)
class When:
    """That a field has this value, or with `same` false another."""

    field: str
    value: Any = None
    same: bool = True

    def source(self, place: str, scope: Scope, name: Callable[[Any], str]) -> str:
        """See Condition."""
        del scope
        if self.value is None:
            return f"{place} {'is' if self.same else 'is not'} None"
        return f"{place} {'==' if self.same else '!='} {name(self.value)}"


@dataclass(frozen=True, slots=True)
class Own:
    """That the caller may change what is in the store that a field names."""

    field: str

    def source(self, place: str, scope: Scope, name: Callable[[Any], str]) -> str:
        """See Condition."""
        return "" if scope.changes is None else f"{place} in {name(scope.changes)}"


@dataclass(frozen=True, slots=True)
class Seen:
    """That the stock of the store that a field names exists for the caller."""

    field: str

    def source(self, place: str, scope: Scope, name: Callable[[Any], str]) -> str:
        """See Condition."""
        return "" if scope.sees is None else f"{place} in {name(scope.sees)}"


@dataclass(frozen=True, slots=True)
class Holds:
    """That a test of the field's value, and of who asks, comes out true; asked anew for each row."""

    field: str
    test: Callable[[Any], bool]

    def source(self, place: str, scope: Scope, name: Callable[[Any], str]) -> str:
        """See Condition."""
        del scope
        return f"{name(self.test)}({place})"


LIVE = (When("archived_at"),)
ARCHIVED = (When("archived_at", same=False),)


def given(field: str) -> tuple[When, ...]:
    """Return the condition that a field is not null."""
    return (When(field, same=False),)
