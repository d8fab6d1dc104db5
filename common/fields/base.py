"""What every field is, how it says no, and how all that is wrong is gathered before anything is answered."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from common.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Callable

# A body of unknown names could otherwise ask for an answer many times its size.
MAX_ERRORS = 1000
_SHOWN_LENGTH = 64
# Control characters, lone surrogates, and the two code points that no XML document may hold.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_UNPRINTABLE_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class FieldProblem(ValueError):
    """One value breaks its field's rule. `code` is stable; `message` is for people and repeats nothing of the value."""

    def __init__(self, code: str, message: str, extra: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extra = extra


class FieldProblems(ValueError):
    """Several problems of a list's items or an object's members, each with its path below the field."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(f"{len(errors)} problems")
        self.errors = errors


class Field(ABC):
    """A rule for one value: call it with what JSON held, and get the Python value or a FieldProblem."""

    __slots__ = ()

    @abstractmethod
    def __call__(self, value: Any) -> Any:
        """Return the value as the program keeps it; raise FieldProblem, or FieldProblems, and nothing else."""

    @property
    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """The rule as JSON Schema 2020-12, as far as that can say it."""

    def from_text(self, text: str) -> Any:
        """Return the value of a query parameter or a CSV cell; raise as a call does."""
        return self(text)


def wrong_type(value: Any, expected: str) -> FieldProblem:
    """Return the problem of a value that is null or of another type than `expected`, such as `text`."""
    if value is None:
        return FieldProblem("null", "Must not be null.")
    return FieldProblem("type", f"Must be {expected}.")


def find_unprintable(text: str, *, multiline: bool = False) -> str | None:
    """Return the first character that no text may hold; `multiline` lets line breaks and tabs pass."""
    found = (_UNPRINTABLE_IN_LINES if multiline else _UNPRINTABLE).search(text)
    return found and found.group()


def shown(name: str) -> str:
    """Return a member's name fit for a path: of bounded length, and without what can't be printed or encoded."""
    short = name if len(name) <= _SHOWN_LENGTH else name[: _SHOWN_LENGTH - 1] + "…"
    return _UNPRINTABLE.sub("\ufffd", short)


def field_errors(name: str, problem: FieldProblem | FieldProblems) -> list[FieldError]:
    """Return the problem as rows, their paths below `name`; a name of "" adds nothing."""
    if isinstance(problem, FieldProblem):
        return [FieldError(name, problem.code, problem.message, problem.extra)]
    return [
        FieldError("/".join(filter(None, (name, error.field))), error.code, error.message, error.extra)
        for error in problem.errors
    ]


class Collector:
    """Gathers what is wrong, so that all of it is told at once, to MAX_ERRORS."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def read(self, name: str, field: Callable[[Any], Any], value: Any) -> Any:
        """Return what the field makes of the value; note its problem and return None where it refuses."""
        try:
            return field(value)
        except (FieldProblem, FieldProblems) as problem:
            self.add(name, problem)
            return None

    def add(self, name: str, problem: FieldProblem | FieldProblems) -> None:
        """Note a problem under a name."""
        room = MAX_ERRORS - len(self.errors)
        if room > 0:
            self.errors += field_errors(name, problem)[:room]

    def finish(self) -> None:
        """Raise FieldProblems if there was anything wrong."""
        if self.errors:
            raise FieldProblems(self.errors)
