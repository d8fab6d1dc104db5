from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from common.fields import (
    Attributes,
    Barcode,
    Boolean,
    Choice,
    Code,
    Date,
    Email,
    FieldProblem,
    Id,
    Integer,
    Money,
    Password,
    Quantity,
    Rate,
    Text,
    Timestamp,
    Timezone,
    Username,
)

NAME = Text(5)
NOTE = Text(100, min=0, multiline=True)
UNIT = Choice("each", "kg")
LIMIT = Integer(1, 200)
LONG = 2**63


def as_json(value):
    """A schema knows no trimming."""
    return value.strip() if isinstance(value, str) else json.loads(str(value).lower())


def refusal(convert, value):
    with pytest.raises(FieldProblem) as caught:
        convert(value)
    return caught.value.code


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        (NAME, "  abc\u00a0", "abc"),
        (NAME, "aéü字😀", "aéü字😀"),
        (NAME, "a\u200bb\u202e", "a\u200bb\u202e"),
        (NOTE, "one\r\ntwo\tthree", "one\r\ntwo\tthree"),
        (NOTE, " ", ""),
        (Code(20), " AB 12/x ", "AB 12/x"),
        (UNIT, "kg", "kg"),
        (Boolean(), False, False),
        (LIMIT, 200, 200),
        (LIMIT, Decimal("5.0"), 5),
        (LIMIT, Decimal("1E+2"), 100),
        (Id(), LONG - 1, LONG - 1),
        (Money(), "15.99", Decimal("15.99")),
        (Money(), Decimal("15.99"), Decimal("15.99")),
        (Money(), 0, Decimal(0)),
        (Money(), "999999999.9999", Decimal("999999999.9999")),
        (Money(), "1.50000", Decimal("1.5")),
        (Quantity(), Decimal("0.001"), Decimal("0.001")),
        (Quantity(), Decimal("1E+2"), Decimal(100)),
        (Quantity(signed=True), -3, Decimal(-3)),
        (Quantity(zero=True), 0, Decimal(0)),
        (Quantity(signed=True, zero=True), 0, Decimal(0)),
        (Rate(), Decimal("19.0001"), Decimal("19.0001")),
        (Rate(), 100, Decimal(100)),
        (Date(), "2024-02-29", date(2024, 2, 29)),
        (Timezone(), "Europe/Berlin", "Europe/Berlin"),
        (Email(), " zoë.o'neil+a@mail.example.com ", "zoë.o'neil+a@mail.example.com"),
        (Email(), "a@bücher.example", "a@bücher.example"),
        (Barcode(), " 4006381333931", "4006381333931"),
        (Barcode(), "12345678901", "12345678901"),
        (Barcode(), "INT-7/x", "INT-7/x"),
        (Username(), "zoë", "zoë"),
        (Password(), "  blanks, kept  ", "  blanks, kept  "),
        (Password(), "a\nb\tcdefg", "a\nb\tcdefg"),
        (Password(), "cafe\u0301-au-lait", "caf\u00e9-au-lait"),
        (Password(tried=True), " a\nb ", " a\nb "),
    ],
)
def test_a_field_keeps_what_its_rule_allows(field, value, kept):
    result = field(value)

    assert result == kept
    assert type(result) is type(kept)
    assert Draft202012Validator(field.schema).is_valid(as_json(value))


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (NAME, "abcdef", "too_long"),
        (NAME, "   ", "too_short"),
        (NAME, 5, "type"),
        (NAME, "a\0b", "control_character"),
        (NAME, "a\n", "control_character"),
        (NAME, "a\u2028b", "control_character"),
        (NAME, "\ud800", "control_character"),
        (NAME, "\x1f", "control_character"),
        (NOTE, "\x1b[31m", "control_character"),
        (NOTE, "a\x85b", "control_character"),
        (NOTE, "a\ufffe", "control_character"),
        (Code(20), "\u200b\u2060", "format"),
        (Code(20), "A\tB", "control_character"),
        (UNIT, "KG", "choice"),
        (UNIT, ["kg"], "type"),
        (Boolean(), "true", "type"),
        (Boolean(), 1, "type"),
        (LIMIT, True, "type"),
        (LIMIT, "5", "type"),
        (LIMIT, 5.0, "type"),
        (LIMIT, 0, "too_small"),
        (LIMIT, 201, "too_large"),
        (LIMIT, Decimal("5.5"), "not_whole"),
        (LIMIT, Decimal("1e999999"), "too_large"),
        (LIMIT, Decimal("NaN"), "type"),
        (Id(), LONG, "too_large"),
        (Id(), 0, "too_small"),
        (Money(), -1, "too_small"),
        (Money(), "1000000000", "too_large"),
        (Money(), "0.00001", "too_precise"),
        (Money(), Decimal("1e999999"), "too_large"),
        (Money(), Decimal("-1e999999"), "too_small"),
        (Money(), Decimal("1e-999999"), "too_precise"),
        (Money(), Decimal("sNaN"), "type"),
        (Money(), 10**4000, "too_large"),
        (Money(), True, "type"),
        (Quantity(), 0, "too_small"),
        (Quantity(), Decimal("-0.0"), "too_small"),
        (Quantity(), "1", "type"),
        (Quantity(), Decimal("0.0005"), "too_precise"),
        (Quantity(signed=True), 0, "too_small"),
        (Quantity(signed=True), -1_000_000_000, "too_small"),
        (Quantity(zero=True), -1, "too_small"),
        (Rate(), Decimal("100.0001"), "too_large"),
        (Rate(), "19", "type"),
        (Date(), "2023-02-29", "format"),
        (Date(), "2026-1-02", "format"),
        (Date(), "1969-12-31", "too_small"),
        (Date(), "\u0662\u0660\u0662\u0666-01-01", "format"),
        (Timezone(), "Mars/Olympus", "choice"),
        (Timezone(), "localtime", "choice"),
        (Timezone(), "../etc/passwd", "choice"),
        (Email(), "zoe@localhost", "format"),
        (Email(), "a@b@example.com", "format"),
        (Email(), "a b@example.com", "format"),
        (Email(), "a..b@example.com", "format"),
        (Email(), "a@-example.com", "format"),
        (Email(), f"{'a' * 65}@example.com", "format"),
        (Email(), f"{'a' * 250}@example.com", "too_long"),
        (Barcode(), "4006381333932", "check_digit"),
        (Barcode(), "0000000000000", "check_digit"),
        (Barcode(), "AB CD", "format"),
        (Barcode(), "é", "format"),
        (Barcode(), "4006381333931\r", "control_character"),
        (Username(), "zoe smith", "format"),
        (Username(), "zoe:x", "format"),
        (Username(), "zoe\u2003x", "format"),
        (Username(), "\u200b", "format"),
        (Username(), "zo\u200be", "format"),
        (Password(), "short", "too_short"),
        (Password(), " " * 9, "format"),
        (Password(), "x" * 129, "too_long"),
        (Password(), "eightch\0", "control_character"),
        (Password(), "eightch\udfff", "control_character"),
    ],
)
def test_a_field_refuses_what_its_rule_forbids(field, value, code):
    refused = refusal(field, value)

    assert refused == code


def test_minus_zero_is_zero():
    values = [Money()("-0.00"), Quantity(zero=True)(Decimal("-0.000")), LIMIT.from_text("1"), Rate()(Decimal("-0E+9"))]

    assert not any(str(value).startswith("-") for value in values)


@pytest.mark.parametrize(
    "field",
    [NAME, Code(5), UNIT, Boolean(), LIMIT, Id(), Money(), Quantity(), Rate(), Timestamp(), Date(), Timezone(), Email(),
     Barcode(), Username(), Password(), Attributes()],
    ids=lambda field: type(field).__name__,
)  # fmt: skip
def test_null_is_refused_by_every_field_by_name(field):
    refused = refusal(field, None)

    assert refused == "null"


def test_a_message_repeats_nothing_of_what_was_sent():
    hostile = "<script>alert(1)</script>"
    fields = [NAME, UNIT, LIMIT, Money(), Timestamp(), Date(), Timezone(), Email(), Id()]

    messages = []
    for field in fields:
        with pytest.raises(FieldProblem) as caught:
            field(hostile)
        messages.append(caught.value.message)

    assert not any("script" in message for message in messages)


def test_naughty_strings_are_kept_trimmed_or_refused(shared_data):
    strings = json.loads(shared_data("lists/blns.json").read_text(encoding="utf-8"))
    field = Text(10_000, min=0, multiline=True)

    refused = set()
    for text in strings:
        try:
            assert field(text) == text.strip()
        except FieldProblem as problem:
            refused.add(problem.code)

    assert len(strings) > 400
    assert refused == {"control_character"}
