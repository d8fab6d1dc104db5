"""ETags: 304 where nothing is new, 412 where somebody else's change would be overwritten, 428 where it might be."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

from flask import Response, request
from werkzeug.http import http_date

from common import errors
from common.http.negotiation import JSON

_DIGEST = re.compile(r'-[0-9a-f]{24}"$')


def require_fresh(row: Any, *, required: bool) -> None:
    """Raise PreconditionMissing where If-Match is `required` and absent, Stale where it names another version."""
    header = request.headers.get("If-Match")
    if header is None:
        if required:
            raise errors.PreconditionMissing("Send If-Match with the ETag you read, or * to replace whatever is there.")
        return
    version = getattr(row, "version", None)
    there = row is not None if header.strip() == "*" else f'"{version}"' in map(_whole, _tags(header))
    if not there:
        raise errors.Stale(
            "Somebody changed it since you read it. Read it again, then repeat your change.", version=version
        )


def _tags(header: str) -> list[str]:
    return [tag.strip() for tag in header.split(",")]


def _whole(tag: str) -> str:
    """Return the tag of the whole row for that of a part: whoever read a part has seen the same version."""
    return _DIGEST.sub('"', tag)


def row_tag(version: int, body: bytes, *, partial: bool) -> str:
    """Return a row's strong ETag: its version, or a digest too where only a part or more than the row is shown."""
    return f'"{version}-{_digest(body)}"' if partial else f'"{version}"'


def list_tag(body: bytes) -> str:
    """Return a list's weak ETag: a digest of what it says, right whoever changed what."""
    return f'W/"{_digest(body)}"'


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def answer(body: bytes, tag: str, *, modified: datetime | None = None) -> Response:
    """Return 200 with the body, or 304 where If-None-Match names the tag."""
    known = request.headers.get("If-None-Match")
    if known is not None and (
        known.strip() == "*" or tag.removeprefix("W/") in (t.removeprefix("W/") for t in _tags(known))
    ):
        response = Response(status=304)
    else:
        response = Response(body, 200, content_type=JSON)
    response.headers["ETag"] = tag
    if modified is not None:
        response.headers["Last-Modified"] = http_date(modified)
    return response
