"""An administrator whose role covers some stores: all that concerns the whole chain is for one who covers them all."""

from __future__ import annotations

import pytest
from refusals import assert_problem


@pytest.fixture
def limited(fresh):
    """Make `limited` an administrator of one store."""
    user = fresh.get("users?username=limited").json["data"][0]["id"]
    fresh.send("PATCH", f"users/{user}", body={"role": "admin", "store_ids": [2], "sees_all_stores": True})
    fresh.sign_in("limited")
    return user


def test_nobody_lifts_their_own_limit_or_goes_round_it(fresh, limited):
    other = fresh.get("users?username=admin").json["data"][0]["id"]
    new = {"username": "mine", "role": "admin", "password": "wicker-basket-on-the-stairs-7"}
    tried = [
        ("PATCH", f"users/{limited}", {"store_ids": []}),
        ("PATCH", f"users/{limited}", {"sees_all_stores": True}),
        ("POST", "users", new),
        ("DELETE", f"users/{other}", None),
        ("POST", f"users/{other}/restoration", {}),
        ("PUT", f"users/{other}/password", {"password": "wicker-basket-on-the-stairs-7"}),
        ("POST", f"users/{other}/second-factors/removal", {}),
    ]
    before = fresh.dump()

    for method, path, body in tried:
        refused = fresh.send(method, path, role="limited", body=body, headers={"If-Match": "*"})
        assert_problem(refused, 403, "not-allowed")

    assert fresh.dump() == before


def test_they_see_and_end_nobodys_sessions_and_tokens_but_their_own(fresh, limited):
    theirs = fresh.made("tokens", {"name": "till", "role": "viewer"}, role="limited")
    others = fresh.made("tokens", {"name": "till", "role": "viewer"})
    session = fresh.get("sessions").json["data"][0]
    assert session["user_id"] != limited

    assert [row["id"] for row in fresh.get("tokens", role="limited").json["data"]] == [theirs["id"]]
    assert {row["user_id"] for row in fresh.get("sessions?limit=200", role="limited").json["data"]} == {limited}
    for path in (f"sessions/{session['id']}", f"tokens/{others['id']}"):
        assert_problem(fresh.send("DELETE", path, role="limited"), 404)
        assert_problem(fresh.get(path, role="limited"), 404)
    assert fresh.send("DELETE", f"tokens/{theirs['id']}", role="limited").status_code == 204


def test_their_own_password_stays_their_own_matter(fresh, limited):
    mine = fresh.get("session", role="limited").json["links"]
    row = fresh.get(f"users/{limited}", role="limited").json["links"]
    other = fresh.get("users?username=viewer", role="limited").json["data"][0]["links"]

    assert "password" in mine
    assert "password" in row
    assert not {"password", "revise", "deactivate", "restore"} & other.keys()


def test_the_last_who_covers_all_stores_keeps_them(fresh, limited):
    admin = fresh.get("users?username=admin").json["data"][0]["id"]

    assert_problem(fresh.send("PATCH", f"users/{admin}", body={"store_ids": [1]}), 409, "last-administrator")
