"""Fields that are times, days and zones."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from common import clock
from common.fields.base import Field, FieldProblem, wrong_type

_FIRST_YEAR = 1970
_LONGEST = 64
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    rf"({_DATE.pattern})[Tt ]((?:[01][0-9]|2[0-3]):[0-9]{{2}}:[0-9]{{2}})(?:\.([0-9]+))?"
    r"([Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
# The machine's own links, which name another zone on another machine, or none.
_NO_ZONES = {"localtime", "Factory"}


def _match(pattern: re.Pattern[str], value: Any, expected: str) -> re.Match[str]:
    if not isinstance(value, str):
        raise wrong_type(value, "text")
    found = pattern.fullmatch(value) if len(value) <= _LONGEST else None
    if not found:
        raise FieldProblem("format", f"Must be {expected}.")
    return found


def _too_early() -> FieldProblem:
    return FieldProblem("too_small", f"Must not be before the year {_FIRST_YEAR}.")


def _too_late() -> FieldProblem:
    return FieldProblem("too_large", "Must be before the year 10000.")


@dataclass(frozen=True, slots=True)
class Timestamp(Field):
    """A moment by RFC 3339, its offset named, from 1970 to 9999 in UTC; `future` says whether it may lie ahead."""

    future: bool = True

    def __call__(self, value: Any) -> datetime:
        """Return it in UTC, cut to milliseconds."""
        found = _match(_TIMESTAMP, value, "a time with its offset such as 2026-11-20T09:30:00Z")
        day, time, fraction, offset = found.groups()
        millis = (fraction or "")[:3].ljust(3, "0")
        try:
            moment = datetime.fromisoformat(f"{day}T{time}.{millis}{offset.upper()}").astimezone(UTC)
        except ValueError:
            raise FieldProblem("format", "There is no such time.") from None
        except OverflowError:
            # Only an offset at either end of the calendar leads beyond it.
            raise (_too_late() if day.startswith("9") else _too_early()) from None
        if moment.year < _FIRST_YEAR:
            raise _too_early()
        if not self.future and moment > clock.now():
            raise FieldProblem("in_the_future", "Must not be in the future.")
        return moment

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class Date(Field):
    """A day such as 2026-11-20, from 1970 on."""

    def __call__(self, value: Any) -> date:
        """See the class."""
        found = _match(_DATE, value, "a date such as 2026-11-20")
        try:
            day = date.fromisoformat(found.group())
        except ValueError:
            raise FieldProblem("format", "There is no such date.") from None
        if day.year < _FIRST_YEAR:
            raise _too_early()
        return day

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "string", "format": "date"}


@lru_cache(maxsize=1)
def timezones() -> frozenset[str]:
    """Return the names of IANA's time zones; reading them takes milliseconds, once."""
    return frozenset(zoneinfo.available_timezones() - _NO_ZONES)


@dataclass(frozen=True, slots=True)
class Timezone(Field):
    """The name of an IANA time zone, such as Europe/Berlin."""

    def __call__(self, value: Any) -> str:
        """See the class."""
        if not isinstance(value, str):
            raise wrong_type(value, "text")
        if value not in timezones():
            raise FieldProblem("choice", "Must be the name of an IANA time zone such as Europe/Berlin.")
        return value

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "string", "description": "The name of an IANA time zone.", "examples": ["Europe/Berlin"]}
