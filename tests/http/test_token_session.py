"""What a token is told of itself."""

from __future__ import annotations


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
