"""Requests that wait for something new: parked by the server without a thread, elsewhere in the thread they have."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from flask import Response, g, request

from common import gate, news

PARK = "storekeeper.park"
"""In the environment of a request: `park(seconds)` lets it come again later; False once it has waited that long."""
LONGEST_SECONDS = 30
_LOOK_SECONDS = 0.5  # other processes' changes are not heard of


class Parked(BaseException):
    """Ends a request whose answer is thrown away, since it comes again; nobody but the server is to catch it."""


def nothing_yet(seconds: int) -> None:
    """Say that the list has nothing new, and how long its reader would wait for something."""
    g.patience = seconds


def until_news(answer: Callable[[], Response]) -> Response:
    """Return the first answer that has something new, or the last one before its reader's patience is over."""
    until: float | None = None
    while True:
        seen = news.count()
        response = answer()
        patience = g.pop("patience", 0)
        park: Any = request.environ.get(PARK)
        if not patience or (park is not None and park(patience)):
            return response
        until = until or time.monotonic() + patience
        left = until - time.monotonic()
        if park is not None or left <= 0:
            return response
        with gate.outside():
            news.wait(seen, min(left, _LOOK_SECONDS))
