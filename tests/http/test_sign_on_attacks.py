"""What others try with a sign-on that is under way: a foreign state, a stolen return, a link that leads elsewhere."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from refusals import assert_problem
from signing_on import COOKIE, Browser, asked, refusal, rows

from common.http.sign_on import is_inside

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/app/",
    "/\\evil.example",
    "/app",
    "/app//../../evil",
    "/app/../api/v1/session",
    "/app/%2e%2E/api/v1",
    "/app/.%2e/x",
    "/app/./x",
    "/app\\..\\x",
    "/app/\\evil.example",
    "javascript:alert(1)",
    "/app/\r\nSet-Cookie: a=b",
    "/app/\tx",
    "/app/ x",
    "/app/é",
    "/apple",
    "/sign-on",
    "/app/" + "x" * 600,
]


def test_without_the_cookie_a_return_is_nobodys(signing):
    browser = Browser(signing)
    back = browser.prove(browser.leave(), "anna")

    stranger = Browser(signing)

    assert refusal(stranger.get(back)) == "lost"
    assert stranger.me is None
    assert rows(signing, "identities") == []


def test_whom_another_person_sends_their_own_return_is_not_signed_in_as_them(signing, provider):
    provider.knows("mallory", email="anna@shop.example", email_verified=True)
    mallory, victim = Browser(signing), Browser(signing)
    back = mallory.prove(mallory.leave(), "mallory")
    victim.leave()

    assert refusal(victim.get(back)) == "lost"
    assert victim.me is None


def test_a_forged_return_does_not_end_a_sign_on_that_is_under_way(signing):
    browser = Browser(signing)
    back = browser.prove(browser.leave(), "anna")

    assert refusal(browser.get("/sign-on/return?code=x&state=forged")) == "lost"
    assert browser.get(back).headers["Location"] == "/app/"


@pytest.mark.parametrize("state", ["", "&state=", "&state=%00", "&state=é", "&state=" + "x" * 3000])
def test_a_return_without_its_state_is_refused(signing, state):
    browser = Browser(signing)
    browser.leave()

    assert refusal(browser.get(f"/sign-on/return?code=any{state}")) == "lost"


def test_a_return_opens_once_whoever_holds_the_cookie(signing):
    browser = Browser(signing)
    back = browser.prove(browser.leave(), "anna")
    thief = Browser(signing, **browser.cookies)

    browser.get(back)

    assert refusal(thief.get(back)) == "lost"
    assert thief.me is None


@pytest.mark.parametrize("used", [False, True])
def test_a_stolen_code_opens_nothing_used_or_not(signing, used):
    browser, thief = Browser(signing), Browser(signing)
    back = browser.prove(browser.leave(), "anna")
    if used:
        browser.get(back)
    code, state = asked(back)["code"], asked(thief.leave())["state"]

    answer = thief.get(f"/sign-on/return?code={quote(code)}&state={state}")

    assert refusal(answer) == "invalid"  # the proof of the browser that began is missing (PKCE)
    assert thief.me is None


@pytest.mark.parametrize("change", ["x{}", "{}x", "{}.", "", "é", "{0}" * 30])
def test_a_cookie_that_was_changed_is_worth_nothing(signing, change):
    browser = Browser(signing)
    back = browser.prove(browser.leave(), "anna")
    browser.cookies[COOKIE] = change.format(browser.cookies[COOKIE])

    assert refusal(browser.get(back)) == "lost"


def test_a_cookie_of_another_provider_is_worth_nothing(signing, company, crook):
    other = company(crook.issuer)
    browser = Browser(other)
    state = asked(browser.leave())["state"]

    answer = Browser(signing, **browser.cookies).get(f"/sign-on/return?code=x&state={state}")

    assert refusal(answer) == "lost"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(signing):
    cookie = signing.get("/sign-on", role=None).headers["Set-Cookie"]

    for part in ("HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=600"):
        assert part in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_begins_no_sign_on(signing, site):
    answer = Browser(signing).get("/sign-on", **{"Sec-Fetch-Site": site})

    assert answer.headers["Location"] == "/app/sign-in"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ELSEWHERE)
def test_nobody_is_led_out_of_the_console(signing, path):
    answer = Browser(signing).sign_on("anna", f"?next={quote(path)}")

    assert not is_inside(path)
    assert answer.headers["Location"] == "/app/"


@pytest.mark.parametrize("path", ["/app/", "/app/items/7?q=a%20b&page=2", "/app/items?q=..%2F", "/app/x#y"])
def test_every_page_of_the_console_can_be_returned_to(path):
    assert is_inside(path)


@pytest.mark.parametrize(
    ("said", "word"),
    [("access_denied", "declined"), ("<script>", "declined"), ("temporarily_unavailable", "away")],
)
def test_what_the_provider_refuses_is_told_by_a_word_of_our_own(signing, said, word):
    browser = Browser(signing)
    state = asked(browser.leave())["state"]

    answer = browser.get(f"/sign-on/return?error={quote(said)}&error_description=pay+here&state={state}")

    assert refusal(answer) == word
    assert "pay" not in answer.headers["Location"] + answer.text


def test_looking_at_a_return_does_not_use_it_up(signing):
    browser = Browser(signing)
    back = browser.prove(browser.leave(), "anna")

    looked = signing.send("HEAD", back, role=None, headers={"Cookie": f"{COOKIE}={browser.cookies[COOKIE]}"})

    assert looked.status_code == 405
    assert browser.get(back).headers["Location"] == "/app/"


@pytest.mark.parametrize("path", ["/sign-on", "/sign-on/return"])
def test_there_is_no_other_verb(signing, path):
    assert_problem(signing.send("POST", path, role=None), 405)


def test_what_anybody_can_send_fills_no_record(signing):
    before = len(rows(signing, "audit_entries"))
    browser = Browser(signing)

    browser.get("/sign-on/return?code=x&state=x")
    browser.get(f"/sign-on/return?code=x&state={asked(browser.leave())['state']}")

    assert len(rows(signing, "audit_entries")) == before


@pytest.mark.parametrize("host", ["", "[::1", "a b", "evil.com/..", '"'])
def test_from_an_address_that_is_none_nobody_is_sent_anywhere(signing, host):
    answer = signing.client.get("/sign-on", environ_overrides={"HTTP_HOST": host})

    assert_problem(answer, 400, "bad-request")
