from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from common.errors import FieldError
from common.fields import (
    MAX_ERRORS,
    Attributes,
    Barcode,
    Boolean,
    Choice,
    Code,
    Collector,
    Date,
    Email,
    FieldProblem,
    FieldProblems,
    Id,
    Integer,
    ListOf,
    Money,
    Object,
    Password,
    Property,
    Quantity,
    Rate,
    Text,
    Timestamp,
    Timezone,
    Username,
    field_errors,
)
from common.gtin import barcode_key

LINE = Object(
    {
        "item_id": Property(Id(), required=True),
        "quantity": Property(Quantity(), required=True),
        "note": Property(Text(20), nullable=True),
        "tags": Property(ListOf(Text(5), 3), default=list),
    }
)
DOCUMENT = Object({"lines": Property(ListOf(LINE, 1000, min=1), required=True)})
BARCODES = ListOf(Barcode(), 5, unique_by=barcode_key)
EVERY_FIELD = [
    Text(50), Text(50, min=0, multiline=True), Code(20), Choice("each", "kg"), Boolean(), Integer(-5, 500), Id(),
    Money(), Quantity(), Quantity(signed=True), Quantity(zero=True), Rate(), Timestamp(), Timestamp(future=False),
    Date(), Timezone(), Email(), Barcode(), Username(), Password(), Attributes(), BARCODES, LINE, DOCUMENT,
]  # fmt: skip

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.integers(-(10**3000), 10**3000) | st.floats() | st.decimals()
    | st.text(st.characters(), max_size=80)
    | st.sampled_from([Decimal("1e999999"), Decimal("-1e999999"), Decimal("1e-999999"), Decimal("0e999999"), "\ud800",
                       "2026-11-20T09:30:00Z", "2026-11-20", "Europe/Berlin", "4006381333931", "15.99", "a@b.example"])
)  # fmt: skip
NAMES = st.text(max_size=80) | st.sampled_from(["lines", "item_id", "quantity", "note", "tags", "a/b", "\udc00"])
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAMES, inner, max_size=5))


def problems(convert, value):
    with pytest.raises(FieldProblems) as caught:
        convert(value)
    return {(error.field, error.code) for error in caught.value.errors}


@settings(max_examples=40)
@given(JSON)
@pytest.mark.parametrize("field", EVERY_FIELD, ids=lambda field: type(field).__name__)
def test_any_json_value_is_kept_or_refused_and_nothing_else(field, value):
    try:
        field(value)
    except (FieldProblem, FieldProblems) as problem:
        refused = field_errors("x", problem)

        assert refused
        for error in refused:
            assert 0 < len(error.field.encode()) <= 400
            assert len(error.message.encode()) <= 100


@settings(max_examples=40)
@given(st.text(max_size=80) | SCALARS.map(str))
@pytest.mark.parametrize("field", EVERY_FIELD, ids=lambda field: type(field).__name__)
def test_any_text_is_kept_or_refused_and_nothing_else(field, text):
    try:
        field.from_text(text)
    except (FieldProblem, FieldProblems) as problem:
        refused = field_errors("x", problem)

        assert refused


@pytest.mark.parametrize("field", EVERY_FIELD, ids=lambda field: type(field).__name__)
def test_a_schema_is_json_and_a_schema(field):
    schema = json.loads(json.dumps(field.schema, allow_nan=False))

    Draft202012Validator.check_schema(schema)
    assert "type" in schema or "anyOf" in schema


def test_everything_wrong_is_told_at_once_with_its_path():
    document = {
        "lines": [
            {"item_id": 7, "quantity": 0},
            {"item_id": "7", "quantity": 1, "colour": "red"},
            {"quantity": None, "note": None},
            5,
        ],
        "extra": 1,
    }

    told = problems(DOCUMENT, document)

    assert told == {
        ("lines/0/quantity", "too_small"),
        ("lines/1/item_id", "type"),
        ("lines/1/colour", "unknown"),
        ("lines/2/item_id", "required"),
        ("lines/2/quantity", "null"),
        ("lines/3", "type"),
        ("extra", "unknown"),
    }


def test_absent_null_and_default_are_three_things():
    absent = LINE({"item_id": 7, "quantity": 1})
    null = LINE({"item_id": 7, "quantity": 1, "note": None, "tags": ["a"]})

    assert absent == {"item_id": 7, "quantity": Decimal(1), "tags": []}
    assert null == {"item_id": 7, "quantity": Decimal(1), "note": None, "tags": ["a"]}
    assert LINE({"item_id": 7, "quantity": 1})["tags"] is not absent["tags"]


def test_two_forms_of_one_barcode_are_a_duplicate():
    told = problems(BARCODES, ["036000291452", "X", "0036000291452", "4006381333932", "4006381333932"])

    assert told == {("2", "duplicate"), ("3", "check_digit"), ("4", "check_digit")}


@pytest.mark.parametrize(("value", "code"), [([], "too_few"), (["a"] * 4, "too_many"), ("a", "type"), (None, "null")])
def test_a_list_has_its_bounds(value, code):
    field = ListOf(Text(5), 3, min=1)

    with pytest.raises(FieldProblem) as caught:
        field(value)

    assert caught.value.code == code


def test_a_list_in_text_is_separated_by_commas():
    field = ListOf(Id(), 3)

    assert field.from_text("1, 2,3") == [1, 2, 3]
    assert field.from_text("") == []
    assert problems(field.from_text, "1,,x") == {("1", "format"), ("2", "format")}
    with pytest.raises(FieldProblem, match="at most 3"):
        field.from_text("1," * 100_000)


def test_a_flood_of_wrong_names_gets_a_bounded_answer():
    flood = {"lines": [{f"x{number}": 1 for number in range(100)} for _ in range(1000)]}

    with pytest.raises(FieldProblems) as caught:
        DOCUMENT(flood)

    assert len(caught.value.errors) == MAX_ERRORS


def test_a_full_collector_lets_no_refused_item_pass_for_a_good_one():
    field = ListOf(Barcode(), 2 * MAX_ERRORS, unique_by=barcode_key)

    told = problems(field, [None] * (2 * MAX_ERRORS))

    assert len(told) == MAX_ERRORS


def test_a_collector_prefixes_and_gathers():
    collector = Collector()
    kept = collector.read("name", Text(5), "ok")
    collector.read("price", Money(), "1e3")
    collector.read("lines", ListOf(Id(), 3), [1, 0])
    collector.add("code", FieldProblem("required", "Is required.", {"example": "A"}))

    with pytest.raises(FieldProblems) as caught:
        collector.finish()

    assert kept == "ok"
    assert [(error.field, error.code) for error in caught.value.errors] == [
        ("price", "format"),
        ("lines/1", "too_small"),
        ("code", "required"),
    ]
    assert caught.value.errors[-1] == FieldError("code", "required", "Is required.", {"example": "A"})


def test_a_collector_without_problems_raises_nothing():
    collector = Collector()

    collector.read("name", Text(5), "ok")

    assert collector.finish() is None
