"""Who may do what, for every verb of every route."""

from __future__ import annotations

import pytest
from refusals import assert_problem
from routing import BY_TOKEN, CALLS, CHANGES, GONE, PASSING, READS, each
from service import ROLES

GUARDED = [call for call in CALLS if call.role is not None]
SUCCESS = {"get": 200, "post": 201, "put": 200, "patch": 200, "delete": 204}


@each(GUARDED)
def test_nobody_is_asked_to_sign_in(shop, call):
    answer = call.send(shop, role=None)

    assert_problem(answer, 401, "not-signed-in")


@each(GUARDED)
def test_a_lower_role_is_refused_and_told_which_it_takes(shop, call):
    for role in ROLES[: call.role - 1]:
        answer = call.send(shop, role=role, path=call.path(shop))

        problem = assert_problem(answer, 403, "not-allowed")
        assert call.role.label in problem["detail"]


@each(READS)
def test_every_role_from_the_least_on_may_read(shop, call):
    for role in ROLES[ROLES.index(call.least) :]:
        answer = call.send(shop, role=role)

        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("who", ["the least role", "an administrator"])
@each([call for call in CHANGES if str(call) not in GONE])
def test_a_role_that_may_can(fresh, call, who):
    before = fresh.dump()

    answer = call.send(fresh, role="admin" if who == "an administrator" else call.least)

    assert answer.status_code == SUCCESS[call.verb], answer.text
    assert answer.json["links"] if call.verb != "delete" else answer.data == b""
    assert fresh.dump() != before or call.url.endswith("restoration") or str(call) in BY_TOKEN | PASSING
    if call.verb == "post" and str(call) not in PASSING:
        cookie = answer.headers.get("Set-Cookie", fresh.cookies["admin"]).split(";")[0]
        assert fresh.get(answer.headers["Location"], headers={"Cookie": cookie}).json["id"] == answer.json["id"]
