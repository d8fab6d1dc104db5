"""What the API says about itself, held against what it really answers, for every verb of the routing table."""

from __future__ import annotations

import gzip
import json
from datetime import datetime

import orjson
import pytest
from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from routing import BODIES, CALLS, CHANGES, GONE, LISTS, READS, each
from service import BASE

import resources
from common.access import Role
from common.http import mount, openapi, parameters, reqparse
from common.http.schemas import body_of

URL = f"{BASE}/openapi.json"
SENT, ANSWERED = FormatChecker(), FormatChecker()


@ANSWERED.checks("date-time", raises=ValueError)
def is_time(value):
    """Times are answered in one form: UTC, with milliseconds."""
    return not isinstance(value, str) or datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%f%z").tzname() == "UTC"


def made() -> dict:
    app = Flask("said")
    mount(app, BASE, resources.v1)
    return json.loads(orjson.dumps(openapi.document(app, BASE)))


SAID = made()
COMPONENTS = SAID["components"]


def operation(call) -> dict:
    return SAID["paths"][parameters.address(call.url)][call.verb]


def schema_of(call, answer) -> dict:
    response = operation(call)["responses"][str(answer.status_code)]
    name = response.get("$ref", "").removeprefix("#/components/responses/")
    return (COMPONENTS["responses"][name] if name else response)["content"][answer.mimetype]["schema"]


def faults(schema, value, formats=ANSWERED) -> list[str]:
    """Say where the value is not what the schema promises."""
    found = Draft202012Validator({"allOf": [schema], "components": COMPONENTS}, format_checker=formats)
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in found.iter_errors(value)]


def asked(call) -> list[dict]:
    common = COMPONENTS["parameters"]
    return [common[p["$ref"].rsplit("/", 1)[-1]] if "$ref" in p else p for p in operation(call)["parameters"]]


def names_of(call, place) -> set[str]:
    return {parameter["name"] for parameter in asked(call) if parameter["in"] == place}


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


@pytest.mark.parametrize("role", ["viewer", "admin"])
@each(READS)
def test_what_is_read_is_what_was_promised(shop, call, role):
    if Role.named(role) < (call.role or Role.VIEWER):
        role = call.least
    answer = call.send(shop, role=role, path=call.path(shop, role))

    assert answer.status_code == 200, answer.text
    assert faults(schema_of(call, answer), answer.json) == []
    assert not call.is_list or answer.json["data"], "an empty list proves nothing"


@each([call for call in CHANGES if str(call) not in GONE])
def test_a_change_is_asked_and_answered_as_promised(fresh, call):
    body = call.body()

    answer = call.send(fresh, body=body)

    assert answer.status_code < 300, answer.text
    responses = operation(call)["responses"]
    assert str(answer.status_code) in responses
    if call.verb != "delete":
        assert faults(schema_of(call, answer), answer.json) == []
        assert {"ETag", "Location"} & {*answer.headers.keys()} == {"ETag", "Location"} & {
            *responses[str(answer.status_code)]["headers"]
        }
    if body is not None:
        for content in operation(call)["requestBody"]["content"].values():
            assert faults(content["schema"], body, SENT) == []


@each(BODIES)
def test_what_a_body_may_hold_is_what_the_document_says(shop, call):
    schema = operation(call)["requestBody"]["content"]["application/json"]["schema"]

    answer = call.send(shop, body={"surely_unknown": 1})

    wrong = {error["field"] for error in answer.json["errors"]}
    assert wrong == {"surely_unknown", *schema.get("required", [])}
    assert schema["properties"].keys() == {argument.name for argument in call.parser.args}


def test_a_merge_patch_takes_members_away_by_null():
    content = operation(next(call for call in CALLS if str(call) == "PATCH items/<id>"))["requestBody"]["content"]
    body = {"attributes": {"colour": None}}

    assert faults(content["application/merge-patch+json"]["schema"], body) == []
    assert faults(content["application/json"]["schema"], body) != []


@each(LISTS)
def test_a_list_takes_every_parameter_that_it_names(shop, call):
    path = call.path(shop)
    texts = {"string": "1", "integer": "1", "number": "1", "boolean": "true"}

    for parameter in asked(call):
        if parameter["in"] != "query" or parameter["name"] == "cursor":
            continue
        text = a_text(parameter["schema"], texts)
        answer = shop.get(f"{path}?{parameter['name']}={text}")
        assert answer.status_code == 200, (parameter["name"], text, answer.text)
        assert faults(schema_of(call, answer), answer.json) == []


def a_text(schema, texts) -> str:
    """Write a value of a schema as a query string has it: of a choice, all of it that goes together."""
    if "anyOf" in schema:
        return a_text(schema["anyOf"][0], texts)
    if schema.get("format") == "date-time":
        return "2026-11-20T09:30:00Z"
    if schema["type"] == "array":
        return a_text(schema["items"], texts)
    return schema["enum"][-1] if "enum" in schema else texts[schema["type"]]


@each(LISTS)
def test_a_list_names_every_parameter_that_it_takes(call):
    shape = call.resource.shape
    filters = {field.name for field in shape.fields.values() if field.filters}

    named = names_of(call, "query")

    assert filters <= named
    assert {"limit", "cursor", "page", "per_page", "total", "fields"} <= named
    assert ("q" in named) == (shape.search is not None)
    assert ("archived" in named) == shape.archivable


@each([call for call in READS if hasattr(call.resource, "shape")])
def test_what_is_expanded_and_what_is_left_out_is_promised_too(shop, call):
    path = call.path(shop)
    choices = {
        one["name"]: one["schema"]["items"]["enum"] for one in asked(call) if one["name"] in {"fields", "expand"}
    }

    queries = [f"expand={','.join(choices['expand'])}"] if "expand" in choices else []
    for query in [*queries, f"fields={choices['fields'][-2]}", f"fields={','.join(choices['fields'])}"]:
        answer = shop.get(f"{path}?{query}")

        assert answer.status_code == 200, answer.text
        assert faults(schema_of(call, answer), answer.json) == []


@each([call for call in CALLS if call.role is not None])
def test_refusals_are_promised_too(shop, call):
    path = call.path(shop)
    xml = {"Content-Type": "text/xml"} | call.headers()

    answers = [
        call.send(shop, role=None),
        call.send(shop, headers={"Accept": "image/png"}),
        call.send(shop, path=f"{path}?surely_unknown=1"),
        *([shop.send(call.method, path, data=b"<a/>", headers=xml)] if call.parser else []),
        *([shop.send("PUT", path, body={})] if call.needs_match else []),
    ]

    assert [answer.status_code for answer in answers] == [401, 406, 400, 415, 428][: len(answers)]
    for answer in answers:
        assert faults(schema_of(call, answer), answer.json) == []


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
    item = SAID["components"]["schemas"]["Item"]["properties"]

    assert item["cost"]["x-role"] == "manager"
    assert "x-role" not in item["price"]


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
