"""A provider that is away, slow, endless or odd: a sentence for who wanted to sign on, and nothing for anybody else."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from signing_on import Browser, refusal, say

from common.openid import fetching, provider

DESCRIPTION = "/.well-known/openid-configuration"


@pytest.fixture
def quick(monkeypatch):
    """Two seconds are as good as five."""
    monkeypatch.setattr(fetching, "SECONDS", 1.0)
    monkeypatch.setattr(provider, "VISIT_SECONDS", 2.0)


@pytest.fixture
def crooked(company, crook):
    return company(crook.issuer)


def drip(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    for _ in range(200):
        try:
            handler.wfile.write(b" ")
        except OSError:
            return
        time.sleep(0.1)


def head(handler):
    """Send one header after the other, each in time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(90):  # 100 are too many anyway
        try:
            handler.wfile.write(b"X-%d: x\r\n" % number)
        except OSError:
            return
        time.sleep(0.1)


def endless(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" " * 65_536)
    except OSError:
        return


def redirect(handler):
    say(handler, 302, b"", Location="http://127.0.0.1:1/")


ODD = {
    "nothing": lambda handler: handler.close_connection,
    "an error": lambda handler: say(handler, 500, b"{}"),
    "not found": lambda handler: say(handler, 404, b"<html>"),
    "no JSON": lambda handler: say(handler, 200, b"<html>"),
    "a list": lambda handler: say(handler, 200, b"[]"),
    "an empty object": lambda handler: say(handler, 200, b"{}"),
    "nonsense": lambda handler: say(handler, 200, b'{"issuer": 7, "keys": 7, "error": 7}'),
    "deep": lambda handler: say(handler, 200, b"[" * 100_000),
    "a redirect": redirect,
    "a packed bomb": lambda handler: say(handler, 200, b"\x1f\x8b" + b"\0" * 50, Content_Encoding="gzip"),
    "half": lambda handler: say(handler, 200, b"{", Content_Length="1000"),
    "endless": endless,
}


@pytest.mark.parametrize("oddness", ODD.values(), ids=ODD)
@pytest.mark.parametrize("where", [DESCRIPTION, "/token", "/keys"])
def test_whatever_it_answers_there_is_a_sentence(crooked, crook, quick, where, oddness):
    crook.instead = {where: oddness}
    browser = Browser(crooked)

    answer = browser.get("/sign-on") if where == DESCRIPTION else crook.returns(browser)

    assert refusal(answer) in {"away", "invalid"}
    assert browser.me is None


def test_a_provider_that_nobody_answers_for(company):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        issuer = f"http://127.0.0.1:{free.getsockname()[1]}"

        assert refusal(Browser(company(issuer)).get("/sign-on")) == "away"


@pytest.mark.parametrize("slowness", [lambda _: time.sleep(4), drip, head], ids=["silent", "dripping", "heading"])
def test_a_slow_one_is_not_waited_for(crooked, crook, quick, slowness):
    crook.instead = {DESCRIPTION: slowness}
    began = time.monotonic()

    answer = Browser(crooked).get("/sign-on")

    assert refusal(answer) == "away"
    assert time.monotonic() - began < 3


def test_waiting_for_it_takes_a_few_threads_and_leaves_the_others(crooked, crook, quick):
    waiting = threading.Barrier(5, timeout=10)

    def wait(_handler):
        waiting.wait()
        time.sleep(2)

    crook.instead = {DESCRIPTION: wait}
    with ThreadPoolExecutor(12) as threads:
        few = [threads.submit(Browser(crooked).get, "/sign-on") for _ in range(4)]
        waiting.wait()
        began = time.monotonic()
        others = [refusal(Browser(crooked).get("/sign-on")) for _ in range(6)]
        took = time.monotonic() - began

        assert others == ["away"] * 6
        assert took < 0.5
        assert [refusal(one.result()) for one in few] == ["away"] * 4


def test_it_works_again_as_soon_as_it_is_back(crooked, crook):
    crook.instead = {DESCRIPTION: ODD["an error"]}
    browser = Browser(crooked)
    assert refusal(browser.get("/sign-on")) == "away"

    crook.instead = {}

    assert crook.returns(browser).headers["Location"] == "/app/"


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("address", ["http://idp.example/x", "javascript:x", "file:///etc/passwd", "", 7, None])
def test_an_address_that_others_could_listen_to_is_not_used(crooked, crook, name, address):
    crook.more = {name: address}

    assert refusal(Browser(crooked).get("/sign-on")) == "away"


def test_who_calls_itself_otherwise_is_somebody_else(crooked, crook, caplog):
    crook.more = {"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}

    assert refusal(Browser(crooked).get("/sign-on")) == "away"
    assert "[sign_on] issuer must say exactly that" in caplog.text


def test_what_it_published_is_read_anew_in_the_end(crooked, crook, monkeypatch):
    monkeypatch.setattr(provider, "KEPT_SECONDS", 0.0)
    for _ in range(2):
        crook.returns(Browser(crooked))
        crook.claims = {}

    assert crook.asked.count("/keys") == 2


def test_no_secret_is_in_the_log_or_in_an_answer(crooked, crook, caplog):
    caplog.set_level("DEBUG")
    browser = Browser(crooked)
    crook.claims = {"nonce": "wrong"}

    answer = crook.returns(browser, code="the-code-itself")

    told = caplog.text + answer.text + str(answer.headers)
    assert refusal(answer) == "invalid"
    for secret in ("a-secret-of-forty-letters", "the-code-itself", "eyJ"):
        assert secret not in told
