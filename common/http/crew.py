"""The threads that serve: each in turn the leader, who waits for the network and runs what came in.

waitress has one thread for the network and others for the requests. Every request then changes threads twice, and the
two kinds fight for the interpreter's lock: half the time is lost. Here the leader does both (see common/gate.py). There
is one thread more than requests may run at once, so that somebody serves the network while all others are busy.
"""

import logging
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from waitress import wasyncore
from waitress.server import TcpWSGIServer

from common import news
from common.gate import Gate
from common.http.channels import Channel

logger = logging.getLogger("storekeeper.server")

GRACE_SECONDS = 0.5
_POLL_SECONDS = 1.0
_DRAIN_SECONDS = 0.1
_MISHAP_SECONDS = 0.1
_CROWDED = 0.9


class Crew:
    """The threads, and what waitress calls a task dispatcher.

    `alarm` is called when somebody must begin to call `gate.watch`, `drained` when everything has been answered.
    """

    def __init__(
        self, *, threads: int, connection_limit: int, alarm: Callable[[], None], drained: Callable[[], None]
    ) -> None:
        self.gate = Gate(alarm=alarm)
        self.map: dict[int, Any] = {}
        self.listeners: list[Listener] = []
        self.draining = False
        self.serving = True
        self._drained = drained
        self._last_call = 0.0
        self._limit = connection_limit
        self._most = threads
        self._tasks: deque[Channel] = deque()
        self._parked: dict[Channel, tuple[int, float]] = {}  # what it had heard, and when to look again anyway
        self._looked = 0.0
        self._poll = wasyncore.poll2 if hasattr(select, "poll") else wasyncore.poll
        names = [f"server-{number}" for number in range(threads + 1)]
        self._threads = [threading.Thread(target=self._work, name=name, daemon=True) for name in names]

    def start(self) -> None:
        """Serve, from now on."""
        news.listeners.add(self._hear)
        for thread in self._threads:
            thread.start()

    def drain(self) -> None:
        """Take no more connections, answer what was taken, then call `drained`."""
        self._last_call = time.monotonic() + GRACE_SECONDS
        self.draining = True
        self._wake()

    def close(self, *, seconds: float) -> int:
        """End the threads and close every connection; returns how many requests are cut."""
        news.listeners.discard(self._hear)
        self.gate.close()
        self._wake()
        self.serving = False
        until = time.monotonic() + seconds
        for thread in self._threads:
            if thread.ident:
                thread.join(max(0, until - time.monotonic()))
        cut = sum(not channel.idle for channel in self._channels())
        wasyncore.close_all(self.map, ignore_all=True)
        return cut

    def counts(self) -> dict[str, int]:
        """Return what State tells."""
        connections = sum(1 for _ in self._channels())
        return {"connections": connections, "queued": len(self._tasks), **self.gate.count()._asdict()}

    def add_task(self, channel: Channel) -> None:
        """Let a connection's next request have its turn."""
        self._tasks.append(channel)

    def park(self, channel: Channel, heard: int) -> None:
        """Let a request come again when there is news, and now and then: of other processes nothing is heard here."""
        self._parked[channel] = (heard, time.monotonic() + _POLL_SECONDS)
        if heard != news.count() and not self.gate.leading:
            self._wake()

    def _hear(self) -> None:
        if self._parked and not self.gate.leading:
            self._wake()

    def _unpark(self) -> None:
        now, news_now = time.monotonic(), news.count()
        for channel, (heard, look) in list(self._parked.items()):
            if self.draining or heard != news_now or now >= look:
                self._parked.pop(channel, None)
                self.add_task(channel)

    def _work(self) -> None:
        while self.gate.lead():
            try:
                self._step()
            except BaseException:
                logger.exception("the server's loop failed")
                time.sleep(_MISHAP_SECONDS)

    def _step(self) -> None:
        if self._parked:
            self._unpark()
        if self._tasks and self.gate.running < self._most:
            channel = self._tasks.popleft()  # at once: where this thread has to wait for its turn, another one leads
            with self.gate.request():
                self._serve(channel)
            if self._tasks and not self.gate.leading:
                self._wake()  # the leader may have been waiting for one of us to be free
            return
        self._poll(_DRAIN_SECONDS if self.draining else _POLL_SECONDS, self.map)
        now = time.monotonic()
        if self.draining:
            self._drain(now)
        if now - self._looked > _POLL_SECONDS:
            self._looked = now
            self._reap(now)

    @staticmethod
    def _serve(channel: Channel) -> None:
        try:
            channel.service()
        except BaseException:  # the application's SystemExit would end this thread, and with the leader the server
            logger.exception("a request failed")
            channel.cancel()
            channel.server.pull_trigger()

    def _wake(self) -> None:
        if self.listeners:
            self.listeners[0].trigger.pull_trigger()

    def _channels(self) -> Iterator[Channel]:
        return (channel for channel in list(self.map.values()) if isinstance(channel, Channel))

    def _reap(self, now: float) -> None:
        crowded = len(self.map) > self._limit * _CROWDED
        for channel in self._channels():
            if channel.expired(now, crowded=crowded):
                channel.handle_close()

    def _drain(self, now: float) -> None:
        for listener in self.listeners:
            if listener.accepting:
                listener.stop_listening()
        # Who is about to send, on a connection just made or kept alive, gets the chance to.
        for channel in self._channels():
            if channel.idle and now > self._last_call:
                channel.handle_close()
        if not any(self._channels()) and not self._tasks and not self.gate.running:
            self._drained()


class Listener(TcpWSGIServer):  # type: ignore[misc]
    """A listening socket that is bound already."""

    channel_class = Channel
    _accepts_from = 0.0

    def __init__(self, application: Any, crew: Crew, sock: Any, adj: Any) -> None:
        at = (sock.family, sock.type, sock.proto, sock.getsockname())
        self.crew = crew
        super().__init__(
            application, map=crew.map, _sock=sock, dispatcher=crew, adj=adj, sockinfo=at, bind_socket=False
        )
        crew.listeners.append(self)

    @property
    def draining(self) -> bool:
        """Whether answers should be the last of their connections."""
        return self.crew.draining

    def set_reuse_addr(self) -> None:
        """Do nothing: on Windows this option lets another program take the port over."""

    def maintenance(self, now: float) -> None:
        """Do nothing: the crew looks after connections, more often and with more to look at."""

    def pull_trigger(self) -> None:
        """Make the leader look again, unless it is this thread, which will anyway."""
        if not self.crew.gate.leading and self.crew.serving:
            super().pull_trigger()

    def readable(self) -> bool:
        """Whether to take another connection."""
        return time.monotonic() >= self._accepts_from and super().readable()

    def accept(self) -> Any:
        """Take one; after a failure wait, for with no file to be had the next attempt would fail as well."""
        try:
            return super().accept()
        except OSError:
            self._accepts_from = time.monotonic() + _POLL_SECONDS
            raise

    def stop_listening(self) -> None:
        """Take what knocked before, then close this socket; the trigger stays."""
        taken = -1
        while taken != len(self.active_channels):
            taken = len(self.active_channels)
            self.handle_accept()
        wasyncore.dispatcher.close(self)
