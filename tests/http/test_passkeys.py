"""Passkeys: made, used beside a password and alone."""

from __future__ import annotations

import pytest
from authenticator import PRESENT, Authenticator, coded
from factors import (
    CONFIRMED,
    challenge_of,
    change,
    cookie_of,
    id_of,
    is_in,
    make_passkey,
    set_up_app,
    sign_in,
    sign_in_alone,
)
from refusals import assert_problem
from service import KEY

from common.settings_schema import Security
from models import challenge as challenges


def test_one_is_made_and_listed_with_the_first_recovery_codes(fresh):
    answer = make_passkey(fresh, Authenticator(77))

    (passkey,) = answer.json["passkeys"]
    assert (passkey["name"], passkey["host"], passkey["last_used_at"]) == ("my phone", "localhost", None)
    assert len(answer.json["recovery_codes"]) == 10
    assert make_passkey(fresh, Authenticator(78)).json["recovery_codes"] is None


def test_the_options_are_the_standards_and_ask_for_what_is_needed(fresh):
    make_passkey(fresh, Authenticator(77))

    options = change(fresh, "passkey-challenges", CONFIRMED).json["options"]

    assert options["rp"] == {"id": "localhost", "name": "Storekeeper"}
    assert options["user"]["name"] == "spare"
    assert options["attestation"] == "none"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert [one["id"] for one in options["excludeCredentials"]] == [coded(Authenticator(77).credential_id)]
    assert challenge_of(fresh)["rpId"] == "localhost"
    assert challenge_of(fresh)["challenge"] != challenge_of(fresh)["challenge"]


def test_it_is_the_second_factor_beside_the_password(keyed):
    service, key = keyed
    assert sign_in(service).json["methods"] == ["passkey", "recovery-code"]

    key.count = 2
    answer = sign_in(service, passkey=key.get(challenge_of(service)))

    assert answer.status_code == 201
    (passkey,) = service.get(f"users/{id_of(service, 'spare')}/second-factors", role="spare").json["passkeys"]
    assert passkey["last_used_at"] is not None


def test_it_signs_in_alone(keyed):
    service, key = keyed
    key.count = 2

    answer = sign_in_alone(service, key)

    assert answer.status_code == 201
    assert answer.json["username"] == "spare"
    assert is_in(service, cookie_of(answer))


def test_alone_it_takes_a_finger_a_face_or_a_pin(keyed):
    service, key = keyed
    key.flags, key.count = PRESENT, 2

    assert_problem(sign_in_alone(service, key), 401, "wrong-second-factor")
    assert sign_in(service, passkey=key.get(challenge_of(service))).status_code == 201


def test_over_https_the_origin_is_the_one_that_the_browser_shows(fresh):
    key = Authenticator(77, origin="https://shop.example", host="shop.example")
    at = {"base_url": "https://shop.example", "headers": {"Cookie": f"__Host-{fresh.cookies['spare']}"}}
    own = f"/api/v1/users/{id_of(fresh, 'spare')}"

    options = fresh.client.post(f"{own}/passkey-challenges", json=CONFIRMED, **at).json["options"]
    made = fresh.client.post(f"{own}/passkeys", json={"name": "x", "credential": key.create(options)}, **at)
    asked_there = fresh.client.post("/api/v1/passkey-challenges", **at).json["options"]
    there = fresh.client.post("/api/v1/session", json={"passkey": key.get(asked_there)}, base_url=at["base_url"])
    plain = Authenticator(77, origin="http://shop.example", host="shop.example")
    on_http = fresh.client.post(
        "/api/v1/session", json={"passkey": plain.get(challenge_of(fresh))}, base_url=plain.origin
    )

    assert options["rp"]["id"] == asked_there["rpId"] == "shop.example"
    assert (made.status_code, there.status_code) == (201, 201)
    assert_problem(on_http, 401, "wrong-second-factor")


HOSTS = [
    *("127.0.0.1", "127.0.0.1:8080", "[::1]:8080", "10.0.0.7", "2130706433", "0x7f.1", "shop.0x1"),
    *("", "[::1", "a_b:80", "shop.example:999999", "a b", "-shop.example", "evil.com/..", '"', "shop:80:90"),
]


@pytest.mark.parametrize("host", HOSTS)
def test_at_an_address_without_a_name_it_is_said_that_browsers_allow_none(fresh, host):
    answer = fresh.client.post("/api/v1/passkey-challenges", environ_overrides={"HTTP_HOST": host})

    assert_problem(answer, 409, "refused")


def test_challenges_take_no_more_room_than_they_may(fresh, monkeypatch):
    monkeypatch.setattr(challenges, "MOST_OF_ONE_ADDRESS", 3)
    key = Authenticator(78)
    make_passkey(fresh, key)
    options = [challenge_of(fresh) for _ in range(4)]

    assert_problem(sign_in_alone(fresh, key, options[0]), 401, "wrong-second-factor")
    assert [sign_in_alone(fresh, key, one).status_code for one in options[1:]] == [201] * 3


def test_wrong_codes_do_not_hold_a_passkey_back(opened):
    service = opened(security=Security(secret_key=KEY, sign_in_attempts=3))
    key = Authenticator(78)
    set_up_app(service)
    make_passkey(service, key)
    for _ in range(4):
        sign_in(service, code="000000")

    assert_problem(sign_in(service, code="000000"), 429)
    assert sign_in(service, passkey=key.get(challenge_of(service))).status_code == 201
    assert sign_in_alone(service, key).status_code == 201
