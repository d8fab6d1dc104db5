"""A password is what was typed, when it is set and when it is tried."""

from __future__ import annotations

import unicodedata

import pytest
import shop_data
from refusals import assert_problem

COMPOSED = unicodedata.normalize("NFC", "café-au-lait-é")
APART = unicodedata.normalize("NFD", COMPOSED)


def set_password(service, password):
    (row,) = service.get("users?username=spare").json["data"]
    return service.send("PUT", f"users/{row['id']}/password", body={"password": password})


def sign_in(service, password):
    return service.post("session", {"username": "spare", "password": password}, role=None)


@pytest.mark.parametrize("password", ["  own spaced  ", "pass\nword-one", "tab\tin-between", "茶" * 8])
def test_what_was_set_signs_in_and_nothing_that_looks_like_it(fresh, password):
    assert set_password(fresh, password).status_code == 200

    assert sign_in(fresh, password).status_code == 201
    for other in (password.strip() + " ", password.replace("\n", ""), password.replace("\t", " "), ""):
        if other != password:
            assert_problem(sign_in(fresh, other), 401)


@pytest.mark.parametrize(("set_", "tried"), [(COMPOSED, APART), (APART, COMPOSED)])
def test_keyboards_may_compose_letters_differently(fresh, set_, tried):
    assert set_password(fresh, set_).status_code == 200

    assert sign_in(fresh, tried).status_code == 201


def test_the_current_one_is_compared_alike(fresh):
    set_password(fresh, " own spaced ")
    cookie = {"Cookie": sign_in(fresh, " own spaced ").headers["Set-Cookie"].split(";")[0]}
    (row,) = fresh.get("users?username=spare").json["data"]

    def change(current):
        body = {"current_password": current, "password": shop_data.PASSWORD}
        return fresh.send("PUT", f"users/{row['id']}/password", role=None, body=body, headers=cookie)

    assert_problem(change("own spaced"), 400)
    assert change(" own spaced ").status_code == 200


def test_blanks_alone_are_no_password(fresh):
    assert_problem(set_password(fresh, " " * 12), 400)


def test_who_changes_their_own_is_offered_nothing_that_is_refused(fresh):
    me = fresh.get("session", role="clerk").json["id"]
    body = {"current_password": shop_data.PASSWORD, "password": "a-fresh-wicker-basket"}
    changed = fresh.send("PUT", f"users/{me}/password", role="clerk", body=body)

    assert (changed.status_code, changed.json["username"]) == (200, "clerk")
    assert set(changed.json["links"]) == {"self", "password"}
    assert fresh.get(changed.json["links"]["self"]["href"], role="clerk").json["id"] == me


def test_a_token_does_not_change_its_owners_password(fresh):
    me = fresh.get("session", role="viewer").json["id"]
    body = {"current_password": shop_data.PASSWORD, "password": "a-fresh-wicker-basket"}
    bearer = {"Authorization": f"Bearer {fresh.tokens['viewer']}"}

    answer = fresh.send("PUT", f"users/{me}/password", role=None, body=body, headers=bearer)

    assert_problem(answer, 403, "not-allowed")
