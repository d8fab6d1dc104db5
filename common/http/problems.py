"""The one renderer of refusals: `application/problem+json` (RFC 9457) for every error, inside the API and out.

What failed inside is told by a request id alone: no stack trace, SQL, path or exception text leaves the service.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from common import errors
from common.database import translate
from common.http import refused
from common.http.observe import request_id

logger = logging.getLogger("storekeeper.http")

STATUSES: dict[type[errors.StorekeeperError], int] = {
    errors.Invalid: 400,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Refused: 409,
    errors.Stale: 412,
    errors.KeyReused: 422,
    errors.PreconditionMissing: 428,
    errors.TooManyAttempts: 429,
    errors.Busy: 503,
}
CHALLENGE = 'Bearer realm="storekeeper"'

# What the framework itself refuses: slug, title, and a sentence that says what to do.
_FRAMEWORK: dict[int, tuple[str, str, str]] = {
    400: ("bad-request", "The request cannot be read", "The request is malformed."),
    404: ("not-found", "Not found", "There is nothing at this address."),
    405: (
        "method-not-allowed",
        "Method not allowed",
        "This address does not take that method; Allow names those it takes.",
    ),
    406: ("not-acceptable", "Not acceptable", "None of the formats that Accept names can be made here."),
    413: ("too-large", "The body is too large", "Send less at once."),
    415: (
        "unsupported-media-type",
        "Unsupported media type",
        "Send JSON, with Content-Type: application/json; charset=utf-8.",
    ),
    500: ("internal", "Something went wrong on our side", "It is in the log under the request id."),
    503: ("busy", "The service is busy", "Try again in a moment."),
}


@dataclass(slots=True)
class Problem:
    """What a refusal says."""

    status: int
    slug: str
    title: str
    detail: str
    errors: tuple[errors.FieldError, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    methods: tuple[str, ...] = ()

    def body(self, instance: str, request_id: str) -> dict[str, Any]:
        """Return the members of the problem document."""
        members: dict[str, Any] = {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "request_id": request_id,
        }
        if self.errors:
            members["errors"] = [
                {"field": e.field, "code": e.code, "message": e.message} | (e.extra or {}) for e in self.errors
            ]
        if self.methods:
            members["methods"] = self.methods
        return members


def of(error: errors.StorekeeperError) -> Problem:
    """Return the problem of a refusal of our own."""
    status = next(STATUSES[cls] for cls in type(error).__mro__ if cls in STATUSES)
    headers = {}
    if isinstance(error, errors.NotSignedIn):
        headers["WWW-Authenticate"] = CHALLENGE
    if isinstance(error, errors.Later):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.Stale) and error.version is not None:
        headers["ETag"] = f'"{error.version}"'
    methods = error.methods if isinstance(error, errors.SecondFactorRequired) else ()
    return Problem(status, error.slug, error.title, error.detail, error.errors, headers, methods)


def of_http(error: HTTPException) -> Problem:
    """Return the problem of a refusal by the framework."""
    status = error.code if error.code in _FRAMEWORK else 500 if (error.code or 500) >= 500 else 400  # noqa: PLR2004
    slug, title, detail = _FRAMEWORK[status]
    keep = ("Allow", "Retry-After", "WWW-Authenticate")
    return Problem(status, slug, title, detail, headers={k: v for k, v in error.get_headers() if k in keep})


def render(problem: Problem) -> Response:
    """Return the response of a problem."""
    body = orjson.dumps(problem.body(request.path, request_id()))
    response = Response(body, problem.status, content_type="application/problem+json")
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def install(app: Flask) -> None:
    """Make every error of the app a problem; the same under TESTING and in production."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.config["TRAP_HTTP_EXCEPTIONS"] = False

    @app.errorhandler(errors.StorekeeperError)
    def _ours(error: errors.StorekeeperError) -> Response:
        refused.remember(error)
        return render(of(error))

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response | HTTPException:
        if error.code is None or error.response is not None or error.code < 400:  # noqa: PLR2004 - a redirect
            return error
        return render(of_http(error))

    @app.errorhandler(DBAPIError)
    def _database(error: DBAPIError) -> Response:
        meant = translate(error)
        if isinstance(meant, errors.StorekeeperError):
            return render(of(meant))
        logger.error("the database refused a statement", exc_info=error)
        return render(Problem(500, *_FRAMEWORK[500]))
