"""What the API says about itself, held against what it really answers, for every verb of the routing table."""

from __future__ import annotations

import pytest
from described import SENT, asked, faults, operation, schema_of
from routing import BODIES, CALLS, CHANGES, GONE, LISTS, READS, each

from common.access import Role


@pytest.mark.parametrize("role", ["viewer", "admin"])
@each(READS)
def test_what_is_read_is_what_was_promised(served, call, role):
    if Role.named(role) < (call.role or Role.VIEWER):
        role = call.least
    answer = call.send(served, role=role, path=call.path(served, role))

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


@each(LISTS)
def test_a_list_takes_every_parameter_that_it_names(served, call):
    path = call.path(served)
    texts = {"string": "1", "integer": "1", "number": "1", "boolean": "true"}

    for parameter in asked(call):
        if parameter["in"] != "query" or parameter["name"] == "cursor":
            continue
        text = a_text(parameter["schema"], texts)
        answer = served.get(f"{path}?{parameter['name']}={text}")
        assert answer.status_code == 200, (parameter["name"], text, answer.text)
        assert faults(schema_of(call, answer), answer.json if answer.is_json else answer.text) == []
        answer.close()


def a_text(schema, texts) -> str:
    """Write a value of a schema as a query string has it: of a choice, all of it that goes together."""
    if "anyOf" in schema:
        return a_text(schema["anyOf"][0], texts)
    if schema.get("format") == "date-time":
        return "2026-11-20T09:30:00Z"
    if schema["type"] == "array":
        return a_text(schema["items"], texts)
    return schema["enum"][-1] if "enum" in schema else texts[schema["type"]]


@each([call for call in READS if hasattr(call.resource, "shape")])
def test_what_is_expanded_and_what_is_left_out_is_promised_too(served, call):
    path = call.path(served)
    choices = {
        one["name"]: one["schema"]["items"]["enum"] for one in asked(call) if one["name"] in {"fields", "expand"}
    }

    queries = [f"expand={','.join(choices['expand'])}"] if "expand" in choices else []
    for query in [*queries, f"fields={choices['fields'][-2]}", f"fields={','.join(choices['fields'])}"]:
        answer = served.get(f"{path}?{query}")

        assert answer.status_code == 200, answer.text
        assert faults(schema_of(call, answer), answer.json) == []


@each([call for call in CALLS if call.role is not None])
def test_refusals_are_promised_too(shop, call):
    path = call.path(shop)
    xml = {"Content-Type": "text/xml"} | call.headers()

    answers = [
        call.send(shop, role=None),
        call.send(shop, headers={"Accept": "image/png"}),
        call.send(shop, path=call.asking(shop, "surely_unknown=1")),
        *([shop.send(call.method, path, data=b"<a/>", headers=xml)] if call.parser else []),
        *([shop.send("PUT", path, body={})] if call.needs_match else []),
    ]

    assert [answer.status_code for answer in answers] == [401, 406, 400, 415, 428][: len(answers)]
    for answer in answers:
        assert faults(schema_of(call, answer), answer.json) == []
