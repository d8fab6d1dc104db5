"""Which representation: JSON, or CSV where a list offers it. What none can serve is 406, before anything is done."""

from __future__ import annotations

import re

from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header

# Windows PowerShell 5 reads JSON without a charset as Latin-1; RFC 8259 makes the parameter harmless to all others.
JSON = "application/json; charset=utf-8"
PROBLEM = "application/problem+json"
MEDIA = {"json": "application/json", "csv": "text/csv"}
"""What each representation is called by `format`, and by Accept."""
JSON_ALONE = ("json",)

_BARE_POINT = re.compile(r"(;\s*q=)(?=\.)")


def chosen(formats: tuple[str, ...] = JSON_ALONE) -> str:
    """Return which of the formats to answer in: that which `format` names, else the one that Accept likes best.

    Raises 406 where Accept names formats and none of these is among them; no Accept takes anything.
    """
    if len(formats) > 1 and "format" in request.args:
        named = request.args["format"]
        return named if named in formats else formats[0]  # common/http/query.py refuses it in its turn
    accept = request.headers.get("Accept")
    if not accept or accept == "*/*":
        return formats[0]
    read = _plain(accept)
    # Who takes problems alone is not taken at their word, but who says that JSON is what they do not want is: `*/*`
    # beside it would otherwise let it in by way of the problems.
    fitting = {MEDIA[name]: name for name in formats if not _excluded(read, MEDIA[name])}
    best = read.best_match([*fitting, PROBLEM]) if fitting else None
    if best is None:
        raise NotAcceptable
    return fitting.get(best) or next(iter(fitting.values()))


def _excluded(read: MIMEAccept, media: str) -> bool:
    return read.find(media) >= 0 and not read.quality(media)


def _plain(accept: str) -> MIMEAccept:
    """Read Accept as clients mean it: a charset beside the format changes nothing, and Java's `q=.2` is a number."""
    read = parse_accept_header(_BARE_POINT.sub(r"\g<1>0", accept), MIMEAccept)
    return MIMEAccept([(name.partition(";")[0].strip(), quality) for name, quality in read])
