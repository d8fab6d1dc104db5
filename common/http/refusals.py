"""What the server answers before the application sees the request: a problem, as the application would."""

import logging
import os
import re
from http import HTTPStatus
from typing import NamedTuple

import orjson

from common.http.problems import Problem

logger = logging.getLogger("storekeeper.server")

_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")

# Slug, title and detail; without a detail whoever refuses says what was wrong. What the application refuses too has
# the application's slug.
REFUSALS: dict[int, tuple[str, str, str]] = {
    400: ("bad-request", "The request cannot be read", ""),
    413: ("too-large", "The body is too large", "Send less at once."),
    414: ("uri-too-long", "The address is too long", ""),
    431: ("headers-too-large", "The header fields are too large", "All of them together may have 16 KiB."),
    500: ("internal", "Something went wrong on our side", "It is in the log under the request id."),
    503: ("busy", "The service is busy", ""),
}


class Refusal(NamedTuple):
    """A whole answer, as WSGI has it."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


def refusal(status: int, detail: str, *, path: str, client: str, request_id: str = "") -> Refusal:
    """Compose the answer, and log it; `request_id` is what the client sent, kept when it is sane."""
    slug, title, general = REFUSALS[status]
    problem = Problem(status, slug, title, general or detail)
    if not _SANE_ID.fullmatch(request_id):
        request_id = os.urandom(8).hex()
    logger.info("%d for %s: %s", status, client, problem.detail, extra={"request_id": request_id})
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Request-Id", request_id),
    ]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append(("Retry-After", "5"))
    body = orjson.dumps(problem.body(path, request_id))
    return Refusal(f"{status} {HTTPStatus(status).phrase}", headers, body)
