"""Fields that are text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from common.fields.base import Field, FieldProblem, find_unprintable, wrong_type
from common.gs1 import SEPARATOR
from common.gtin import check_digit_ok, has_gtin_form

_BARCODE = re.compile(r"[!-~]+")
_BARCODE_LENGTH = 64
_USERNAME_LENGTH = 64
_PASSWORD_LENGTHS = (8, 128)
_LONGEST_TRIED = 1000
_EMAIL_LENGTH = 254
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(rf"[^\s@\"(),:;<>\[\]\\.]+(?:\.[^\s@\"(),:;<>\[\]\\.]+)*@{_LABEL}(?:\.{_LABEL})+")
_LOCAL_PART_LENGTH = 64


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise wrong_type(value, "text")
    return value


def _refuse_unprintable(text: str, *, multiline: bool = False) -> None:
    found = find_unprintable(text, multiline=multiline)
    if found:
        raise FieldProblem("control_character", f"Must not contain the character U+{ord(found):04X}.")


def _check_length(text: str, low: int, high: int) -> None:
    if len(text) > high:
        raise FieldProblem("too_long", f"Must have at most {high} characters.")
    if len(text) < low:
        raise FieldProblem("too_short", "Must not be empty." if low == 1 else f"Must have at least {low} characters.")


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZM"


def _refuse_invisible(text: str) -> None:
    """Codes and names are typed, said and compared by people: one zero-width space is no name."""
    if text and not any(map(_is_visible, text)):
        raise FieldProblem("format", "Must have a visible character.")


@dataclass(frozen=True, slots=True)
class Text(Field):
    """Unicode text, trimmed, of `min` to `max` characters; line breaks and tabs pass where it is `multiline`."""

    max: int
    min: int = 1
    multiline: bool = False

    def __call__(self, value: Any) -> str:
        """Refuse control characters before trimming, so that none is dropped unseen."""
        text = _text(value)
        _refuse_unprintable(text, multiline=self.multiline)
        text = text.strip()
        _check_length(text, self.min, self.max)
        return text

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "string", "minLength": self.min, "maxLength": self.max}


@dataclass(frozen=True, slots=True)
class Code(Field):
    """A key that people type, such as a SKU or a store's code: one line, trimmed, something visible in it."""

    max: int

    def __call__(self, value: Any) -> str:
        """Return it trimmed, its case kept."""
        text = Text(self.max)(value)
        _refuse_invisible(text)
        return text

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "string", "minLength": 1, "maxLength": self.max}


class Choice(Field):
    """One of some texts, exactly as they are spelt."""

    __slots__ = ("values",)

    def __init__(self, *values: str) -> None:
        self.values = values

    def __call__(self, value: Any) -> str:
        """Refuse by naming what there is to choose from."""
        text = _text(value)
        if text not in self.values:
            raise FieldProblem("choice", f"Must be one of {', '.join(self.values)}.")
        return text

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "string", "enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class Email(Field):
    """An address of at most 254 characters that a mail could plausibly reach; case is kept."""

    def __call__(self, value: Any) -> str:
        """Return it trimmed."""
        text = Text(_EMAIL_LENGTH)(value)
        if not _EMAIL.fullmatch(text) or text.index("@") > _LOCAL_PART_LENGTH:
            raise FieldProblem("format", "Must be an e-mail address such as name@example.com.")
        return text

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "string", "format": "email", "maxLength": _EMAIL_LENGTH}


@dataclass(frozen=True, slots=True)
class Barcode(Field):
    """A printed code: 1 to 64 printable ASCII characters, no blanks; one in a GTIN's form needs its check digit."""

    def __call__(self, value: Any) -> str:
        """Return it trimmed, as it was spelt; common.gtin says which spellings are one code."""
        text = Text(_BARCODE_LENGTH)(value)
        if not _BARCODE.fullmatch(text):
            raise FieldProblem("format", "Must be printable ASCII characters without blanks.")
        if has_gtin_form(text) and not check_digit_ok(text):
            raise FieldProblem("check_digit", "The check digit is wrong.")
        return text

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {
            "type": "string",
            "minLength": 1,
            "maxLength": _BARCODE_LENGTH,
            "pattern": "^[!-~]+$",
            "description": "One of 8, 12, 13 or 14 digits needs a right GS1 check digit.",
        }


@dataclass(frozen=True, slots=True)
class Scan(Field):
    """What a scanner sent or somebody typed instead: one line, in which GS1's separator may stand."""

    max: int

    def __call__(self, value: Any) -> str:
        """Return it trimmed."""
        text = _text(value).strip(" ")
        Text(self.max)(text.replace(SEPARATOR, "") if len(text) <= self.max else text)
        return text

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "string", "minLength": 1, "maxLength": self.max}


@dataclass(frozen=True, slots=True)
class Username(Field):
    """What somebody signs in with: no blanks, and no colon, which ends the name in Basic authentication."""

    def __call__(self, value: Any) -> str:
        """Return it trimmed, its case kept."""
        text = Text(_USERNAME_LENGTH)(value)
        _refuse_invisible(text)
        if ":" in text or any(map(str.isspace, text)):
            raise FieldProblem("format", "Must not contain blanks or a colon.")
        if any(unicodedata.category(sign) == "Cf" for sign in text):
            raise FieldProblem("format", "Must not contain what nobody sees: it would look like another name.")
        return text

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "string", "minLength": 1, "maxLength": _USERNAME_LENGTH, "pattern": r"^[^\s:]+$"}


@dataclass(frozen=True, slots=True)
class Password(Field):
    """A password: 8 to 128 characters of any kind but NUL and lone surrogates, kept as typed.

    With `tried` it is one to sign in with, which may be anything: the rules of today do not lock out that of yesterday.
    """

    tried: bool = False

    def __call__(self, value: Any) -> str:
        """Return it with its blanks, in NFC: keyboards differ in how they compose an é."""
        text = _text(value)
        _check_length(text, *((0, _LONGEST_TRIED) if self.tried else _PASSWORD_LENGTHS))
        if any(character == "\0" or unicodedata.category(character) == "Cs" for character in text):
            raise FieldProblem("control_character", "Must not contain NUL or half a character.")
        if not self.tried:
            _refuse_invisible(text)
        return unicodedata.normalize("NFC", text)

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        low, high = (0, _LONGEST_TRIED) if self.tried else _PASSWORD_LENGTHS
        return {"type": "string", "format": "password", "minLength": low, "maxLength": high}
