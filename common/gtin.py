"""Barcodes: the GS1 check digit, and when two spellings are one code."""

from __future__ import annotations

GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_FULL_LENGTH = 14
# No GTIN key begins so: an internal code of 14 characters can't be mistaken for one.
_INTERNAL = "="


def is_digits(code: str) -> bool:
    """Tell whether the code is made of the digits 0-9 alone; other scripts' digits are none."""
    return code.isascii() and code.isdigit()


def check_digit_ok(code: str) -> bool:
    """Tell whether digits end in the right GS1 mod 10 check digit; all zeros pass the sum, yet are no code."""
    if not is_digits(code) or not code.strip("0"):
        return False
    tripled = sum(map(int, code[-2::-2]))
    plain = sum(map(int, code[::-2]))
    return (3 * tripled + plain) % 10 == 0


def has_gtin_form(code: str) -> bool:
    """Tell whether a code has a length that GS1 uses, and so needs a right check digit."""
    return len(code) in GTIN_LENGTHS and is_digits(code)


def barcode_key(code: str) -> str:
    """Return what two spellings of one barcode share, for storing and for comparing.

    The key of a GTIN is its 14 digits: GTIN-8, UPC-A, EAN-13 and GTIN-14 differ in leading zeros alone. Any other
    code is internal and equals itself only, case and leading zeros included.
    """
    if has_gtin_form(code) and check_digit_ok(code):
        return code.zfill(_FULL_LENGTH)
    return _INTERNAL + code


def lookup_keys(code: str) -> tuple[str, ...]:
    """Return the keys under which a scanned or typed code may be found, the likeliest first.

    Beside its own key that is the GTIN which lost its leading zeros to a spreadsheet, or got more than 14 digits.
    """
    key = barcode_key(code)
    significant = code.lstrip("0")
    if key.startswith(_INTERNAL) and len(significant) <= _FULL_LENGTH and check_digit_ok(significant):
        return key, significant.zfill(_FULL_LENGTH)
    return (key,)
