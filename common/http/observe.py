"""What every answer bears: a request id, the headers that keep browsers safe, and a line in the log."""

from __future__ import annotations

import logging
import os
import re
import time

from flask import Flask, Response, g, request
from flask_login import current_user

from common import log
from common.http.context import settings

logger = logging.getLogger("storekeeper.access")
_SANE = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
_SERVER_ERROR = 500

SAFETY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_CORS = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": (
        "Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Request-Id, Authorization"
    ),
    "Access-Control-Max-Age": "600",
}
_EXPOSED = "ETag, Location, Link, X-Request-Id, Idempotent-Replayed, Retry-After, Last-Modified"


def install(app: Flask) -> None:
    """Observe every request of the app."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(lambda _error: log.unbind())


def _begin() -> None:
    sent = request.headers.get("X-Request-Id")
    g.request_id = sent if sent and _SANE.fullmatch(sent) else os.urandom(8).hex()
    g.began = time.perf_counter()
    log.bind(request_id=g.request_id)


def _end(response: Response) -> Response:
    headers = response.headers
    headers["X-Request-Id"] = g.get("request_id", "")
    for name, value in SAFETY.items():
        headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        headers.setdefault("Cache-Control", "private, no-cache")
        headers.setdefault("Vary", "Accept, Cookie, Authorization")
    _allow_origin(response)
    _log(response)
    return response


def _allow_origin(response: Response) -> None:
    trusted = settings().security.trusted_origins
    if not trusted:
        return
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin in trusted:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS":
            response.headers.update(_CORS)


def _log(response: Response) -> None:
    level = logging.INFO if request.method in _CHANGES or response.status_code >= _SERVER_ERROR else logging.DEBUG
    if logger.isEnabledFor(level):
        milliseconds = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1)
        log.bind(user_id=getattr(current_user, "user_id", None))
        logger.log(level, "%s %s %s %s ms", request.method, request.path, response.status_code, milliseconds)
