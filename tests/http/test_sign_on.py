"""Single sign-on by a real OpenID provider: there and back."""

from __future__ import annotations

from datetime import timedelta

import openid_provider
import pytest
from refusals import assert_problem
from signing_on import BACK, COOKIE, Browser, asked, refusal, rows

from common import clock


def test_somebody_whose_address_the_provider_vouches_for_is_signed_in(signing, provider):
    browser = Browser(signing)

    answer = browser.sign_on("anna")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/app/")
    assert browser.me["username"] == "spare"
    (identity,) = rows(signing, "identities")
    assert (identity["user_id"], identity["issuer"]) == (browser.me["id"], provider.issuer)


def test_the_way_out_carries_pkce_state_and_nonce_and_nothing_that_opens_anything(signing, provider):
    browser = Browser(signing)

    address = browser.leave()

    query = asked(address)
    assert address.startswith(f"{provider.issuer}/authorization?")
    assert query["response_type"] == "code"
    assert query["code_challenge_method"] == "S256"
    assert len(query["code_challenge"]) == 43
    assert len(query["state"]) >= 43
    assert len(query["nonce"]) >= 43
    assert query["scope"] == "openid email profile"
    assert query["redirect_uri"] == BACK
    assert openid_provider.CLIENT_SECRET not in address


def test_the_provider_can_be_told_to_ask_which_account_each_time(company, provider):
    browser = Browser(company(prompt="select_account"))

    assert asked(browser.leave())["prompt"] == "select_account"


def test_the_session_is_as_good_as_one_by_password(signing):
    browser = Browser(signing)

    answer = browser.sign_on("anna")

    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("storekeeper="))
    for part in ("HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in cookie
    assert len(browser.cookies["storekeeper"]) >= 43
    assert browser.cookies["storekeeper"] not in str(signing.dump())
    assert [row["current"] for row in browser.get("sessions").json["data"]].count(True) == 1
    (entry,) = rows(signing, "audit_entries", entity="sessions", request_id=answer.headers["X-Request-Id"])
    assert (entry["kind"], entry["username"], entry["place"]) == ("created", "spare", "127.0.0.1")


def test_over_https_both_cookies_are_bound_to_it(signing, provider):
    provider.sends_back_to("https://shop.example/sign-on/return")
    left = signing.client.get("/sign-on", base_url="https://shop.example")
    cookie = left.headers["Set-Cookie"].split(";")[0]
    back = Browser(signing).prove(left.headers["Location"], "anna").removeprefix("https://shop.example")

    answer = signing.client.get(back, base_url="https://shop.example", headers={"Cookie": cookie})

    assert cookie.startswith(f"__Host-{COOKIE}=")
    assert "Secure" in left.headers["Set-Cookie"]
    assert any(
        line.startswith("__Host-storekeeper=") and "Secure" in line for line in answer.headers.getlist("Set-Cookie")
    )


def test_signing_on_anew_ends_the_session_before(signing):
    browser = Browser(signing)
    browser.sign_on("anna")
    before = Browser(signing, **browser.cookies)

    browser.sign_on("anna")

    assert before.me is None
    assert browser.me["username"] == "spare"


def test_nothing_is_left_of_the_sign_on_in_the_browser(signing):
    browser = Browser(signing)
    browser.sign_on("anna")

    assert browser.cookies.keys() == {"storekeeper"}


@pytest.mark.parametrize("path", ["/sign-on", "/sign-on/return?state=x", "/sign-on/return"])
def test_each_step_bears_the_headers_that_keep_browsers_safe_and_is_kept_nowhere(signing, path):
    answer = Browser(signing).get(path)

    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Request-Id"]


def test_what_the_token_does_not_tell_is_asked_for(signing, provider):
    provider.tells_in_token(everything=False)
    browser = Browser(signing)
    try:
        browser.sign_on("anna")
    finally:
        provider.tells_in_token(everything=True)

    assert browser.me["username"] == "spare"


def test_a_password_works_beside_it_as_before(signing):
    signing.sign_in("spare")
    assert signing.get("session", role="spare").json["username"] == "spare"


def test_one_is_led_where_one_wanted_to_go(signing):
    answer = Browser(signing).sign_on("anna", "?next=/app/items/7%3Fq%3Dtea")

    assert answer.headers["Location"] == "/app/items/7?q=tea"


def test_where_nobody_is_named_there_is_nothing(served):
    for path in ("/sign-on", "/sign-on/return"):
        assert_problem(served.get(path, role=None), 404, "not-found")
    assert served.get("/api/v1", role=None).json["sign_on"] is None


def test_front_ends_are_told_where_it_is(signing):
    assert signing.get("/api/v1", role=None).json["sign_on"] == {
        "label": "your company account",
        "href": "/sign-on",
        "method": "GET",
    }


def test_what_came_too_late_opens_nothing(signing, monkeypatch):
    browser = Browser(signing)
    back = browser.prove(browser.leave(), "anna")
    later = clock.now() + timedelta(minutes=10, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert refusal(browser.get(back)) == "lost"


def test_the_database_knows_what_was_used_and_forgets_it_in_time(signing, monkeypatch):
    Browser(signing).sign_on("anna")
    later = clock.now() + timedelta(minutes=11)
    assert len(rows(signing, "spent_secrets")) == 1
    monkeypatch.setattr(clock, "now", lambda: later)

    browser = Browser(signing)
    browser.get(f"/sign-on/return?code=x&state={asked(browser.leave())['state']}")

    assert len(rows(signing, "spent_secrets")) == 1
