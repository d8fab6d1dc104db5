from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.fields import Attributes, FieldProblem, FieldProblems, field_errors


def problems(value):
    with pytest.raises(FieldProblems) as caught:
        Attributes()(value)
    return {(error.field, error.code) for error in caught.value.errors}


def test_attributes_are_flat_and_exact():
    given_ = {" colour ": " red ", "size": Decimal("4.50"), "pack": Decimal("1E+1"), "eco": True, "note": ""}

    kept = Attributes()(given_)

    assert kept == {"colour": "red", "size": 4.5, "pack": 10, "eco": True, "note": ""}
    assert json.dumps(kept["size"]) == "4.5"
    assert type(kept["pack"]) is int


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 9))
def test_a_number_of_fifteen_digits_in_an_attribute_is_spelt_as_it_came(digits, places):
    number = Decimal(digits).scaleb(-places)

    kept = Attributes()({"n": number})["n"]

    assert Decimal(repr(kept)) == number


def test_a_number_that_a_float_would_bend_is_refused():
    told = problems({"a": Decimal("1234567890.123456"), "b": Decimal("0.0000000001"), "c": 10**15})

    assert told == {("a", "too_precise"), ("b", "too_precise"), ("c", "too_large")}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": None}, {("a", "null")}),
        ({"a": []}, {("a", "type")}),
        ({"a": {}}, {("a", "type")}),
        ({"a": Decimal("1e999999")}, {("a", "too_large")}),
        ({"a": "x" * 501}, {("a", "too_long")}),
        ({"": 1}, {("", "too_short")}),
        ({"a": 1, " a": 2}, {(" a", "duplicate")}),
        ({"\ud800": 1}, {("\ufffd", "control_character")}),
        ({"n" * 5000: 1}, {("n" * 63 + "…", "too_long")}),
    ],
)
def test_an_attribute_that_breaks_the_rule_is_named(value, expected):
    told = problems(value)

    assert told == expected


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"a": 1, "a": 2}', '{"a": NaN}', "[" * 100_000, '{"a": 1e9999999999999999999}', "9" * 5000],
)
def test_attributes_in_text_are_strict_json(text):
    with pytest.raises((FieldProblem, FieldProblems)) as caught:
        Attributes().from_text(text)

    assert field_errors("attributes", caught.value)


def test_more_than_fifty_attributes_are_refused():
    with pytest.raises(FieldProblem, match="at most 50"):
        Attributes()({str(number): number for number in range(51)})
