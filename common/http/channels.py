"""One client's connection, and what is answered on it without the application."""

import socket
import time
from contextlib import suppress

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, Task, WSGITask

from common import gate
from common.http.framing import Parser
from common.http.refusals import REFUSALS, refusal

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

    def build_response_header(self) -> bytes:
        """Return the head; during a drain the last one on a connection says that it is the last."""
        channel = self.channel
        if channel.server.draining and len(channel.requests) <= 1 and channel.request is None:
            # Where the application says so itself, waitress calls that a fault and answers 500.
            self.request.headers["CONNECTION"] = "close"
        head: bytes = super().build_response_header()
        return head

    def write(self, data: bytes) -> None:
        """Send head and body at once where the body is short: one system call, one packet."""
        short = self.complete and 0 < len(data) < _SHORT and self.content_length == len(data)
        if self.wrote_header or not short or not self.has_body:
            super().write(data)
            return
        self.channel.write_soon(self.build_response_header() + data)
        self.wrote_header = True
        self.content_bytes_written += len(data)


class Answer(_Answer, WSGITask):  # type: ignore[misc]
    """The application's answer."""


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
