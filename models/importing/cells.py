"""What a single cell says, where spreadsheets write it otherwise than JSON does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from common.fields import Choice, Field, FieldProblem, Quantity, Timestamp
from models import rules
from models.plan import SIGNS

_CUT = re.compile(r"[0-9](?:[.,][0-9]+)?[Ee]\+[0-9]+")
_BETWEEN_BARCODES = re.compile(r"[\s|;,]+")
_LOCAL = re.compile(
    r"(?:([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})|([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}))"
    r"(?:[T ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?)?"
)
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_FORMS = (
    "Must be a time such as 2026-11-20 09:30, 20.11.2026 09:30 or 2026-11-20T09:30:00Z, or a day such as 2026-11-20."
)
_NOT_FUTURE = Timestamp(future=False)
_NONE = Decimal(0)
_QUANTITIES = {"adjustment": rules.SIGNED_QUANTITY, "stock": Quantity(zero=True)}
REVERSAL = "reversal"
KIND = Choice(*SIGNS, REVERSAL)
ANY_QUANTITY = Quantity(signed=True, zero=True)


def uncut(rule: Field) -> Callable[[str], Any]:
    """Return the reading of a code, which refuses what a spreadsheet has made of a long one: 8.41E+12."""

    def read(text: str) -> Any:
        if _CUT.fullmatch(text):
            raise FieldProblem("damaged", "A spreadsheet cut this code short. Make its column text and save it again.")
        return rule.from_text(text)

    return read


def barcodes(text: str) -> Any:
    """Read codes that blanks, `|`, `;` or commas separate."""
    if _CUT.fullmatch(text):
        return uncut(rules.ITEM["barcodes"])(text)
    return rules.ITEM["barcodes"]([part for part in _BETWEEN_BARCODES.split(text) if part])


def lower(rule: Field) -> Callable[[str], str]:
    """Return the reading of a choice whose spelling people vary: `Write-off` is write_off."""
    return lambda text: rule(text.casefold().replace("-", "_").replace(" ", "_"))


def quantity(kind: str, number: Decimal) -> Decimal:
    """Check a quantity: only an adjustment's has a sign, only a shelf (stock) may be found empty."""
    rule = _QUANTITIES.get(kind)
    return rule(number) if rule else rules.QUANTITY(max(number, _NONE))  # -1 is refused in the words of 0


def moment(text: str, zone: str) -> datetime:
    """Read a time: RFC 3339, or one without offset, which is local; `31.12.2026 17:30` is the day first.

    A day alone is its first moment. Slashes are refused: which of two numbers is the month, nobody can tell.
    """
    found = _LOCAL.fullmatch(text)
    if not found:
        return _with_offset(text)
    year, month, day_, first, second, last, hour, minute, seconds, fraction = (part or "" for part in found.groups())
    calendar_day = f"{year or last}-{month or second:0>2}-{day_ or first:0>2}"
    time = f"{hour:0>2}:{minute:0>2}:{seconds:0>2}.{fraction:0<6}"
    try:
        local = datetime.fromisoformat(f"{calendar_day}T{time}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise FieldProblem("format", "There is no such time.") from None
    return _NOT_FUTURE(local.isoformat())


def day(text: str) -> date:
    """Read a day: 2026-11-30, or the day first, 30.11.2026."""
    found = _DAY_FIRST.fullmatch(text)
    if found:
        text = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
    return rules.LINE["expires_on"].from_text(text)  # type: ignore[no-any-return]


def _with_offset(text: str) -> datetime:
    try:
        return _NOT_FUTURE(text)
    except FieldProblem as problem:
        raise FieldProblem("format", _FORMS) if problem.code == "format" else problem from None
