"""The one place that asks what time it is, so that tests can move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_WIRE_LENGTH = 23
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def now() -> datetime:
    """Return the time in UTC, cut to milliseconds: what is stored is what is shown."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def wire(moment: datetime) -> str:
    """Return RFC 3339 in UTC with `Z` and milliseconds."""
    universal = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return universal.isoformat(timespec="milliseconds")[:_WIRE_LENGTH] + "Z"


def to_milliseconds(moment: datetime) -> int:
    """Return the whole milliseconds from the beginning of 1970, UTC."""
    return (moment - _EPOCH) // _MILLISECOND


def of_milliseconds(count: int) -> datetime:
    """Return the moment in UTC that is so many milliseconds after the beginning of 1970."""
    return _EPOCH + count * _MILLISECOND
