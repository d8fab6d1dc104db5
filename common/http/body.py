"""Strict JSON: what RFC 8259 leaves open is refused, and nothing that is sent can exhaust the service.

Duplicate names, NaN and Infinity, numbers beyond 64 digits or an exponent of 99, and nesting deeper than 64 are 400.
Numbers with a fraction or exponent are read as Decimal, so that nothing passes through float.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from common import errors
from common.errors import FieldError

MOST_BYTES = 1 << 20
DEEPEST = 64
_LONGEST_NUMBER = 64
_EXPONENT = 99
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"


class _Unreadable(ValueError):
    pass


def refuse_large(limit: int = MOST_BYTES) -> None:
    """Raise 413 for a body beyond the limit, in bytes."""
    if "CONTENT_LENGTH" in request.environ and (request.content_length or 0) > limit:
        raise RequestEntityTooLarge


def is_merge_patch() -> bool:
    """Tell whether the body is a JSON merge patch (RFC 7396)."""
    return request.mimetype == MERGE_PATCH


def read(*, optional: bool = False) -> dict[str, Any]:
    """Return the object that was sent; {} for no body where it is `optional`.

    Raises 415 for another media type or charset and Invalid for anything but a JSON object.
    """
    sent = request.get_data(cache=True)
    if not sent and optional:  # PowerShell names a form's media type even where it sends nothing
        return {}
    _check_media_type()
    value = loads(sent)
    if not isinstance(value, dict):
        raise _invalid("object", "The body must be a JSON object.")
    return value


def loads(sent: bytes) -> Any:
    """Return the value of strict JSON; raises Invalid."""
    try:
        text = sent.decode("utf-8-sig")
        value = json.loads(
            text, object_pairs_hook=_members, parse_constant=_no_constant, parse_float=_number, parse_int=_whole
        )
    except UnicodeDecodeError:
        raise _invalid(
            "encoding", "The body must be UTF-8. Send Content-Type: application/json; charset=utf-8."
        ) from None
    except _Unreadable as error:
        raise _invalid("json", str(error)) from None
    except (ValueError, RecursionError):
        raise _invalid("json", "The body is not valid JSON.") from None
    if text.count("[") + text.count("{") > DEEPEST and _depth(value) > DEEPEST:
        raise _invalid("json", f"The body is nested deeper than {DEEPEST} levels.")
    return value


def _check_media_type() -> None:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType
    accepted = (JSON, MERGE_PATCH) if request.method == "PATCH" else (JSON,)
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in accepted or charset not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Unreadable("A name stands twice in one object.")
    return members


def _no_constant(_name: str) -> NoReturn:
    raise _Unreadable("NaN and Infinity are no JSON numbers.")


def _number(digits: str) -> Decimal:
    if len(digits) > _LONGEST_NUMBER:
        raise _Unreadable("A number has too many digits.")
    number = Decimal(digits)
    if abs(number.adjusted()) > _EXPONENT:
        raise _Unreadable("A number is out of range.")
    return number


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise _Unreadable("A number has too many digits.")
    return int(digits)


def _depth(value: Any) -> int:
    deepest, stack = 0, [(value, 1)]
    while stack:
        here, level = stack.pop()
        if isinstance(here, dict | list):
            deepest = max(deepest, level)
            stack.extend((inner, level + 1) for inner in (here.values() if isinstance(here, dict) else here))
    return deepest


def _invalid(code: str, message: str) -> errors.Invalid:
    return errors.Invalid(message, errors=[FieldError("", code, message)])
