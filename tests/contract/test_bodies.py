"""What may be sent, and in which order what is wrong is told."""

from __future__ import annotations

import json

from refusals import assert_problem
from routing import BODIES, CALLS, CHANGES, GONE, READS, each
from service import ROLES

MEBIBYTE = 1 << 20
OTHER_TYPES = (
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
    "application/vnd.api+json",
    "nonsense",
    "",
)
NO_OBJECTS = (b"[]", b'[{"name": "x"}]', b'"name"', b"5", b"true", b"null", b'[["name", "x"]]')
NO_JSON = (
    b"{",
    b"name=x",
    b"{'name': 1}",
    b'{"name": 1,}',
    b'{"a": 1, "a": 1}',
    b'{"a": NaN}',
    b"\xff\xfe{\x00}\x00",
    b"{}{}",
)
DEEP = b'{"a": ' * 70 + b"1" + b"}" * 70
ABSURD = (DEEP, b"[" * 100_000, b'{"a": 1e999}', b'{"a": ' + b"9" * 5000 + b"}", b'{"\\ud800": 1}')
UNBODIED = [call for call in CHANGES if call.parser is None and call.verb == "post"]


@each(BODIES)
def test_only_json_in_utf_8_is_taken(shop, call):
    for kind in OTHER_TYPES:
        answer = call.send(shop, data=json.dumps(call.body()).encode(), headers={"Content-Type": kind})

        assert_problem(answer, 415, "unsupported-media-type")


@each(BODIES)
def test_a_merge_patch_is_for_patch(shop, call):
    answer = call.send(shop, data=b"[]", headers={"Content-Type": "application/merge-patch+json"})

    assert_problem(answer, 400 if call.verb == "patch" else 415)


@each(BODIES)
def test_what_is_no_json_object_is_refused(shop, call):
    for sent in (*NO_OBJECTS, *NO_JSON, *ABSURD):
        answer = call.send(shop, data=sent, headers={"Content-Type": "application/json"})

        assert_problem(answer, 400, "invalid")


@each([call for call in BODIES if not call.parser.optional])
def test_no_body_at_all_is_refused_where_one_is_needed(shop, call):
    answer = call.send(shop, data=b"", headers={"Content-Type": "application/json"})

    assert_problem(answer, 400, "invalid")


@each(BODIES)
def test_unknown_members_are_refused_by_name_along_with_all_else(shop, call):
    for name in ("id", "version", "links", "nothing", "__proto__", "", "x" * 500, "Ω"):
        answer = call.send(shop, body=call.body() | {name: 1})

        (error,) = assert_problem(answer, 400, "invalid")["errors"]
        assert error["code"] == "unknown"
        assert name.startswith(error["field"].removesuffix("…"))


@each([call for call in BODIES if any(argument.required for argument in call.parser.args)])
def test_every_required_field_is_asked_for_at_once(shop, call):
    answer = call.send(shop, body={})

    told = {(error["field"], error["code"]) for error in assert_problem(answer, 400, "invalid")["errors"]}
    assert told == {(argument.name, "required") for argument in call.parser.args if argument.required}


@each([call for call in BODIES if not all(argument.nullable for argument in call.parser.args)])
def test_null_is_refused_where_a_field_may_not_be_null(shop, call):
    never = [argument.name for argument in call.parser.args if not argument.nullable]

    answer = call.send(shop, body=call.body() | dict.fromkeys(never))

    told = assert_problem(answer, 400, "invalid")["errors"]
    assert {error["field"] for error in told if error["code"] == "null"} == set(never)


@each(BODIES)
def test_every_field_refuses_another_type(shop, call):
    wrong = {argument.name: {"no": ["such", "type"]} for argument in call.parser.args if argument.name != "attributes"}

    answer = call.send(shop, body=call.body() | wrong)

    told = assert_problem(answer, 400, "invalid")["errors"]
    assert {error["field"].split("/")[0] for error in told} == wrong.keys()


@each(UNBODIED)
def test_an_action_that_takes_nothing_says_so(shop, call):
    odd = [
        call.send(shop, body={"nothing": 1}),
        call.send(shop, body=[]),
        call.send(shop, data=b"x", headers={"Content-Type": "text/plain"}),
    ]

    assert [answer.status_code for answer in odd] == [400, 400, 415]
    for answer in odd:
        assert_problem(answer, answer.status_code)


@each([call for call in CHANGES if str(call) not in GONE])
def test_changes_take_no_parameters(shop, call):
    for query in ("nothing=1", "fields=id", "name=x"):
        answer = call.send(shop, path=f"{call.path(shop)}?{query}")

        assert assert_problem(answer, 400, "invalid")["errors"][0]["code"] == "unknown"


@each(READS)
def test_unknown_parameters_are_refused_all_at_once(shop, call):
    answer = call.send(shop, path=call.asking(shop, "nothing=1&NAME=x&id%5Bnear%5D=3&__proto__=1"))

    told = assert_problem(answer, 400, "invalid")["errors"]
    assert [(error["field"], error["code"]) for error in told] == [
        (name, "unknown") for name in ("nothing", "NAME", "id[near]", "__proto__")
    ]


@each(CHANGES)
def test_a_body_over_one_mebibyte_is_too_large(shop, call):
    path = call.path(shop)
    sent = json.dumps(call.body() or {}).encode()

    answer = call.send(shop, path=path, data=sent.ljust(MEBIBYTE + 1), headers={"Content-Type": "application/json"})

    assert_problem(answer, 413, "too-large")


@each(BODIES)
def test_a_body_of_one_mebibyte_is_read(shop, call):
    answer = call.send(shop, data=b"[]".ljust(MEBIBYTE), headers={"Content-Type": "application/json"})

    assert_problem(answer, 400, "invalid")


# In the contract's order: the fault, and which calls it can happen to.
STAGES = {
    406: ({"Accept": "image/png"}, CALLS),
    413: ({"data": b"x" * (MEBIBYTE + 1)}, CHANGES),
    401: ({"role": None}, [call for call in CALLS if call.role is not None]),
    403: ({"role": "lower"}, [call for call in CALLS if call.role is not None and call.role > 1]),
    404: ({"path": "unknown"}, [call for call in CALLS if call.parameters]),
    428: ({"If-Match": None}, [call for call in CALLS if call.needs_match]),
    412: ({"If-Match": '"0"'}, [call for call in CHANGES if call.parameters]),
    415: ({"Content-Type": "text/plain"}, [call for call in CHANGES if call.verb != "delete"]),
    400: ({"query": "nothing=1"}, CALLS),
}


def _faulty(shop, call, faults):
    """Send with these faults and none else."""
    headers = {"Accept": "*/*", "Content-Type": "application/json", "If-Match": "*"}
    headers = {name: faults.get(name, value) for name, value in headers.items()}
    role = faults.get("role", "admin")
    ids = dict.fromkeys(call.parameters, "99999") if "path" in faults else {}
    return shop.send(
        call.method,
        call.asking(shop, faults.get("query", ""), **ids),
        role=ROLES[call.role - 2] if role == "lower" else role,
        data=faults.get("data", b"[]" if call in CHANGES else b""),
        headers={name: value for name, value in headers.items() if value is not None},
    )


@each(CALLS)
def test_of_all_that_is_wrong_the_first_is_told(shop, call):
    stages = [(status, fault) for status, (fault, calls) in STAGES.items() if call in calls]

    for number, (status, fault) in enumerate(stages):
        later = {name: value for _, faults in reversed(stages[number:]) for name, value in faults.items()}

        told = 404 if str(call) in GONE and status in {428, 412, 415, 400} else status
        assert_problem(_faulty(shop, call, later | fault), told)
