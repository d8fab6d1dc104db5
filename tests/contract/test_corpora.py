"""What other people collected to break services with, and what Hypothesis makes up, sent to all that takes a body."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from refusals import assert_problem
from routing import BODIES, ENDING, LISTS, ONESELF, each

from common.fields import Code, Text, Username

JSON = {"Content-Type": "application/json"}
# One call for each table of fields: what is read alike need not be read twice.
TABLES = list({id(call.parser): call for call in BODIES}.values())
# Hashing a password takes 30 ms on purpose.
SLOW = {"POST session", "POST users", "PUT users/<id>/password", "POST users/<id>/passkey-challenges"} | {
    f"POST users/<id>/{noun}" for noun in ("second-factors/removal", "totp", "totp/removal", "recovery-codes")
}
# Legal JSON that the contract refuses: a name twice in one object, and numbers of more than 64 digits.
STRICTER = {
    "y_object_duplicated_key.json",
    "y_object_duplicated_key_and_value.json",
    "y_number_double_close_to_zero.json",
}
UNREADABLE = {"json", "encoding"}
_APART = 75
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
)


@pytest.fixture(scope="session")
def parsing_cases(shared_data):
    found = shared_data("lists/JSONTestSuite_test_parsing").glob("*.json")
    return {path.name: path.read_bytes() for path in sorted(found)}


@pytest.fixture(scope="session")
def naughty(shared_data):
    return json.loads(shared_data("lists/blns.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("letter", "yni")
@each(TABLES)
def test_every_json_parsing_case_is_read_or_refused_as_it_should(fresh, call, letter, parsing_cases):
    path = call.path(fresh)
    cases = {name: sent for name, sent in parsing_cases.items() if name[0] == letter}
    assert len(cases) > 30

    for name, sent in cases.items():
        answer = call.send(fresh, path=path, data=sent, headers=JSON)

        if answer.status_code in {200, 201} and name[0] != "n":
            continue
        if answer.status_code in {409, 422} or (name == "n_structure_no_data.json" and call.parser.optional):
            continue
        codes = {error["code"] for error in assert_problem(answer, 400, "invalid")["errors"]}
        assert letter != "n" or codes <= UNREADABLE, name
        assert letter != "y" or not codes & UNREADABLE or name in STRICTER, name


def _texts(call):
    return [argument.name for argument in call.parser.args if isinstance(argument.type, Text | Code | Username)]


def _step(call):
    """All of them where codes are keys; a sample where the same rules stand again, or a password is hashed."""
    coded = any(isinstance(argument.type, Code) for argument in call.parser.args)
    return 25 if str(call) in SLOW else 1 if coded and call.verb == "post" else 5


@each([call for call in TABLES if _texts(call) and call.resource.__module__ not in ONESELF])
def test_naughty_strings_are_kept_as_they_are_or_refused_whole(fresh, call, naughty):
    path, names = call.path(fresh), _texts(call)
    table = call.resource.shape.model.__tablename__
    before, made = len(fresh.dump()[table]), 0

    for text in naughty[:: _step(call)]:
        answer = call.send(fresh, path=path, body=call.body() | dict.fromkeys(names, text))

        assert answer.status_code in {200, 201, 400, 401, 409, 422}, (text, answer.text)
        if answer.status_code in {200, 201}:
            assert answer.json.items() >= dict.fromkeys(set(names) & answer.json.keys(), text.strip()).items()
            made += call.verb == "post" and str(call) not in ENDING
        elif answer.status_code != 409:
            assert_problem(answer, answer.status_code)
    assert len(fresh.dump()[table]) == before + made


@each([call for call in LISTS if call.resource.shape.search])
def test_naughty_strings_can_be_searched_for(served, call, naughty):
    for text in naughty:
        answer = call.send(served, path=f"{call.path(served)}?q={quote(text)}")

        assert answer.status_code in {200, 400}, (text, answer.text)


@each(LISTS)
def test_naughty_strings_can_be_filtered_by(served, call, naughty):
    shape = call.resource.shape
    names = [name for name, field in shape.fields.items() if field.filters]
    asked = [f"{name}{operator}" for name in names for operator in ("", "[gte]", "[lt]")]

    for place, name in enumerate(asked):
        for text in naughty[place % _APART :: _APART]:  # each way of asking gets some, and together they get all
            answer = call.send(served, path=f"{call.path(served)}?{name}={quote(text)}")

            assert answer.status_code in {200, 400}, (name, text, answer.text)


@each([call for call in TABLES if str(call) not in SLOW])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_body_that_hypothesis_makes_up_is_an_error_of_ours(fresh, call, data):
    right = call.body()
    changed = data.draw(st.dictionaries(st.sampled_from(sorted(right)), anything, max_size=3))

    answer = call.send(fresh, body=right | changed)

    assert answer.status_code in {200, 201, 400, 409}, (changed, answer.text)
