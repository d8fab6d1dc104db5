"""What a single cell says, where spreadsheets write it otherwise than JSON does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from common.fields import Choice, FieldProblem, Quantity, Timestamp
from models import rules
from models.plan import SIGNS

_BETWEEN_BARCODES = re.compile(r"[\s|;,]+")
_LOCAL = re.compile(
    r"(?:(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)|(?P<d2>\d\d?)\.(?P<m2>\d\d?)\.(?P<y2>\d{4}))"
    r"(?:[T ](?P<H>\d\d?):(?P<M>\d\d)(?::(?P<S>\d\d)(?P<f>\.\d{1,6})?)?)?"
)
_NOT_FUTURE = Timestamp(future=False)
KIND = Choice(*SIGNS)


def barcodes(text: str) -> Any:
    """Read codes that blanks, `|`, `;` or commas separate."""
    return rules.ITEM["barcodes"]([code for code in _BETWEEN_BARCODES.split(text) if code])


def lower(rule: Choice) -> Callable[[str], str]:
    """Return the reading of a choice whose spelling people vary: `Write-off` is write_off."""
    return lambda text: rule(text.casefold().replace("-", "_").replace(" ", "_"))


def quantity(kind: str, text: str) -> Any:
    """Read a quantity; only an adjustment's has a sign, and only a shelf (stock) may be found empty."""
    if kind == "adjustment":
        return rules.SIGNED_QUANTITY.from_text(text)
    return (Quantity(zero=True) if kind == "stock" else rules.LINE["quantity"]).from_text(text)


def moment(text: str, zone: str) -> datetime:
    """Read a time: RFC 3339, or one without offset, which is local; `31.12.2026 17:30` is the day first.

    A day alone is its first moment. Slashes are refused: which of two numbers is the month, nobody can tell.
    """
    found = _LOCAL.fullmatch(text)
    if not found:
        return _NOT_FUTURE(text)
    part = {name: value for name, value in found.groupdict(default="0").items() if value != "0"}
    day = [int(part.get(name) or part.get(f"{name}2") or 0) for name in ("y", "m", "d")]
    time = [int(part.get(name, 0)) for name in ("H", "M", "S")]
    try:
        local = datetime(*day, *time, round(float(part.get("f", 0)) * 1e6), ZoneInfo(zone))  # type: ignore[arg-type,misc]
        return _NOT_FUTURE(local.astimezone(UTC).isoformat())
    except (ValueError, OverflowError) as error:
        if isinstance(error, FieldProblem):
            raise
        raise FieldProblem("format", "There is no such time.") from None
