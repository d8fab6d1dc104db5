"""What the API says about itself."""

from __future__ import annotations

import gzip
import json

import pytest
from described import SAID, asked, faults, names_of, operation
from openapi_spec_validator import validate
from routing import BODIES, CALLS, LISTS, each
from service import BASE

from common.http import parameters, reqparse
from common.http.schemas import body_of

URL = f"{BASE}/openapi.json"


def test_the_document_is_valid_openapi():
    validate(SAID)

    assert SAID["openapi"].startswith("3.1")


def test_every_verb_of_every_route_is_there_and_no_other():
    there = {(path, verb) for path, verbs in SAID["paths"].items() for verb in verbs}

    assert there == {(parameters.address(call.url), call.verb) for call in CALLS}
    assert len({operation(call)["operationId"] for call in CALLS}) == len(CALLS)


@each(CALLS)
def test_an_operation_says_what_it_does_and_who_may(call):
    said = operation(call)

    assert said["summary"].endswith(".")
    assert said["x-role"] == (call.role.label if call.role else "anyone")
    assert bool(said["security"]) == (call.role is not None)
    assert said["tags"][0] in {tag["name"] for tag in SAID["tags"]}


def test_a_merge_patch_takes_members_away_by_null():
    content = operation(next(call for call in CALLS if str(call) == "PATCH items/<id>"))["requestBody"]["content"]
    body = {"attributes": {"colour": None}}

    assert faults(content["application/merge-patch+json"]["schema"], body) == []
    assert faults(content["application/json"]["schema"], body) != []


@each(LISTS)
def test_a_list_names_every_parameter_that_it_takes(call):
    shape = call.resource.shape
    filters = {field.name for field in shape.fields.values() if field.filters}

    named = names_of(call, "query")

    assert filters <= named
    assert {"limit", "cursor", "page", "per_page", "total", "fields"} <= named
    assert ("q" in named) == (shape.search is not None)
    assert ("archived" in named) == shape.archivable


def test_headers_that_guard_a_change_are_named_where_they_apply():
    guards = {str(call): names_of(call, "header") for call in CALLS}

    assert guards["GET items"] == guards["GET items/<id>"] == {"If-None-Match"}
    assert guards["POST items"] == guards["POST movements/<id>/reversal"] == {"Idempotency-Key"}
    assert guards["PUT items/<id>"] == guards["PATCH items/<id>"] == guards["DELETE items/<id>"] == {"If-Match"}
    assert guards["POST session"] == set()
    for call in CALLS:
        required = [one for one in asked(call) if one["name"] == "If-Match" and one.get("required")]
        assert bool(required) == call.needs_match


def test_a_row_is_closed_and_its_links_too(shop):
    item = shop.get("items/1").json

    assert faults({"$ref": "#/components/schemas/Item"}, item) == []
    for wrong in (item | {"nothing": 1}, item | {"links": item["links"] | {"x": 1}}, item | {"price": 1.5}):
        assert len(faults({"$ref": "#/components/schemas/Item"}, wrong)) == 1


def test_fields_of_a_role_say_so():
    members = SAID["components"]["schemas"]["Item"]["properties"]
    filters = {parameter["name"]: parameter for parameter in asked(next(c for c in LISTS if str(c) == "GET items"))}

    for name in ("cost", "cost[gte]", "price", "price[gte]"):
        said = members.get(name, {}).get("x-role"), filters[name].get("x-role")

        assert set(said) - {None} == ({"manager"} if name.startswith("cost") else set())


def test_what_an_outer_join_brings_may_be_null():
    members = SAID["components"]["schemas"]["MovementLine"]["properties"]

    assert members["recorded_by_name"]["type"] == ["string", "null"]
    assert members["kind"]["type"] == "string"


def test_a_default_that_settings_decide_is_left_out():
    parser = reqparse.RequestParser()
    store = next(call for call in BODIES if str(call) == "POST stores")
    parser.args = store.parser.args

    properties = body_of(parser)["properties"]

    assert properties["allow_negative_stock"]["default"] is False
    assert properties["address"]["default"] is None
    assert "default" not in properties["timezone"]
    assert "default" not in properties["code"]


@pytest.mark.parametrize("accepted", ["", "gzip"])
def test_anybody_may_read_it_and_need_not_read_it_twice(shop, accepted):
    headers = {"Accept-Encoding": accepted}

    first = shop.get(URL, role=None, headers=headers)
    again = shop.get(URL, role=None, headers=headers | {"If-None-Match": first.headers["ETag"]})

    body = gzip.decompress(first.data) if accepted else first.data
    assert json.loads(body) == SAID
    assert first.content_type == "application/json"
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "public, no-cache"
    assert first.headers["Vary"] == again.headers["Vary"] == "Accept-Encoding"
    assert (again.status_code, again.data) == (304, b"")


def test_head_and_options_work(shop):
    head = shop.send("HEAD", URL, role=None)
    options = shop.send("OPTIONS", URL, role=None)
    post = shop.send("POST", URL, role=None)

    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(shop.get(URL, role=None).data)
    assert {*options.headers["Allow"].split(", ")} == {"GET", "HEAD", "OPTIONS"}
    assert post.status_code == 405


def test_it_holds_no_data(shop):
    text = shop.get(URL, role=None).text

    assert "SKU-1" not in text
    assert "Ölkanne" not in text
    assert shop.cookies["admin"].partition("=")[2] not in text
