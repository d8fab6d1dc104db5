"""Tokens: what programs sign in with, and how little they may."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from refusals import assert_problem

from common import clock
from common.http.access_tokens import LIFE_SECONDS
from models import token as tokens

NAME = "till 4"


def make(service, role="manager", **more):
    return service.post("tokens", {"name": NAME, "role": role} | more, role=role)


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def basic(username, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{secret}".encode()).decode("ascii")}


def ask(service, headers, path="session", method="GET", **kwargs):
    return service.send(method, path, role=None, headers=headers, **kwargs)


def user_id(service, username):
    return service.get(f"users?username={username}").json["data"][0]["id"]


def test_a_token_is_shown_once_and_kept_by_its_hash_alone(fresh):
    made = make(fresh)

    secret = made.json["token"]
    assert made.status_code == 201
    assert secret.startswith(tokens.PREFIX)
    assert made.json["begins_with"] == secret[:12]
    assert "Idempotent-Replayed" not in made.headers
    for answer in (fresh.get(made.headers["Location"], role="manager"), fresh.get("tokens")):
        assert secret not in answer.text
    assert all(secret not in str(row) for row in fresh.dump()["tokens"])


def test_it_signs_in_by_bearer_and_by_basic(fresh):
    secret = make(fresh).json["token"]

    for headers in (bearer(secret), basic("manager", secret), basic("MANAGER", secret)):
        answer = ask(fresh, headers)

        assert answer.json["username"] == "manager"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        bearer("stk_" + "x" * 49),
        bearer(tokens.new_secret()),
        bearer(""),
        bearer("a.b.c"),
        basic("manager", "wicker-basket-on-the-stairs"),
        {"Authorization": "Bearer"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Digest username=manager"},
        {"Authorization": ""},
        {"Authorization": "é"},
    ],
)
def test_a_bad_header_is_refused_even_beside_a_good_cookie(shop, headers):
    for role in (None, "admin"):
        for method, path in (("GET", "items"), ("POST", "stores")):
            answer = shop.send(method, path, role=role, headers=headers)

            assert_problem(answer, 401)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_basic_takes_the_token_of_that_user_alone(fresh):
    secret = make(fresh).json["token"]

    assert_problem(ask(fresh, basic("admin", secret)), 401)


def test_a_token_decides_alone_who_asks(fresh):
    secret = make(fresh, role="clerk").json["token"]

    answer = fresh.get("session", role="admin", headers=bearer(secret))

    assert answer.json["username"] == "clerk"


def test_its_role_is_no_higher_than_its_owners(fresh):
    for role in ("manager", "admin"):
        assert_problem(fresh.post("tokens", {"name": NAME, "role": role}, role="clerk"), 403)

    lower = fresh.post("tokens", {"name": NAME, "role": "viewer"}, role="manager").json["token"]
    assert_problem(ask(fresh, bearer(lower), "sales", "POST", body={}), 403)
    assert "cost" not in ask(fresh, bearer(lower), "items/1").json


def test_it_sinks_with_its_owner_and_dies_with_them(fresh):
    secret, owner = make(fresh).json["token"], user_id(fresh, "manager")

    fresh.send("PATCH", f"users/{owner}", body={"role": "clerk"})
    sunk = ask(fresh, bearer(secret), "items/1").json
    fresh.send("DELETE", f"users/{owner}")

    assert "cost" not in sunk
    assert_problem(ask(fresh, bearer(secret)), 401)


def test_it_covers_no_more_stores_than_both(fresh):
    limited = fresh.post("tokens", {"name": NAME, "role": "clerk", "store_ids": [2]}, role="limited")
    assert_problem(fresh.post("tokens", {"name": NAME, "role": "clerk", "store_ids": [1]}, role="limited"), 403)
    inherits = fresh.post("tokens", {"name": NAME, "role": "clerk"}, role="limited").json["token"]
    own = fresh.post("tokens", {"name": NAME, "role": "clerk", "store_ids": [1]}, role="clerk").json["token"]

    fresh.send("PATCH", f"users/{user_id(fresh, 'clerk')}", body={"store_ids": [2]})

    for secret in (limited.json["token"], inherits):
        assert {row["store_id"] for row in ask(fresh, bearer(secret), "stock").json["data"]} == {2}
    assert ask(fresh, bearer(own), "stock").json["data"] == []


def test_it_ends_at_once_when_it_is_revoked(fresh):
    made = make(fresh).json

    assert_problem(fresh.send("DELETE", f"tokens/{made['id']}", role="clerk"), 404)
    assert fresh.send("DELETE", f"tokens/{made['id']}", role="manager").status_code == 204
    assert_problem(ask(fresh, bearer(made["token"])), 401)


def test_it_ends_by_itself_after_a_year_at_most(fresh, monkeypatch):
    secret = make(fresh).json["token"]
    soon = make(fresh, expires_at=(datetime.now(UTC) + timedelta(minutes=5)).isoformat()).json["token"]
    for odd in ("2020-01-01T00:00:00Z", (datetime.now(UTC) + timedelta(days=400)).isoformat()):
        assert_problem(make(fresh, expires_at=odd), 400)

    now = datetime.now(UTC)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=6))
    assert_problem(ask(fresh, bearer(soon)), 401)
    assert ask(fresh, bearer(secret)).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=367))
    assert_problem(ask(fresh, bearer(secret)), 401)


def test_its_last_use_is_noted(fresh):
    made = make(fresh).json
    assert made["last_used_at"] is None

    ask(fresh, bearer(made["token"]))

    row = fresh.get(f"tokens/{made['id']}").json
    assert row["last_used_at"] is not None
    assert row["version"] == 1


def test_a_token_makes_no_tokens(fresh):
    secret = make(fresh).json["token"]

    assert_problem(ask(fresh, bearer(secret), "tokens", "POST", body={"name": NAME, "role": "viewer"}), 403)


def test_an_administrator_sees_and_ends_everybodys(fresh):
    made = make(fresh, role="clerk").json

    assert made["id"] in [row["id"] for row in fresh.get("tokens").json["data"]]
    assert made["id"] not in [row["id"] for row in fresh.get("tokens", role="viewer").json["data"]]
    assert fresh.send("DELETE", f"tokens/{made['id']}").status_code == 204


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_a_token_ends_no_session_and_no_token_but_itself(fresh, role):
    made, other = make(fresh, role).json, make(fresh, role).json
    session = fresh.get("sessions", role=role).json["data"][0]

    assert ask(fresh, bearer(made["token"]), "sessions").json["data"] == []
    for path in (f"sessions/{session['id']}", f"tokens/{other['id']}"):
        assert_problem(ask(fresh, bearer(made["token"]), path, "DELETE"), 404)
    assert [row["id"] for row in ask(fresh, bearer(made["token"]), "tokens").json["data"]] == [made["id"]]
    assert ask(fresh, bearer(made["token"]), f"tokens/{made['id']}", "DELETE").status_code == 204


def access_token(service, secret):
    return ask(service, bearer(secret), "access-tokens", "POST")


def test_a_token_gives_a_signed_one_for_minutes(fresh):
    answer = access_token(fresh, make(fresh).json["token"])
    signed = answer.json["access_token"]

    assert answer.status_code == 201
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", LIFE_SECONDS)
    assert jwt.get_unverified_header(signed)["alg"] == "HS256"
    assert ask(fresh, bearer(signed)).json["username"] == "manager"
    assert_problem(access_token(fresh, signed), 403)
    assert_problem(fresh.post("access-tokens", None), 403)


def test_a_signed_one_is_revoked_with_its_token_and_ends(fresh):
    made = make(fresh).json
    signed = access_token(fresh, made["token"]).json["access_token"]
    claims = jwt.decode(signed, options={"verify_signature": False})
    with fresh.app.app_context():
        from common.http.access_tokens import _key  # noqa: PLC0415 - to forge one that is over

        over = jwt.encode(claims | {"exp": claims["iat"] - 1}, _key(), algorithm="HS256")

    fresh.send("DELETE", f"tokens/{made['id']}")

    for dead in (signed, over):
        assert_problem(ask(fresh, bearer(dead)), 401)


def test_no_forged_one_is_taken(fresh):
    signed = access_token(fresh, make(fresh).json["token"]).json["access_token"]
    claims = jwt.decode(signed, options={"verify_signature": False})

    forged = [
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, "x" * 32, algorithm="HS256"),
        jwt.encode(claims, fresh.app.secret_key, algorithm="HS256"),
        signed[:-2] + ("AA" if signed[-2:] != "AA" else "BB"),
    ]
    for one in forged:
        assert_problem(ask(fresh, bearer(one)), 401)


def test_what_was_signed_by_a_revoked_token_is_not_the_next_ones(fresh):
    first = make(fresh, role="viewer").json
    signed = access_token(fresh, first["token"]).json["access_token"]
    fresh.send("DELETE", f"tokens/{first['id']}")

    second = make(fresh, role="admin").json

    assert second["id"] > first["id"]
    assert_problem(ask(fresh, bearer(signed)), 401)
