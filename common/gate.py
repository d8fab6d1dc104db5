"""Which of the server's threads may run: a leader and its followers.

Threads that run Python at the same moment fight for the interpreter's lock, and a reader of SQLite lets go of that lock
at every row. So one thread at a time is inside. The leader waits for the network, runs each request itself and goes on,
handing nothing to anybody. When a request has been inside for a whole slice, or says by `outside` that it waits for
something else than Python, a follower takes the lead and others may come in.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

SLICE_SECONDS = 0.025


class Count(NamedTuple):
    """How many requests are `running`; of these, how many are `outside`, and how many wait to come in."""

    running: int
    outside: int
    waiting: int


class _Pass:
    """One thread, as the gate knows it; it sleeps on `turn`."""

    __slots__ = ("gate", "outside", "running", "turn")

    def __init__(self, gate: "Gate") -> None:
        self.gate = gate
        self.running = False
        self.outside = False
        self.turn = threading.Lock()
        self.turn.acquire()


_thread = threading.local()


@contextmanager
def outside() -> Iterator[None]:
    """Let others in while this thread waits for a lock, a disk, a server, or computes without the interpreter's lock.

    It comes back in its turn. Without a server, or outside already, it does nothing.
    """
    mine: _Pass | None = getattr(_thread, "mine", None)
    if mine is None or not mine.running or mine.outside:
        yield
        return
    mine.gate.depart(mine)
    try:
        yield
    finally:
        mine.gate.come_back(mine)


class Gate:
    """Lets one thread at a time in; calls `alarm` when somebody must begin to call `watch`, holding its lock."""

    def __init__(self, *, alarm: Callable[[], None], slice_seconds: float = SLICE_SECONDS) -> None:
        self._alarm = alarm
        self._slice = slice_seconds
        self._lock = threading.Lock()
        self._open = True
        self._watched = False
        self._leader: _Pass | None = None
        self._followers: list[_Pass] = []
        self._inside: _Pass | None = None
        self._since = 0.0
        self._waiting: deque[_Pass] = deque()
        self._running = 0
        self._outside = 0

    def lead(self) -> bool:
        """Wait until this thread is the leader; False when the gate is closed."""
        mine = self._mine()
        with self._lock:
            if not self._open or self._leader is None or self._leader is mine:
                self._leader = mine if self._open else None
                return self._open
            self._followers.append(mine)
        mine.turn.acquire()
        return self._open

    @property
    def leading(self) -> bool:
        """Whether this thread is the leader."""
        return self._leader is not None and self._leader is getattr(_thread, "mine", None)

    @contextmanager
    def request(self) -> Iterator[None]:
        """Run one request inside; the thread may have lost the lead by its end."""
        mine = self._mine()
        with self._lock:
            self._running += 1
            mine.running = True
            let_in = self._admitted(mine)
        try:
            if not let_in:
                mine.turn.acquire()
            yield
        finally:
            with self._lock:
                self._running -= 1
                mine.running = False
                self._leave(mine)

    def depart(self, mine: _Pass) -> None:
        """Go outside; see `outside`."""
        with self._lock:
            self._outside += 1
            mine.outside = True
            self._leave(mine)
            self._hand_over(mine)

    def come_back(self, mine: _Pass) -> None:
        """Wait for the turn to come in again."""
        with self._lock:
            self._outside -= 1
            mine.outside = False
            let_in = self._admitted(mine)
        if not let_in:
            mine.turn.acquire()

    def watch(self) -> float | None:
        """Count out whoever has been inside for a slice; returns the seconds until the next look, None until alarm."""
        with self._lock:
            overdue = self._inside
            if overdue is None:
                self._watched = False
                return None
            left = self._since + self._slice - time.monotonic()
            if left > 0:
                return left
            self._leave(overdue)
            self._hand_over(overdue)
            return self._slice

    def close(self) -> None:
        """Let nobody lead any more; what runs may end."""
        with self._lock:
            self._open = False
            self._leader = None
            while self._followers:
                self._followers.pop().turn.release()

    def count(self) -> Count:
        """Return where the requests are."""
        with self._lock:
            return Count(self._running, self._outside, len(self._waiting))

    @property
    def running(self) -> int:
        """How many requests have begun and not ended."""
        return self._running

    def _mine(self) -> _Pass:
        mine: _Pass | None = getattr(_thread, "mine", None)
        if mine is None or mine.gate is not self:
            mine = _thread.mine = _Pass(self)
        return mine

    # Below, the caller holds the lock.

    def _admitted(self, mine: _Pass) -> bool:
        if self._inside is not None:
            self._waiting.append(mine)
            return False
        self._admit(mine)
        return True

    def _admit(self, one: _Pass) -> None:
        self._inside = one
        self._since = time.monotonic()
        if not self._watched:
            self._watched = True
            self._alarm()

    def _leave(self, mine: _Pass) -> None:
        if self._inside is not mine:
            return  # counted out before
        self._inside = None
        if self._waiting:
            first = self._waiting.popleft()
            self._admit(first)
            first.turn.release()

    def _hand_over(self, mine: _Pass) -> None:
        if self._leader is not mine:
            return
        self._leader = None
        if self._followers:
            # The one that led last: its caches are warm.
            self._leader = self._followers.pop()
            self._leader.turn.release()
