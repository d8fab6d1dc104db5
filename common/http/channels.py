"""One client's connection, and what is answered on it without the application."""

import logging
import os
import re
import socket
import time
from http import HTTPStatus
from typing import Any

import orjson
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, Task, WSGITask

from common import gate
from common.http.framing import Parser
from common.http.observe import SAFETY
from common.http.problems import Problem

logger = logging.getLogger("storekeeper.server")

IDLE_SECONDS = 120.0
REQUEST_SECONDS = 60.0  # for the head and a small body; …
BODY_BYTES_A_SECOND = 4096.0  # … a large one may take longer, but must come at this rate
STALLED_SECONDS = 60.0
CROWDED_SECONDS = 5.0
LINGER_SECONDS = 30.0
LINGER_IDLE_SECONDS = 5.0
_DISCARDED = 65536
_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")

# The same slugs as where the application refuses; None: the sentence says what was wrong with this request.
_REFUSALS: dict[int, tuple[str, str, str | None]] = {
    HTTPStatus.BAD_REQUEST: ("bad-request", "The request cannot be read", None),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("too-large", "The body is too large", "Send less at once."),
    HTTPStatus.REQUEST_URI_TOO_LONG: ("uri-too-long", "The address is too long", None),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        "headers-too-large",
        "The header fields are too large",
        "All header fields together may have 16 KiB.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "internal",
        "Something went wrong on our side",
        "It is in the log under the request id.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: ("busy", "The service is busy", None),
}


class _Answer(Task):  # type: ignore[misc]
    """What all answers have in common."""

    def build_response_header(self) -> bytes:
        """Return the head; during a drain the last one on a connection says that it is the last."""
        channel = self.channel
        if channel.server.draining and len(channel.requests) <= 1 and channel.request is None:
            # Where the application says so itself, waitress calls that a fault and answers 500.
            self.request.headers["CONNECTION"] = "close"
        head: bytes = super().build_response_header()
        return head

    def write(self, data: bytes) -> None:
        """Send head and body at once where the body is all there: one system call, one packet."""
        whole = self.complete and data and self.has_body and self.content_length == len(data)
        if self.wrote_header or not whole:
            super().write(data)
            return
        self.channel.write_soon(self.build_response_header() + data)
        self.wrote_header = True
        self.content_bytes_written += len(data)


class Answer(_Answer, WSGITask):  # type: ignore[misc]
    """The application's answer."""


class Refusal(_Answer, ErrorTask):  # type: ignore[misc]
    """The server's own answer: a problem, like the application's."""

    def execute(self) -> None:
        """Write the problem; the connection ends after it."""
        request, error = self.channel.requests[0], self.request.error
        code = error.code if error.code in _REFUSALS else HTTPStatus.BAD_REQUEST
        slug, title, detail = _REFUSALS[code]
        sent = request.headers.get("X_REQUEST_ID", "")
        request_id = sent if _SANE_ID.fullmatch(sent) else os.urandom(8).hex()
        problem = Problem(code, slug, title, detail or error.body)
        body = orjson.dumps(problem.body(request.path, request_id))
        logger.info("%d for %s: %s", code, self.channel.addr[0], problem.detail, extra={"request_id": request_id})
        self.status = f"{int(code)} {HTTPStatus(code).phrase}"
        self.content_length = len(body)
        self.response_headers += [
            ("Content-Type", "application/problem+json"),
            ("Cache-Control", "no-store"),
            ("X-Request-Id", request_id),
            *SAFETY.items(),
        ]
        if code == HTTPStatus.SERVICE_UNAVAILABLE:
            self.response_headers.append(("Retry-After", "5"))
        self.set_close_on_finish()
        self.channel.lingers = True
        self.write(b"" if request.command == "HEAD" else body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection."""

    parser_class = Parser
    task_class = Answer
    error_task_class = Refusal

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
        if not self.total_outbufs_len and not self.will_close:
            self.close_when_flushed = False
            self._lingering_since = time.monotonic()
            self.socket.shutdown(socket.SHUT_WR)

    def _flush_outbufs_below_high_watermark(self) -> None:
        if self.total_outbufs_len > self.adj.outbuf_high_watermark:
            with gate.outside():
                super()._flush_outbufs_below_high_watermark()


def refuse(environ: dict[str, Any], start_response: Any, detail: str) -> list[bytes]:
    """Answer 400 as a WSGI application."""
