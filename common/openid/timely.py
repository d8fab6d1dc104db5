"""Connections with one time limit for all that they wait for.

A socket's limit is one for each piece that it reads: a server that sends a header every two seconds keeps to it for as
long as it likes. So a socket is told before each piece what is left of the whole. No other thread watches, and nothing
is there to be ended afterwards.
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import create_connection

_until: ContextVar[float] = ContextVar("until")


@contextmanager
def done_by(until: float) -> Iterator[None]:
    """Let the connections of this thread wait until then (of the monotonic clock) and no longer."""
    token = _until.set(until)
    try:
        yield
    finally:
        _until.reset(token)


def _left() -> float:
    return max(0.001, _until.get() - time.monotonic())  # 0 would mean not to wait at all, and say something else


class _Pieces(io.RawIOBase):
    """What a socket reads, in time."""

    def __init__(self, source: io.RawIOBase, sock: socket.socket) -> None:
        self._source = source
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if time.monotonic() >= _until.get():
            raise TimeoutError("the answer takes too long")
        self._sock.settimeout(_left())
        return self._source.readinto(buffer)

    def close(self) -> None:
        self._source.close()
        super().close()


class _Response(HTTPResponse):
    """Reads headers and body in time; a proxy's answer too."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Pieces(self.fp.detach(), sock))


class _Timely(HTTPConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        """Try each address of the host, each for its share: of those that do not answer one must not take it all."""
        found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        for at, (*_, address) in enumerate(found):
            host, port = str(address[0]), int(address[1])
            try:
                sock = create_connection((host, port), _left() / (len(found) - at), None, self.socket_options)
            except OSError:
                if at == len(found) - 1:
                    raise
            else:
                sock.settimeout(_left())
                return sock
        raise AssertionError


class TimelyConnection(_Timely):
    """Over plain http, on this computer."""


class TimelyTlsConnection(_Timely, HTTPSConnection):
    """Over https."""
