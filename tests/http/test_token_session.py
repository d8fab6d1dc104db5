"""What a token is told of itself."""

from __future__ import annotations

from datetime import timedelta

import jwt

from common import clock


def test_the_session_of_a_token_says_what_the_token_may(fresh):
    secret = fresh.made("tokens", {"name": "till", "role": "clerk", "store_ids": [1]}, role="manager")["token"]

    mine, its = (
        fresh.get("session", role="manager").json,
        fresh.get("session", role=None, headers={"Authorization": f"Bearer {secret}"}).json,
    )

    assert (mine["role"], mine["store_ids"]) == ("manager", [])
    assert (its["role"], its["store_ids"]) == ("clerk", [1])
    assert [name for name, may in its["can"].items() if may] == ["post_documents"]
    assert mine["links"].keys() > {"sign_out", "password", "second_factors", "totp", "passkeys"}
    assert not its["links"].keys() & mine["links"].keys() - {"self"}


def test_a_signed_one_says_that_it_ends_with_its_token(fresh):
    soon = clock.wire(clock.now() + timedelta(seconds=90))
    secret = fresh.made("tokens", {"name": "till", "role": "clerk", "expires_at": soon})["token"]
    bearer = {"Authorization": f"Bearer {secret}"}

    answer = fresh.send("POST", "access-tokens", role=None, headers=bearer).json

    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert 60 < answer["expires_in"] <= 90
    assert claims["exp"] - claims["iat"] == answer["expires_in"]
