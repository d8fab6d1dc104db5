"""Cursors: where a page ended, in a form that a client passes back unread.

A cursor names the list and the order it belongs to; with another one it is refused rather than misread.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Self

import orjson

from common import errors
from common.errors import FieldError


@dataclass(frozen=True, slots=True)
class Cursor:
    """The sort keys of the row at the edge, and whether to go on after it or back before it."""

    keys: tuple[Any, ...]
    back: bool = False

    def encode(self, order: str) -> str:
        """Return the text for a client; `order` is the list's signature."""
        return base64.urlsafe_b64encode(orjson.dumps([order, self.back, *self.keys])).rstrip(b"=").decode("ascii")

    @classmethod
    def decode(cls, text: str, order: str, fits: Sequence[Callable[[Any], bool]]) -> Self:
        """Return the cursor; raises Invalid unless it was made for this list and order; each key has its test."""
        try:
            raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
            signature, back, *keys = orjson.loads(raw)
        except (ValueError, TypeError):
            raise refused() from None
        if signature != order or not isinstance(back, bool) or len(keys) != len(fits):
            raise refused()
        if not all(fit(key) for fit, key in zip(fits, keys, strict=True)):
            raise refused()
        return cls(tuple(keys), back)


def is_whole(key: Any) -> bool:
    """Tell whether a key can stand in a column of whole numbers."""
    return type(key) is int and -(2**63) <= key < 2**63


def is_text(key: Any) -> bool:
    """Tell whether a key can stand in a column of text; PostgreSQL takes no NUL."""
    return isinstance(key, str) and "\0" not in key


def is_moment(key: Any) -> bool:
    """Tell whether a key can stand in a column of timestamps."""
    try:
        return isinstance(key, str) and datetime.fromisoformat(key).tzinfo is not None
    except ValueError:
        return False


def refused() -> errors.Invalid:
    """Return the refusal of a cursor."""
    message = "This cursor belongs to another list or order. Start from the first page."
    return errors.Invalid(message, errors=[FieldError("cursor", "cursor", message)])


@lru_cache(maxsize=1024)
def signature(*parts: str) -> str:
    """Return the short name of a list and its order."""
    return hashlib.blake2b("\n".join(parts).encode("utf-8"), digest_size=6).hexdigest()
