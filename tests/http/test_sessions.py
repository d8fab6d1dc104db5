"""Signing in, staying so, and every way that it ends."""

from __future__ import annotations

import pytest
import shop_data
from refusals import assert_problem
from sqlalchemy import delete, text, update

from common import clock
from common.database import again, db
from models.deployment import offer_setup
from models.sign_in import SignIn
from models.user import User

PASSWORD = shop_data.PASSWORD
NEW = "another-basket-on-the-stairs"


def sign_in(service, username="spare", password=PASSWORD, **kwargs):
    return service.post("session", {"username": username, "password": password}, role=None, **kwargs)


def cookie_of(answer):
    return {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}


def is_in(service, headers):
    return service.get("session", role=None, headers=headers).status_code == 200


def write(service, *statements):
    with service.app.app_context():
        again(db.session(), lambda session: [session.execute(statement) for statement in statements])


def test_signing_in_shows_the_user_and_what_they_may(fresh):
    answer = sign_in(fresh)

    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/v1/session"
    assert answer.json["username"] == "spare"
    assert answer.json["can"] == {
        "post_documents": False,
        "keep_catalogue": False,
        "see_costs": False,
        "administer": False,
    }
    assert "password" not in answer.text.replace("/password", "").replace('"password":{', "")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(fresh):
    plain = sign_in(fresh).headers["Set-Cookie"]
    secure = sign_in(fresh, headers={"X-Forwarded-Proto": "https"}).headers["Set-Cookie"]

    for part in ("HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in plain
    assert "Domain" not in plain
    assert "Secure" not in plain  # a shop's LAN has no https, and a browser would not send it
    assert "Secure" not in secure  # a header that no proxy was declared for is not believed


def test_over_https_the_cookie_is_bound_to_it(fresh):
    body = {"username": "spare", "password": PASSWORD}
    answer = fresh.client.post("/api/v1/session", json=body, base_url="https://shop.example")

    assert answer.headers["Set-Cookie"].startswith("__Host-storekeeper=")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_what_the_cookie_holds_is_kept_nowhere(fresh):
    secret = cookie_of(sign_in(fresh))["Cookie"].split("=", 1)[1]

    assert len(secret) >= 43  # 256 bits
    assert secret not in str(fresh.dump())


@pytest.mark.parametrize("username", ["spare", "nobody", "SPARE", "x" * 200])
def test_every_wrong_pair_is_answered_alike(fresh, username):
    answer = sign_in(fresh, username, "wrong password")

    problem = assert_problem(answer, 401, "wrong-credentials")
    assert problem["detail"] == "The username or the password is wrong."
    assert "Set-Cookie" not in answer.headers


def test_a_username_is_found_whatever_its_case(fresh):
    assert sign_in(fresh, "SpArE").status_code == 201


def test_a_cookie_that_was_signed_out_is_dead_wherever_it_was_copied(fresh):
    headers = cookie_of(sign_in(fresh))

    answer = fresh.send("DELETE", "session", role=None, headers=headers)

    assert answer.status_code == 204
    assert "storekeeper=;" in answer.headers["Set-Cookie"]
    assert not is_in(fresh, headers)


def test_signing_in_anew_ends_the_session_before(fresh):
    first = cookie_of(sign_in(fresh))

    second = cookie_of(sign_in(fresh, headers=first))

    assert first != second
    assert not is_in(fresh, first)
    assert is_in(fresh, second)


@pytest.mark.parametrize(
    "forged", ["storekeeper=", "storekeeper=1", "storekeeper=" + "x" * 4000, "storekeeper=é", "storekeeper=%00"]
)
def test_a_cookie_that_nobody_gave_opens_nothing(fresh, forged):
    assert_problem(fresh.get("session", role=None, headers={"Cookie": forged}), 401)


def test_a_changed_password_ends_the_users_other_sessions(fresh):
    here, there = cookie_of(sign_in(fresh)), cookie_of(sign_in(fresh))
    path = f"users/{fresh.get('session', role=None, headers=here).json['id']}/password"

    answer = fresh.send("PUT", path, role=None, headers=here, body={"current_password": PASSWORD, "password": NEW})

    assert answer.status_code == 200
    assert is_in(fresh, here)
    assert not is_in(fresh, there)
    assert_problem(sign_in(fresh), 401)
    assert sign_in(fresh, password=NEW).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"password": NEW},
        {"password": NEW, "current_password": "not this one"},
        {"current_password": PASSWORD, "password": "spare1234"},
        {"current_password": PASSWORD, "password": "short"},
    ],
)
def test_a_refused_password_changes_nothing(served, body):
    row = served.last(User, "spare")

    answer = served.send("PUT", f"users/{row}/password", role="spare", body=body)

    assert_problem(answer, 400, "invalid")


def test_others_passwords_are_the_administrators_business(fresh):
    row = fresh.last(User, "spare")
    headers = cookie_of(sign_in(fresh))

    assert_problem(fresh.send("PUT", f"users/{row}/password", role="manager", body={"password": NEW}), 404)
    answer = fresh.send("PUT", f"users/{row}/password", body={"password": NEW})

    assert answer.status_code == 200
    assert not is_in(fresh, headers)


@pytest.mark.parametrize(
    "change", [{"role": "manager"}, {"active": False}, {"store_ids": [1]}, {"sees_all_stores": False}]
)
def test_a_changed_role_or_reach_ends_all_sessions(fresh, change):
    headers = cookie_of(sign_in(fresh))

    answer = fresh.send("PATCH", f"users/{fresh.last(User, 'spare')}", body=change)

    assert answer.status_code == 200
    assert not is_in(fresh, headers)
    assert sign_in(fresh).status_code == (401 if "active" in change else 201)


@pytest.mark.parametrize("column", [SignIn.idle_until, SignIn.ends_at])
def test_a_session_ends_in_time(fresh, column):
    headers = cookie_of(sign_in(fresh))

    write(fresh, update(SignIn).values({column: clock.now()}))

    assert_problem(fresh.get("session", role=None, headers=headers), 401, "not-signed-in")


def test_ones_own_sessions_are_listed_and_this_one_marked(served):
    mine = served.get("sessions", role="viewer").json["data"]
    all_of_them = served.get("sessions").json["data"]

    assert [row["current"] for row in mine] == [True]
    assert len(all_of_them) > len(mine)
    assert sum(row["current"] for row in all_of_them) == 1


def test_a_session_can_be_ended_by_its_owner_or_an_administrator_alone(fresh):
    headers = cookie_of(sign_in(fresh))
    row = fresh.last(SignIn, "spare")

    assert_problem(fresh.send("DELETE", f"sessions/{row}", role="manager"), 404)
    assert is_in(fresh, headers)
    assert fresh.send("DELETE", f"sessions/{row}").status_code == 204
    assert not is_in(fresh, headers)


def test_reading_notes_its_use_a_minute_late_and_nothing_else(fresh):
    before = fresh.dump()
    write(fresh, update(SignIn).values(last_used_at=clock.now().replace(year=2020), idle_until=SignIn.ends_at))

    with fresh.app.app_context():
        query = text("SELECT count(*) FROM sessions WHERE last_used_at > '2021-01-01'")
        counts = [db.session().execute(query).scalar()]
        db.session().close()
        fresh.get("items", role="viewer")
        counts.append(db.session().execute(query).scalar())

    assert counts == [0, 1]
    assert fresh.dump() == before


def test_the_first_administrator_is_made_by_the_code_once(fresh):
    write(fresh, delete(SignIn), update(User).values(role="viewer"))
    with fresh.app.app_context():
        code = again(db.session(), offer_setup)
    body = {"code": code, "username": "owner", "password": NEW}

    wrong = fresh.post("setup", body | {"code": "guessed"}, role=None)
    first = fresh.post("setup", body, role=None)
    second = fresh.post("setup", body | {"username": "another"}, role=None)

    assert_problem(wrong, 403)
    assert first.status_code == 201
    assert first.json["role"] == "admin"
    assert is_in(fresh, cookie_of(first))
    assert_problem(second, 404)


@pytest.mark.parametrize(("host", "said"), [("shop.lan:8080", 1), ("localhost:8080", 0), ("127.0.0.1", 0)])
def test_a_sign_in_that_others_can_read_along_works_and_says_so_in_the_log(fresh, caplog, host, said):
    body = {"username": "spare", "password": shop_data.PASSWORD}

    answer = fresh.post("session", body, role=None, headers={"Host": host})

    assert answer.status_code == 201
    assert caplog.text.count("is not private") == said
