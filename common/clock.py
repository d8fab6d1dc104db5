"""The one place that asks what time it is, so that tests can move it."""

from __future__ import annotations

from datetime import UTC, datetime

_WIRE_LENGTH = 23


def now() -> datetime:
    """Return the time in UTC, cut to milliseconds: what is stored is what is shown."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def wire(moment: datetime) -> str:
    """Return RFC 3339 in UTC with `Z` and milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:_WIRE_LENGTH] + "Z"
