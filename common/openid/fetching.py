"""Requests to the provider that end: in seconds and in bytes, and not at another address than the one that was asked.

The seconds are those of the whole request: of its connection, its headers and its body, however slowly each piece of
them comes. Only how long it takes to look a name up is the computer's own matter.

It is asked only where settings say, over https or on this computer; what it answers is believed no further than that.
"""

from __future__ import annotations

import io
import ssl
import time
from functools import cache
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidURL, RequestException
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from common import gate
from common.openid.timely import TimelyConnection, TimelyTlsConnection, done_by
from common.settings_values import is_safe_url

SECONDS = 5.0
MOST_BYTES = 256 * 1024
_PIECE = 16 * 1024


class TooMuch(RequestException):
    """The answer is too long, or leads elsewhere."""


class Bounded(HTTPAdapter):
    """Sends for a session that must be done at `until` (of the monotonic clock)."""

    def __init__(self, until: float) -> None:
        self.until = until
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Believe what this computer believes, beside what requests brings: a company may vouch for its own."""
        super().init_poolmanager(*args, **kwargs, ssl_context=_trusted())

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        """Let connections keep the time, those by way of a proxy too."""
        pool: HTTPConnectionPool = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = TimelyTlsConnection if pool.scheme == "https" else TimelyConnection
        return pool

    def send(self, request: PreparedRequest, *_args: Any, **kwargs: Any) -> Response:
        """Return the answer, whole; raises RequestException for one that is late, long or a redirect."""
        if not is_safe_url(request.url or ""):
            raise InvalidURL("the provider names an address that anybody on the way could listen to")
        request.headers["Accept-Encoding"] = "identity"
        until = min(self.until, time.monotonic() + SECONDS)
        kwargs |= {"stream": True, "timeout": max(0.001, until - time.monotonic())}
        with gate.outside(), done_by(until):
            response = super().send(request, **kwargs)
            try:
                body = _whole(response)
            finally:
                response.close()
        if response.is_redirect:
            raise TooMuch("the provider redirects a request that is not a browser's")
        response.raw = io.BytesIO(body)
        return response


def _whole(response: Response) -> bytes:
    body = bytearray()
    try:
        while piece := response.raw.read1(_PIECE, decode_content=False):
            body += piece
            if len(body) > MOST_BYTES:
                raise TooMuch("the provider's answer is too long")
    except (HTTPError, OSError, ValueError) as error:
        raise RequestException(f"the provider's answer broke off: {type(error).__name__}") from error
    return bytes(body)


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()
