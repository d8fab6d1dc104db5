"""What every answer bears: a request id, the headers that keep browsers safe, and a line in the log."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from common import acting, log
from common.http.context import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

logger = logging.getLogger("storekeeper.access")
REQUEST_ID = "storekeeper.request_id"
_SANE = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_CHANGES = {"POST", "PUT", "PATCH", "DELETE"}

# What an answer may say otherwise: the console's pages ask for the camera.
_UNLESS_SAID = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# On plain http from another computer browsers ignore it, and complain of it on every page.
_WHERE_PRIVATE = ("Cross-Origin-Opener-Policy", "same-origin")
_LOOPBACK = re.compile(r"(?:127\.[\d.]+|localhost|\[::1\])(?::\d+)?")
_OF_THE_API = (("Vary", "Accept, Cookie, Authorization"), ("Cache-Control", "private, no-cache"))
# A row's tag is alike for everybody, and browsers send it back for whoever is signed in by then. Signing in and out
# clears their cache, but not on plain http from another computer: there is nothing to be kept.
_OF_THE_API_ELSEWHERE = (_OF_THE_API[0], ("Cache-Control", "no-store"))
_CORS = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": (
        "Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Request-Id, Authorization"
    ),
    "Access-Control-Max-Age": "600",
}
_EXPOSED = "ETag, Location, Link, X-Request-Id, Idempotent-Replayed, Retry-After, Last-Modified"


class Observer:
    """WSGI middleware around the whole app: nothing inside, not even a failure, leaves without these headers."""

    def __init__(self, inner: WSGIApplication) -> None:
        self.inner = inner

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        sent = environ.get("HTTP_X_REQUEST_ID")
        request_id = environ[REQUEST_ID] = sent if sent and _SANE.fullmatch(sent) else os.urandom(8).hex()
        path, began = environ.get("PATH_INFO", ""), time.perf_counter()
        log.bind(request_id=request_id)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            said = {name for name, _ in headers}
            headers.append(("X-Request-Id", request_id))
            headers += [item for item in _UNLESS_SAID.items() if item[0] not in said]
            private = is_private(environ)
            if private:
                headers.append(_WHERE_PRIVATE)
            if path.startswith("/api/"):
                headers += [item for item in (_OF_THE_API if private else _OF_THE_API_ELSEWHERE) if item[0] not in said]
            _log(environ, status, began)
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        try:
            return self.inner(environ, start)
        finally:
            log.unbind()
            acting.rest()


def is_private(environ: dict[str, Any]) -> bool:
    """Tell whether nobody between could have written this: what browsers call a trustworthy origin."""
    return environ.get("wsgi.url_scheme") == "https" or bool(_LOOPBACK.fullmatch(environ.get("HTTP_HOST", "")))


def _log(environ: dict[str, Any], status: str, began: float) -> None:
    level = logging.INFO if environ["REQUEST_METHOD"] in _CHANGES or status[0] == "5" else logging.DEBUG
    if logger.isEnabledFor(level):
        milliseconds = round((time.perf_counter() - began) * 1000, 1)
        line = f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')} {status[:3]} {milliseconds} ms"
        logger.log(level, "%s", line)


def request_id() -> str:
    """Return the id of the request that is being answered."""
    return str(request.environ.get(REQUEST_ID, ""))


def install(app: Flask, trusted_origins: Collection[str]) -> None:
    """Observe every request of the app; pages of the trusted origins may read its answers."""
    app.wsgi_app = Observer(app.wsgi_app)  # type: ignore[method-assign]
    if trusted_origins:
        app.after_request(_allow_origin)


def _allow_origin(response: Response) -> Response:
    trusted = settings().security.trusted_origins
    response.headers["Vary"] = "Accept, Cookie, Authorization, Origin"
    origin = request.headers.get("Origin")
    if origin in trusted:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS":
            response.headers.update(_CORS)
    return response
