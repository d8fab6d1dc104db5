"""Authenticator apps and recovery codes: setting them up, signing in with them, losing them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from factors import PASSWORD, change, cookie_of, id_of, is_in, set_up_app, sign_in
from refusals import MEMBERS, assert_problem
from service import KEY, Service

from common.settings_schema import Security

CONFIRMED = {"current_password": PASSWORD}
OWN_NOUNS = ("totp", "recovery-codes", "passkey-challenges")


def factors(service, role="spare"):
    return service.get(f"users/{id_of(service, role)}/second-factors", role=role).json


def token(service, role):
    return {"Authorization": f"Bearer {service.tokens[role]}"}


def test_a_right_pair_without_a_code_is_told_what_would_do(fresh):
    set_up_app(fresh)

    answer = sign_in(fresh)

    assert answer.status_code == 401
    assert answer.json.keys() == MEMBERS | {"methods"}
    assert answer.json["type"] == "/problems/second-factor-required"
    assert answer.json["methods"] == ["totp", "recovery-code"]
    assert answer.headers["WWW-Authenticate"]
    assert "Set-Cookie" not in answer.headers


def test_a_code_signs_in_once(fresh):
    code, _ = set_up_app(fresh)

    first, again = (sign_in(fresh, code=code()) for _ in range(2))

    assert first.status_code == 201
    assert first.json["second_factor"] is True
    assert_problem(again, 401, "wrong-second-factor")
    assert_problem(sign_in(fresh, code=code(-1)), 401, "wrong-second-factor")
    assert sign_in(fresh, code=f" {code(1)[:3]} {code(1)[3:]} ").status_code == 201


def test_a_recovery_code_signs_in_once(fresh):
    _, codes = set_up_app(fresh)

    first, again = (sign_in(fresh, code=codes[3]) for _ in range(2))

    assert first.status_code == 201
    assert_problem(again, 401, "wrong-second-factor")
    assert sign_in(fresh, code=codes[4].upper().replace("-", "")).status_code == 201
    assert factors(fresh)["recovery_codes_left"] == 8


@pytest.mark.parametrize("code", ["000000", "12345", "1234567", "٣٣٣٣٣٣", "aaaa-aaaa-aaaa-aaaa", "-", "x" * 64])
def test_no_other_code_does(fresh, code):
    set_up_app(fresh)

    assert_problem(sign_in(fresh, code=code), 401, "wrong-second-factor")


def test_a_wrong_pair_is_answered_alike_whether_there_is_a_second_factor_or_not(fresh):
    code, codes = set_up_app(fresh)

    answers = [
        sign_in(fresh, name, "wrong", **more)
        for name in ("spare", "limited", "nobody")
        for more in ({}, {"code": code()}, {"code": codes[0]}, {"code": "000000"})
    ]

    told = [{k: v for k, v in answer.json.items() if k != "request_id"} for answer in answers]
    assert all(one == told[0] for one in told)
    assert {tuple(answer.headers.keys()) for answer in answers} == {tuple(answers[0].headers.keys())}
    assert_problem(answers[0], 401, "wrong-credentials")
    assert sign_in(fresh, code=code()).status_code == 201


def test_who_has_no_second_factor_may_send_a_code_all_the_same(fresh):
    assert sign_in(fresh, code="000000").status_code == 201


@pytest.mark.parametrize("sent", [{}, {"username": "spare"}, {"password": PASSWORD}, {"code": "000000"}])
def test_a_pair_is_a_pair(fresh, sent):
    answer = fresh.post("session", sent, role=None)

    missing = {error["field"] for error in assert_problem(answer, 400, "invalid")["errors"]}
    assert missing == {"username", "password"} - sent.keys()


def test_the_secret_and_the_codes_are_shown_once_and_kept_nowhere_in_the_open(fresh):
    proposed = change(fresh, "totp", CONFIRMED).json["totp_setup"]
    confirmed = change(fresh, "totp/confirmation", {"code": pyotp.TOTP(proposed["secret"]).now()})

    assert proposed["uri"].startswith("otpauth://totp/Storekeeper:spare?secret=")
    assert proposed["qr"].startswith("data:image/svg+xml")
    assert len(confirmed.json["recovery_codes"]) == 10
    assert confirmed.json["totp_setup"] is None
    seen = [str(fresh.dump()), str(factors(fresh)), str(fresh.get("audit?limit=200").json)]
    for secret in (proposed["secret"], *confirmed.json["recovery_codes"]):
        assert all(secret not in text for text in seen)
    assert factors(fresh)["recovery_codes"] is factors(fresh)["totp_setup"] is None


def test_a_wrong_code_confirms_nothing(fresh):
    change(fresh, "totp", CONFIRMED)

    answer = change(fresh, "totp/confirmation", {"code": "000000"})

    assert [error["field"] for error in assert_problem(answer, 400, "invalid")["errors"]] == ["code"]
    assert factors(fresh)["second_factor"] is False
    assert sign_in(fresh).status_code == 201


def test_without_a_proposal_there_is_nothing_to_confirm(fresh):
    assert_problem(change(fresh, "totp/confirmation", {"code": "000000"}), 409, "refused")


def test_adding_and_removing_ends_the_other_sessions(fresh):
    fresh.sign_in("spare")
    there = cookie_of(sign_in(fresh))
    code, _ = set_up_app(fresh)
    assert not is_in(fresh, there)

    there = cookie_of(sign_in(fresh, code=code()))
    assert change(fresh, "recovery-codes", CONFIRMED).status_code == 201
    assert is_in(fresh, there)
    assert change(fresh, "totp/removal", CONFIRMED).status_code == 201

    assert not is_in(fresh, there)
    assert fresh.get("session", role="spare").status_code == 200
    assert sign_in(fresh).status_code == 201
    assert factors(fresh)["recovery_codes_left"] == 0


@pytest.mark.parametrize("noun", [*OWN_NOUNS, "totp/removal", "second-factors/removal"])
@pytest.mark.parametrize("body", [{"current_password": "not this one"}, {"current_password": ""}])
def test_every_change_asks_for_the_current_password(served, noun, body):
    answer = change(served, noun, body, "viewer")

    assert [error["field"] for error in assert_problem(answer, 400, "invalid")["errors"]] == ["current_password"]


@pytest.mark.parametrize("noun", OWN_NOUNS)
def test_nobody_sets_one_up_for_another_not_even_an_administrator(served, noun):
    for role in ("admin", "manager"):
        answer = served.post(f"users/{id_of(served, 'viewer')}/{noun}", CONFIRMED, role=role)

        assert_problem(answer, 404, "not-found")


def test_others_factors_are_an_administrators_to_see_and_to_remove(fresh):
    set_up_app(fresh)
    row, there = id_of(fresh, "spare"), {"Cookie": fresh.cookies["spare"]}
    for path in (f"users/{row}/second-factors/removal", f"users/{row}/totp/removal"):
        assert_problem(fresh.post(path, CONFIRMED, role="manager"), 404)
    assert_problem(fresh.get(f"users/{row}/second-factors", role="manager"), 404)
    assert fresh.get(f"users/{row}/second-factors").json["second_factor"] is True
    assert row in [user["id"] for user in fresh.get("users?second_factor=true").json["data"]]

    answer = fresh.send("POST", f"users/{row}/second-factors/removal")

    assert answer.status_code == 201
    assert answer.json["second_factor"] is False
    assert not is_in(fresh, there)
    assert sign_in(fresh).status_code == 201
    entry = next(one for one in fresh.get("audit?entity=totps").json["data"] if one["kind"] == "deleted")
    assert entry["by_name"] == "admin"


def test_a_token_touches_no_factor(fresh):
    for role in ("viewer", "admin"):
        row = id_of(fresh, role)
        for method, noun in (("GET", "second-factors"), ("POST", "second-factors/removal"), ("POST", "totp/removal")):
            answer = fresh.send(method, f"users/{row}/{noun}", role=None, headers=token(fresh, role))

            assert_problem(answer, 403, "not-allowed")
        for noun in OWN_NOUNS:
            answer = fresh.send("POST", f"users/{row}/{noun}", role=None, headers=token(fresh, role), body=CONFIRMED)

            assert_problem(answer, 403, "not-allowed")


def test_who_was_deactivated_does_not_get_in_with_any_code(fresh):
    code, codes = set_up_app(fresh)
    fresh.send("DELETE", f"users/{id_of(fresh, 'spare')}")

    for one in (code(), codes[0]):
        assert_problem(sign_in(fresh, code=one), 401, "wrong-credentials")


def test_of_many_who_use_one_code_at_once_one_gets_in(fresh):
    code, codes = set_up_app(fresh)

    for one in (code(), codes[0]):
        with ThreadPoolExecutor(6) as pool:
            # A client of its own for each thread; the app is one.
            answers = list(pool.map(lambda service, sent=one: sign_in(service, code=sent), [Service(fresh.app)] * 6))

        assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401, 401, 401]


def test_wrong_codes_cost_a_wait_wherever_they_come_from_and_passwords_do_not_take_it_back(opened):
    strict = opened(security=Security(secret_key=KEY, sign_in_attempts=3))
    code, codes = set_up_app(strict)

    for number in range(3):
        assert_problem(sign_in(strict, code="000000"), 401, "wrong-second-factor")
        assert_problem_of_pair(sign_in(strict), number)
    elsewhere = {"REMOTE_ADDR": "10.9.8.7"}
    body = {"username": "spare", "password": PASSWORD, "code": code()}
    from_elsewhere = strict.client.post("/api/v1/session", json=body, environ_overrides=elsewhere)

    assert_problem(from_elsewhere, 429, "too-many-attempts")
    assert_problem(sign_in(strict, code=codes[0]), 429, "too-many-attempts")
    assert sign_in(strict, "limited").status_code == 201


def assert_problem_of_pair(answer, number):
    assert answer.json["type"] == "/problems/second-factor-required", number


def test_a_failed_code_is_recorded_under_its_user(opened):
    recorded = opened(security=Security(secret_key=KEY, sign_in_attempts=0))
    set_up_app(recorded)

    sign_in(recorded, code="000000")

    (entry,) = recorded.get("audit?kind=refused").json["data"]
    assert entry["changes"] == {"username": [None, "spare"]}
