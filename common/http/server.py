"""Serve, and end without cutting anybody off."""

import logging
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from queue import Empty, SimpleQueue
from typing import Any

from waitress.adjustments import Adjustments

from common.http import framing, listening
from common.http.crew import Crew, Listener
from common.http.proxies import behind
from common.settings import Settings
from common.settings_schema import Server

logger = logging.getLogger("storekeeper.server")

_SIGNALS = ("SIGTERM", "SIGINT", "SIGBREAK")
_ONE_WISH_SECONDS = 0.25  # a launcher passes on what the system has sent to us as well
_LOOK_SECONDS = 0.5  # Windows lets a signal's handler run only when the main thread wakes
_CLOSE_SECONDS = 0.5
_SWITCH_SECONDS = 0.001  # not 5 ms: the leader waits that long at every row while another thread computes
_SELECT_LIMIT = 400  # Windows' select takes 512 sockets; with one more the loop would die
_OTHER_FILES = 100


class _Event(Enum):
    WATCH = 1
    STOP = 2
    SIGNAL = 3
    DRAINED = 4


class _Server:
    """One run of the server, watched over by the thread that called `serve`."""

    def __init__(self, settings: Server, on_drain: Callable[[], None] | None) -> None:
        self.bell: SimpleQueue[_Event] = SimpleQueue()
        self.connection_limit = _connection_limit(settings.connection_limit)
        self.crew = Crew(
            threads=settings.threads,
            connection_limit=self.connection_limit,
            alarm=lambda: self.bell.put(_Event.WATCH),
            drained=lambda: self.bell.put(_Event.DRAINED),
        )
        self._drain_seconds = settings.drain_seconds
        self._on_drain = on_drain

    def supervise(self) -> int:
        """Keep the gate's watch, and see the drain to its end."""
        began: float | None = None
        while True:
            event = self._next(self.crew.gate.watch() or _LOOK_SECONDS)
            now = time.monotonic()
            if began is None:
                if event in {_Event.STOP, _Event.SIGNAL}:
                    began = now
                    self._drain()
            elif event is _Event.DRAINED or now - began > self._drain_seconds:
                return 0
            elif event is _Event.SIGNAL and now - began > _ONE_WISH_SECONDS:
                logger.warning("a second signal: the server ends at once")
                return 1

    def _next(self, seconds: float) -> _Event | None:
        try:
            return self.bell.get(timeout=min(seconds, _LOOK_SECONDS))
        except Empty:
            return None

    def _drain(self) -> None:
        logger.info("the server ends: no new connections, what came in is answered")
        self.crew.draining = True
        if self._on_drain:
            try:
                self._on_drain()
            except Exception:
                logger.exception("what should happen at a drain failed")
        self.crew.drain()

    def close(self) -> None:
        """End the threads and the connections."""
        cut = self.crew.close(seconds=_CLOSE_SECONDS)
        if cut:
            logger.warning("%d requests were cut off", cut)


class State:
    """What this process serves now, for those who tell of it."""

    server: _Server | None = None

    @property
    def draining(self) -> bool:
        """Whether the end is near: not ready for new clients."""
        return self.server is not None and self.server.crew.draining

    def counts(self) -> dict[str, int]:
        """Return how many connections there are, requests queued and running, and of these outside and waiting."""
        return self.server.crew.counts() if self.server else {}


state = State()


def stop() -> None:
    """End what is being served, from any thread; nothing can be ended before `announce` is called."""
    if state.server:
        state.server.bell.put(_Event.STOP)


def serve(
    application: Any,
    settings: Settings,
    announce: Callable[[list[str]], None],
    on_drain: Callable[[], None] | None = None,
) -> int:
    """Serve until SIGTERM, SIGINT, SIGBREAK or `stop`; returns 0 after a drain, 1 when a second signal cut it short.

    `announce` gets the URLs once they answer; `on_drain` is called when a drain begins, and must not block.
    Raises SettingsInvalid when the port cannot be had.
    """
    sockets = listening.bind(settings.server.host, settings.server.port)
    server = _Server(settings.server, on_drain)
    application = behind(application, settings.server.trusted_proxy, settings.server.trusted_proxy_headers)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    state.server = server
    try:
        for socket in sockets:
            Listener(application, server.crew, socket, _adjustments(sockets, server.connection_limit))
        with _signals(server.bell):
            server.crew.start()
            announce(listening.urls(settings.server.host, sockets))
            return server.supervise()
    finally:
        sys.setswitchinterval(interval)
        state.server = None
        server.close()
        for socket in sockets:
            socket.close()


@contextmanager
def _signals(bell: SimpleQueue[_Event]) -> Iterator[None]:
    """Turn signals into events; a Windows service runs in another thread, which has no signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    before = [signal.signal(number, lambda *_: bell.put(_Event.SIGNAL)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _adjustments(sockets: list[Any], connection_limit: int) -> Adjustments:
    return Adjustments(
        sockets=sockets,
        ident=None,
        server_name="localhost",
        connection_limit=connection_limit,
        recv_bytes=32 * 1024,
        # What an answer may be ahead of its reader, in a file, before it keeps its thread.
        outbuf_high_watermark=64 * 1024 * 1024,
        inbuf_overflow=framing.MAX_IN_MEMORY,
        max_request_header_size=framing.MAX_HEAD,
        max_request_body_size=framing.MAX_BODY,
        expose_tracebacks=False,
        clear_untrusted_proxy_headers=False,  # `behind` does it, and answers with problems
    )


def _connection_limit(wanted: int) -> int:
    if not hasattr(select, "poll"):
        return min(wanted, _SELECT_LIMIT)
    sysconf = getattr(os, "sysconf", None)
    files = int(sysconf("SC_OPEN_MAX")) if sysconf else wanted + _OTHER_FILES
    return min(wanted, max(files - _OTHER_FILES, _OTHER_FILES))
