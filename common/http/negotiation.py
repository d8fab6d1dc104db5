"""Which representation: JSON, so far. What none can serve is 406, before anything is done."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import NotAcceptable

# Windows PowerShell 5 reads JSON without a charset as Latin-1; RFC 8259 makes the parameter harmless to all others.
JSON = "application/json; charset=utf-8"
MADE = ("application/json", "application/problem+json")


def require_acceptable() -> None:
    """Raise 406 where Accept names formats and none of ours is among them; no Accept takes anything."""
    accept = request.headers.get("Accept")
    if accept and accept != "*/*" and not request.accept_mimetypes.best_match(MADE):
        raise NotAcceptable
