"""What a wrong password costs, and whom it costs nothing."""

from __future__ import annotations

import pytest
import shop_data
from refusals import assert_problem
from service import KEY

from common.settings_schema import Security

PASSWORD = shop_data.PASSWORD
WRONG = "wrong-basket"


@pytest.fixture
def strict(opened):
    return opened(security=Security(secret_key=KEY, sign_in_attempts=3))


def sign_in(service, username, password=WRONG):
    return service.post("session", {"username": username, "password": password}, role=None)


@pytest.mark.parametrize("username", ["spare", "SPARE", "nobody-of-this-name"])
def test_after_a_few_wrong_passwords_even_the_right_one_has_to_wait(strict, username):
    wrong = [sign_in(strict, username) for _ in range(3)]

    answer = sign_in(strict, "spare" if username == "SPARE" else username, PASSWORD)

    for refused in wrong:
        assert_problem(refused, 401, "wrong-credentials")
    assert_problem(answer, 429, "too-many-attempts")
    assert 1 <= int(answer.headers["Retry-After"]) <= 5
    assert "Set-Cookie" not in answer.headers


def test_a_name_that_is_known_is_answered_like_one_that_is_not(strict):
    known, unknown = ([sign_in(strict, name) for _ in range(4)] for name in ("spare", "nobody"))

    for one, other in zip(known, unknown, strict=True):
        assert one.status_code == other.status_code
        assert set(one.headers.keys()) == set(other.headers.keys())
        assert {k: v for k, v in one.json.items() if k not in {"request_id", "detail"}} == {
            k: v for k, v in other.json.items() if k not in {"request_id", "detail"}
        }


def test_everybody_else_signs_in_meanwhile(strict):
    for _ in range(4):
        sign_in(strict, "spare")

    assert sign_in(strict, "limited", PASSWORD).status_code == 201
    assert strict.get("session", role="limited").status_code == 200


def test_right_passwords_are_not_counted(strict):
    assert [sign_in(strict, "spare", PASSWORD).status_code for _ in range(8)] == [201] * 8


def test_a_forwarded_address_is_not_believed(strict):
    for number in range(3):
        headers = {"X-Forwarded-For": f"10.0.0.{number}"}
        strict.post("session", {"username": "spare", "password": WRONG}, role=None, headers=headers)

    assert_problem(sign_in(strict, "spare", PASSWORD), 429)


def test_the_current_password_cannot_be_found_out_by_whoever_holds_a_session(strict):
    (row,) = strict.get("users?username=spare").json["data"]
    strict.sign_in("spare")

    def change(current):
        body = {"current_password": current, "password": "another-basket-on-the-stairs"}
        return strict.send("PUT", f"users/{row['id']}/password", body=body, role="spare")

    for _ in range(3):
        assert_problem(change(WRONG), 400, "invalid")

    assert_problem(change(PASSWORD), 429)


def test_nothing_of_the_shop_changes(strict):
    before = strict.dump()
    for _ in range(5):
        sign_in(strict, "spare")

    assert strict.dump() == before
