"""Passkeys that are not right in every part, and what was used before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from authenticator import ATTESTED, PRESENT, Authenticator, coded
from factors import (
    CONFIRMED,
    challenge_of,
    change,
    cookie_of,
    id_of,
    is_in,
    make_passkey,
    sign_in,
    sign_in_alone,
)
from refusals import assert_problem

from common import clock
from models import challenge as challenges


def test_an_answer_serves_once(keyed):
    service, key = keyed
    key.count = 2
    sent = {"passkey": key.get(challenge_of(service))}

    assert service.post("session", sent, role=None).status_code == 201
    assert_problem(service.post("session", sent, role=None), 401, "wrong-second-factor")


def test_a_challenge_is_over_after_minutes(keyed, monkeypatch):
    service, key = keyed
    options, later = challenge_of(service), datetime.now(UTC) + challenges.LIFE + timedelta(seconds=1)
    key.count = 2
    monkeypatch.setattr(clock, "now", lambda: later)

    assert_problem(sign_in_alone(service, key, options), 401, "wrong-second-factor")


@pytest.mark.parametrize("count", [0, 1])
def test_a_count_that_does_not_rise_is_refused(keyed, count):
    service, key = keyed
    key.count = count

    assert_problem(sign_in_alone(service, key), 401, "wrong-second-factor")


def test_a_count_that_is_always_zero_is_none(fresh):
    key = Authenticator(78)
    assert make_passkey(fresh, key).status_code == 201

    assert [sign_in_alone(fresh, key).status_code for _ in range(3)] == [201] * 3


@pytest.mark.parametrize(
    "odd",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8081"},
        {"origin": "null"},
        {"host": "evil.example"},
        {"flags": 0},
        {"number": 79, "credential_id": Authenticator(77).credential_id},
        {"number": 80},
        {"cross": True},
    ],
)
def test_what_is_not_right_in_every_part_signs_nobody_in(keyed, odd):
    service, _ = keyed
    forged = Authenticator(**{"number": 77, "count": 5} | odd)

    told = [
        assert_problem(answer, 401, "wrong-second-factor")["detail"]
        for answer in (sign_in_alone(service, forged), sign_in(service, passkey=forged.get(challenge_of(service))))
    ]

    assert len(set(told)) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        {"flags": PRESENT},
        {"flags": ATTESTED},
        {"cross": True},
        {"credential_id": bytes(1024)},
    ],
)
def test_what_is_not_right_in_every_part_is_not_kept(fresh, odd):
    answer = make_passkey(fresh, Authenticator(77, **odd))

    assert [error["field"] for error in assert_problem(answer, 400, "invalid")["errors"]] == ["credential"]


def test_a_challenge_of_signing_in_makes_no_passkey_nor_does_anothers_or_an_old_one(fresh):
    key = Authenticator(77)
    others = change(fresh, "passkey-challenges", CONFIRMED, "viewer").json["options"]
    used = change(fresh, "passkey-challenges", CONFIRMED).json["options"]
    first = change(fresh, "passkeys", {"name": "one", "credential": Authenticator(81).create(used)})
    assert first.status_code == 201

    for options in (challenge_of(fresh), others, used, {"challenge": coded(b"made up")}, {"challenge": ""}):
        answer = change(fresh, "passkeys", {"name": "two", "credential": key.create(options)})

        assert_problem(answer, 400, "invalid")


def test_a_key_serves_at_the_host_that_it_was_made_for_alone(keyed):
    service, _ = keyed
    elsewhere = Authenticator(77, host="other.example", origin="https://other.example", count=5)
    there = {"Host": "other.example"}
    challenge = challenge_of(service, headers=there)

    answer = service.post("session", {"passkey": elsewhere.get(challenge)}, role=None, headers=there)

    assert_problem(answer, 401, "wrong-second-factor")


def test_a_challenge_of_making_one_signs_nobody_in(keyed):
    service, key = keyed
    key.count = 2

    options = change(service, "passkey-challenges", CONFIRMED).json["options"]

    assert_problem(sign_in_alone(service, key, options), 401, "wrong-second-factor")


def test_the_same_key_is_kept_once_whoever_brings_it(keyed):
    service, key = keyed

    for role in ("spare", "limited"):
        assert_problem(make_passkey(service, key, role), 409, "duplicate")


def test_anothers_passkey_is_no_second_factor(keyed):
    service, key = keyed
    other = Authenticator(82, count=1)
    make_passkey(service, other, "limited")
    key.count = other.count = 2

    assert_problem(sign_in(service, "limited", passkey=key.get(challenge_of(service))), 401, "wrong-second-factor")
    assert sign_in(service, "limited", passkey=other.get(challenge_of(service))).status_code == 201


def test_a_right_passkey_does_not_make_a_wrong_password_right(keyed):
    service, key = keyed
    key.count = 2

    answer = sign_in(service, password="wrong", passkey=key.get(challenge_of(service)))

    assert_problem(answer, 401, "wrong-credentials")


def test_who_was_deactivated_does_not_get_in(keyed):
    service, key = keyed
    key.count = 2
    service.send("DELETE", f"users/{id_of(service, 'spare')}")

    assert_problem(sign_in_alone(service, key), 401, "wrong-credentials")


def test_a_removed_one_signs_nobody_in_and_others_sessions_end(keyed):
    service, key = keyed
    key.count = 2
    there = cookie_of(sign_in_alone(service, key))
    (row,) = service.get(f"users/{id_of(service, 'spare')}/second-factors", role="spare").json["passkeys"]

    for role, status in (("viewer", 404), ("spare", 201)):
        path = f"users/{id_of(service, 'spare')}/passkeys/{row['id']}/removal"
        assert service.post(path, CONFIRMED, role=role).status_code == status

    key.count = 3
    assert not is_in(service, there)
    assert_problem(sign_in_alone(service, key), 401, "wrong-second-factor")
    assert sign_in(service).status_code == 201


def test_a_passkey_is_removed_from_its_owner_alone(keyed):
    service, _ = keyed
    (row,) = service.get(f"users/{id_of(service, 'spare')}/second-factors", role="spare").json["passkeys"]

    answer = service.post(f"users/{id_of(service, 'admin')}/passkeys/{row['id']}/removal", CONFIRMED)

    assert_problem(answer, 404, "not-found")


@pytest.mark.parametrize("member", ["id", "rawId", "type", "response"])
def test_half_a_credential_is_refused_by_its_fields(served, member):
    whole = Authenticator(77).get({"challenge": "AAAA"})

    for odd in ({}, {member: None}, {member: 5}, {member: "no=base64"}, {member: {}}):
        sent = {name: value for name, value in whole.items() if name != member} | odd
        answer = served.post("session", {"passkey": sent}, role=None)

        told = {error["field"] for error in assert_problem(answer, 400, "invalid")["errors"]}
        assert all(field.startswith(f"passkey/{member}") for field in told)


@pytest.mark.parametrize("member", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("data", [b"{}", b"\x00", b"[" * 2000, b'{"challenge": "AA"}', b"\xff" * 40])
def test_what_cannot_be_read_signs_nobody_in(keyed, member, data):
    service, key = keyed
    key.count = 2
    sent = key.get(challenge_of(service))
    sent["response"][member] = coded(data)

    assert_problem(service.post("session", {"passkey": sent}, role=None), 401, "wrong-second-factor")
