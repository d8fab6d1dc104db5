"""The threads that serve: each in turn the leader, who waits for the network and runs what came in.

waitress has one thread for the network and others for requests; each request then changes threads twice, and both
kinds fight for the interpreter's lock. Here the network's thread runs the requests itself (see common/gate.py). One
thread more than there may be requests at once keeps the network served while all of them are busy.
"""

import logging
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from waitress import wasyncore
from waitress.server import TcpWSGIServer

from common.gate import Gate
from common.http.channels import Channel

logger = logging.getLogger("storekeeper.server")

POLL_SECONDS = 1.0
GRACE_SECONDS = 0.5
_MISHAP_SECONDS = 0.1
_PRESSED = 0.9


class Crew:
    """The threads, and what waitress calls a task dispatcher."""

    def __init__(self, *, threads: int, connection_limit: int, alarm: Callable[[], None]) -> None:
        self.gate = Gate(alarm=alarm)
        self.map: dict[int, Any] = {}
        self.draining_since: float | None = None
        self.done = threading.Event()
        self._limit = connection_limit
        self._most = threads
        self._tasks: deque[Channel] = deque()
        self._poll = wasyncore.poll2 if hasattr(select, "poll") else wasyncore.poll
        self._threads = [
            threading.Thread(target=self._work, name=f"server-{number}", daemon=True) for number in range(threads + 1)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def add_task(self, channel: Channel) -> None:
        """Take a request; the leader runs it in its turn."""
        self._tasks.append(channel)

    def _work(self) -> None:
        while self.gate.lead():
            try:
                self._step()
            except Exception:
                logger.exception("the server's loop failed")
                time.sleep(_MISHAP_SECONDS)

    def _step(self) -> None:
        if self._tasks and self.gate.running < self._most:
            with self.gate.request():
                self._serve(self._tasks.popleft())
            if self._tasks and not self.gate.leading:
                self.wake()
        else:
            self._poll(POLL_SECONDS, self.map)

    @staticmethod
    def _serve(channel: Channel) -> None:
        try:
            channel.service()
        except Exception:
            logger.exception("a request failed")
            channel.cancel()

    def wake(self) -> None:
        """Let the leader look again."""
        next(x for x in self.map.values() if isinstance(x, Listener)).trigger.pull_trigger()


class Listener(TcpWSGIServer):  # type: ignore[misc]
    """A listening socket, bound already."""

    channel_class = Channel

    @property
    def draining(self) -> bool:
        return self.task_dispatcher.draining_since is not None

    def set_reuse_addr(self) -> None:
        """Nothing: on Windows the option would let another program take the port."""

    def pull_trigger(self) -> None:
        """Wake the leader, unless this thread is."""
        if not self.task_dispatcher.gate.leading:
            super().pull_trigger()
