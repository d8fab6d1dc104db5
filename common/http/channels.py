"""One client's connection, and what is answered on it without the application."""

import socket
import time
from contextlib import suppress
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, Task, WSGITask

from common import gate, news
from common.http.framing import Parser
from common.http.refusals import REFUSALS, refusal
from common.http.waiting import PARK, Parked

IDLE_SECONDS = 120.0
REQUEST_SECONDS = 60.0  # for the head and a small body; …
BODY_BYTES_A_SECOND = 4096.0  # … a large one may take longer, but must come at this rate
STALLED_SECONDS = 60.0
CROWDED_SECONDS = 5.0
LINGER_SECONDS = 30.0
LINGER_IDLE_SECONDS = 5.0
_DISCARDED = 64 * 1024
_SHORT = 64 * 1024


class _Answer(Task):  # type: ignore[misc]
    """What all answers have in common."""

    wrote_header: bool
    response_headers: list[tuple[str, str]]

    def build_response_header(self) -> bytes:
        """Return the head; during a drain the last one on a connection says that it is the last."""
        channel, asked = self.channel, self.request.headers
        last = channel.server.draining and len(channel.requests) <= 1 and channel.request is None
        if last or "close" in _options(asked):
            # Where the application says so itself, waitress calls that a fault and answers 500; what a client says
            # it understands only where nothing else stands beside it.
            asked["CONNECTION"] = "close"
        if not self.has_body or self.content_length == 0:
            # Werkzeug names a type for every answer, but nothing has none.
            self.response_headers = [one for one in self.response_headers if one[0].lower() != "content-type"]
        head: bytes = super().build_response_header()
        return head

    def set_close_on_finish(self) -> None:
        """Make this the last answer; but not for want of a length, as waitress would, where no body can follow."""
        if self.has_body or self.version == "1.0" or "close" in _options(self.request.headers):
            super().set_close_on_finish()

    def write(self, data: bytes) -> None:
        """Send head and body at once where the body is short: one system call, one packet."""
        if self.channel.parks:
            raise Parked
        short = self.complete and 0 < len(data) < _SHORT and self.content_length == len(data)
        if self.wrote_header or not short or not self.has_body:
            super().write(data)
            return
        self.channel.write_soon(self.build_response_header() + data)
        self.wrote_header = True
        self.content_bytes_written += len(data)


def _options(headers: dict[str, str]) -> set[str]:
    return {option.strip(" \t").lower() for option in headers.get("CONNECTION", "").split(",")}


class Answer(_Answer, WSGITask):  # type: ignore[misc]
    """The application's answer."""

    def get_environment(self) -> dict[str, Any]:
        """Return the request's environment, in which it may ask to come again later."""
        environ: dict[str, Any] = super().get_environment()
        environ[PARK] = self.channel.park
        return environ


class Refused(_Answer, ErrorTask):  # type: ignore[misc]
    """The server's own answer."""

    def execute(self) -> None:
        """Write the problem; the connection ends with it."""
        request, error = self.channel.requests[0], self.request.error
        self.status, headers, body = refusal(
            error.code if error.code in REFUSALS else 400,
            error.body,
            path=request.path,
            client=self.channel.addr[0],
            request_id=request.headers.get("X_REQUEST_ID", ""),
        )
        self.response_headers += headers
        self.content_length = len(body)
        self.set_close_on_finish()
        self.channel.lingers = True
        self.write(b"" if request.command == "HEAD" else body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection."""

    parser_class = Parser
    task_class = Answer
    error_task_class = Refused

    close_when_flushed: bool
    parks = False  # whether the answer under way is thrown away: its request comes again
    _parked_until: float | None = None
    lingers = False  # whether the client may still be sending what was refused
    _lingering_since: float | None = None
    _touched = 0.0

    @property
    def last_activity(self) -> float:
        """When something last moved, by the monotonic clock; waitress sets it by the other, which may jump."""
        return self._touched

    @last_activity.setter
    def last_activity(self, _wall: float) -> None:
        self._touched = time.monotonic()

    @property
    def idle(self) -> bool:
        """Whether nothing is under way: no request, whole or in part, and no answer."""
        return not (self.requests or self.request or self.total_outbufs_len or self.close_when_flushed)

    def expired(self, now: float, *, crowded: bool) -> bool:
        """Whether the client has had its time; `crowded` where the places for clients run out."""
        still = now - self._touched
        if self._lingering_since is not None:
            return still > LINGER_IDLE_SECONDS or now - self._lingering_since > LINGER_SECONDS
        if self.requests or self.total_outbufs_len:
            return bool(self.total_outbufs_len and still > STALLED_SECONDS)
        if self.request is not None:
            patience = CROWDED_SECONDS if crowded else REQUEST_SECONDS
            return bool(self.request.late(now, patience=patience, bytes_a_second=BODY_BYTES_A_SECOND))
        return still > (CROWDED_SECONDS if crowded else IDLE_SECONDS)

    def park(self, seconds: float) -> bool:
        """Let the request under way come again later; False once it has waited so long, or at a drain."""
        now = time.monotonic()
        self._parked_until = self._parked_until or now + seconds
        self.parks = now < self._parked_until and not self.server.draining
        return self.parks

    def service(self) -> None:
        """Answer a request, or park it: it keeps its connection but no thread."""
        seen = news.count()
        try:
            super().service()
            self._parked_until = None
        except Parked:
            self.parks = False
            self.server.crew.park(self, seen)

    def readable(self) -> bool:
        """Whether to read from the client."""
        return self._lingering_since is not None or super().readable()

    def handle_read(self) -> None:
        """Read a request; or what comes after one that was refused, and forget it."""
        if self._lingering_since is None:
            super().handle_read()
        elif self.recv(_DISCARDED):
            self.last_activity = 0

    def handle_write(self) -> None:
        """Send what waits to be sent; then close, gently where the client may still be sending.

        To close on a client that sends resets the connection, and the answer may be lost before it was read.
        """
        if not (self.lingers and self.close_when_flushed) or self.will_close:
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.connected and not self.total_outbufs_len and not self.will_close:
            self.close_when_flushed = False
            self._lingering_since = time.monotonic()
            with suppress(OSError):  # gone already: the next read will tell
                self.socket.shutdown(socket.SHUT_WR)

    def _flush_outbufs_below_high_watermark(self) -> None:
        if self.total_outbufs_len > self.adj.outbuf_high_watermark:
            with gate.outside():
                super()._flush_outbufs_below_high_watermark()
