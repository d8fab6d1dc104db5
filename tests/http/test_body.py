from __future__ import annotations

from decimal import Decimal

import pytest

from common.errors import Invalid
from common.http.body import DEEPEST, loads


def refusal(sent):
    with pytest.raises(Invalid) as caught:
        loads(sent)
    return caught.value.errors[0].code


def test_numbers_with_a_fraction_are_exact():
    assert loads(b"[0.1, 1e2, 12345678901234567890, -0.0]") == [Decimal("0.1"), Decimal("1e2"), 12345678901234567890, 0]


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_nesting_is_bounded_whatever_nests(opening):
    closing = b"]" if opening == b"[" else b"}"

    assert loads(opening * (DEEPEST - 1) + b"{}" + closing * (DEEPEST - 1))
    assert refusal(opening * DEEPEST + b"{}" + closing * DEEPEST) == "json"
    assert refusal(opening * 200_000) == "json"


def test_brackets_within_text_are_no_nesting():
    assert loads(b'"' + b"[" * 1000 + b'"') == "[" * 1000


@pytest.mark.parametrize(
    "number", [b"9" * 65, b"-" + b"9" * 64, b"1e100", b"1e-100", b"1e999", b"0." + b"0" * 70 + b"1"]
)
def test_numbers_are_bounded(number):
    assert refusal(b"[" + number + b"]") == "json"


@pytest.mark.parametrize("number", [b"9" * 64, b"1e99", b"1e-99", b"0e5"])
def test_numbers_up_to_the_bounds_are_read(number):
    assert loads(number) == Decimal(number.decode())


@pytest.mark.parametrize(
    "sent", [b"NaN", b"Infinity", b"-Infinity", b'{"a": 1, "a": 2}', b'{"a": {"b": 1, "b": 1}}', b"", b" "]
)
def test_what_json_does_not_say_is_refused(sent):
    assert refusal(sent) == "json"


def test_a_byte_order_mark_is_passed_over():
    assert loads(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize("sent", ['{"a": "é"}'.encode("latin-1"), "{}".encode("utf-16"), b"\xff"])
def test_other_encodings_are_refused_by_name(sent):
    assert refusal(sent) in {"encoding", "json"}
