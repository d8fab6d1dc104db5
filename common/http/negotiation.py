"""Which representation: JSON, so far. What none can serve is 406, before anything is done."""

from __future__ import annotations

import re

from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header

# Windows PowerShell 5 reads JSON without a charset as Latin-1; RFC 8259 makes the parameter harmless to all others.
JSON = "application/json; charset=utf-8"
MADE = ("application/json", "application/problem+json")


_BARE_POINT = re.compile(r"(;\s*q=)(?=\.)")


def require_acceptable() -> None:
    """Raise 406 where Accept names formats and none of ours is among them; no Accept takes anything."""
    accept = request.headers.get("Accept")
    if accept and accept != "*/*" and not _plain(accept).best_match(MADE):
        raise NotAcceptable


def _plain(accept: str) -> MIMEAccept:
    """Read Accept as clients mean it: a charset beside the format changes nothing, and Java's `q=.2` is a number."""
    read = parse_accept_header(_BARE_POINT.sub(r"\g<1>0", accept), MIMEAccept)
    return MIMEAccept([(name.partition(";")[0].strip(), quality) for name, quality in read])
