"""Idempotency-Key on every POST: the first answer again, byte for byte, and no second effect."""

from __future__ import annotations

from refusals import assert_problem
from routing import CHANGES, GONE, ONESELF, each

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
ODD_KEYS = ("", "two words", "x" * 256, "é", "a\tb", " ")
POSTS = [call for call in CHANGES if call.verb == "post" and str(call) not in GONE]
REPLAYED = [call for call in POSTS if call.resource.replayable]
NEVER = {"POST session", "POST tokens", "POST access-tokens"}
# They show secrets, or what they were about is gone afterwards.
FACTORS = {str(call) for call in POSTS if call.resource.__module__ in ONESELF}
ONCE = {"POST passkey-challenges", "POST users/<id>/passkey-challenges"}


def test_every_post_honours_keys_but_those_that_hand_out_secrets_or_what_serves_once():
    assert {str(call) for call in POSTS if not call.resource.replayable} == NEVER | FACTORS | ONCE


@each(REPLAYED)
def test_the_same_again_is_answered_the_same_without_a_second_effect(fresh, call):
    path, body = call.path(fresh), call.body()
    first = call.send(fresh, path=path, body=body, headers=KEY)
    after = fresh.dump()

    second = call.send(fresh, path=path, body=body, headers=KEY)

    assert first.status_code == second.status_code == 201, first.text
    assert second.data == first.data
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    for name in ("Content-Type", "ETag", "Location"):
        assert second.headers[name] == first.headers[name]
    assert fresh.dump() == after


@each([call for call in REPLAYED if call.parser is not None])
def test_another_body_under_the_same_key_is_refused(fresh, call):
    path, body = call.path(fresh), call.body()
    assert call.send(fresh, path=path, body=body, headers=KEY).status_code == 201
    after = fresh.dump()

    for other in (call.body(), body | {"note": "another"} if "note" in body else call.body()):
        answer = call.send(fresh, path=path, body=other, headers=KEY)

        assert_problem(answer, 422, "idempotency-key-reused")
    assert fresh.dump() == after


@each(REPLAYED)
def test_a_refused_request_is_not_kept(fresh, call):
    path = call.path(fresh)
    refused = call.send(fresh, path=path, data=b"[]", headers=KEY | {"Content-Type": "application/json"})

    answer = call.send(fresh, path=path, headers=KEY)

    assert_problem(refused, 400)
    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer.headers


@each([call for call in REPLAYED if call.least != "admin"])
def test_a_key_is_one_callers_own(fresh, call):
    path = call.path(fresh)
    first = call.send(fresh, path=path, role=call.least, headers=KEY)

    other = call.send(fresh, path=path, role="admin", headers=KEY)

    assert first.status_code == 201
    assert other.status_code in {201, 409}
    assert "Idempotent-Replayed" not in other.headers


@each(REPLAYED)
def test_an_odd_key_is_refused(shop, call):
    for odd in ODD_KEYS:
        answer = call.send(shop, headers={"Idempotency-Key": odd})

        assert_problem(answer, 400, "invalid")
