"""That something was recorded: told once it stands, to whoever waits in this process for changes."""

from __future__ import annotations

import threading
from collections.abc import Callable

_told = threading.Condition()
_count = 0
listeners: set[Callable[[], None]] = set()
"""Called after each news, in the thread that told it; must not block."""


def count() -> int:
    """Return how much has been told so far: to be read before looking, so that nothing slips in between."""
    return _count


def tell() -> None:
    """Say that there is something new."""
    global _count  # noqa: PLW0603 - one process, one count
    with _told:
        _count += 1
        _told.notify_all()
    for listener in tuple(listeners):
        listener()


def wait(seen: int, seconds: float) -> None:
    """Wait until there is more than was `seen`, or the time is over; other processes' news are not heard here."""
    with _told:
        _told.wait_for(lambda: _count != seen, timeout=seconds)
