"""What Flask-RESTful's reqparse gets wrong as it ships, set right: each trap is a test."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from flask import Flask

from common.errors import Invalid
from common.fields import Attributes, Boolean, Integer, ListOf, Money, Text
from common.http.reqparse import Merge, RequestParser

FIELDS = RequestParser()
FIELDS.add_argument("name", type=Text(10), required=True)
FIELDS.add_argument("count", type=Integer(0, 9), default=3)
FIELDS.add_argument("note", type=Text(10), nullable=True)
FIELDS.add_argument("price", type=Money(), nullable=True)
FIELDS.add_argument("flag", type=Boolean(), default=False)
FIELDS.add_argument("tags", type=ListOf(Text(5), max=3), default=[])
FIELDS.add_argument("attributes", type=Attributes(), default={})
CHANGES = FIELDS.partial()
PATCH = "application/merge-patch+json"


def parse(parser, body, *, method="POST", kind="application/json"):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with Flask("parsing").test_request_context(method=method, data=data, content_type=kind):
        return parser.parse_args()


def told(parser, body, **kwargs):
    with pytest.raises(Invalid) as refusal:
        parse(parser, body, **kwargs)
    return [(error.field, error.code) for error in refusal.value.errors]


def test_what_is_left_out_takes_its_default():
    assert parse(FIELDS, {"name": "x"}) == {
        "name": "x",
        "count": 3,
        "note": None,
        "price": None,
        "flag": False,
        "tags": [],
        "attributes": {},
    }


def test_a_default_is_not_shared_between_requests():
    first = parse(FIELDS, {"name": "x"})
    first["tags"].append("changed")

    assert parse(FIELDS, {"name": "x"})["tags"] == []


def test_absent_is_not_null_where_only_changes_are_sent():
    assert parse(CHANGES, {}) == {}
    assert parse(CHANGES, {"note": None}) == {"note": None}


def test_a_list_can_be_emptied():
    assert parse(CHANGES, {"tags": []}) == {"tags": []}


@pytest.mark.parametrize("value", [7.9, True, "7", " 7 ", "1_0", "٣", [7], {"a": 1}])
def test_nothing_is_bent_into_a_number(value):
    assert told(FIELDS, {"name": "x", "count": value}) in ([("count", "type")], [("count", "not_whole")])


@pytest.mark.parametrize("value", ["false", "", 0, 1, [], {}])
def test_nothing_is_bent_into_a_truth(value):
    assert told(FIELDS, {"name": "x", "flag": value}) == [("flag", "type")]


@pytest.mark.parametrize("value", [1, True, [], ["x"], {}, {"a": 1}])
def test_nothing_is_bent_into_text(value):
    assert told(FIELDS, {"name": value}) == [("name", "type")]


def test_a_required_field_is_not_there_by_being_null():
    assert told(FIELDS, {"name": None}) == [("name", "null")]


def test_null_passes_where_it_is_declared_alone():
    assert told(FIELDS, {"name": "x", "count": None, "note": None}) == [("count", "null")]


def test_all_that_is_wrong_is_told_at_once_with_what_is_unknown():
    body = {"count": "x", "price": "1e5", "tags": ["ok", 5, "too long"], "nothing": 1}

    assert sorted(told(FIELDS, body)) == [
        ("count", "type"),
        ("name", "required"),
        ("nothing", "unknown"),
        ("price", "format"),
        ("tags/1", "type"),
        ("tags/2", "too_long"),
    ]


def test_numbers_are_exact():
    assert parse(FIELDS, b'{"name": "x", "price": 0.1}')["price"] == Decimal("0.1")


def test_a_merge_patch_takes_members_away_by_null():
    change = parse(CHANGES, {"attributes": {"colour": None, "width": 2}}, method="PATCH", kind=PATCH)["attributes"]

    assert isinstance(change, Merge)
    assert change.onto({"colour": "red", "height": 1}) == {"height": 1, "width": 2}


def test_a_merged_object_keeps_the_fields_rule_as_a_whole():
    change = parse(CHANGES, {"attributes": {"one more": 1}}, method="PATCH", kind=PATCH)["attributes"]

    with pytest.raises(Invalid):
        change.onto({f"member {number}": number for number in range(50)})


def test_plain_json_replaces_an_object():
    assert parse(CHANGES, {"attributes": {"width": 2}}, method="PATCH") == {"attributes": {"width": 2}}
    assert told(CHANGES, {"attributes": {"width": None}}, method="PATCH") == [("attributes/width", "null")]


def test_a_table_without_some_fields_refuses_them():
    assert told(FIELDS.but("count"), {"name": "x", "count": 1}) == [("count", "unknown")]
