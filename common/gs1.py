"""What GS1 wraps around a GTIN: element strings and Digital Links, as scanners send them."""

from __future__ import annotations

import re
from urllib.parse import unquote

from common.gtin import check_digit_ok, has_gtin_form

SEPARATOR = "\x1d"
"""What scanners send for FNC1."""
# How a scanner that is told to names the kind of barcode it read, such as ]C1 for GS1-128.
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9]")
_BRACKETED = re.compile(r"\(01\)([0-9]{14})(?![0-9])")
_PLAIN = re.compile(r"01([0-9]{14})")
_LINK = re.compile(r"https?://[^/?#]+(?:/[^?#]*)?/(?:01|gtin)/([0-9]{8,14})(?:[/?#]|$)", re.IGNORECASE)


def unwrapped(scanned: str) -> str:
    """Return what was scanned without the symbology's identifier and leading separators."""
    return (
        _SYMBOLOGY.sub("", scanned, count=1).lstrip(SEPARATOR) if scanned.startswith("]") else scanned.lstrip(SEPARATOR)
    )


def gtin_within(scanned: str) -> str | None:
    """Return the GTIN of an element string that begins with AI 01, or of a Digital Link; None where there is none."""
    text = unwrapped(scanned)
    found = _BRACKETED.match(text) or _PLAIN.match(text) or _LINK.match(unquote(text))
    return found[1] if found and has_gtin_form(found[1]) and check_digit_ok(found[1]) else None
