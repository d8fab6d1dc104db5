"""Many who come back from the provider at one moment: each is let in, or may ask again; nobody's return is lost."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from signing_on import Browser, refusal

from common import errors, gate
from common.http import sign_on
from common.openid import provider as openid

FEW = 4
"""How many may ask the provider at once, of the sixteen threads of the settings."""


@pytest.fixture
def crowd(signing):
    """Six who have just proved at the provider who they are: each browser, and the way back."""
    browsers = [Browser(signing) for _ in range(6)]
    return [(one, one.prove(one.leave(), "anna")) for one in browsers]


@pytest.fixture
def slowly(monkeypatch):
    """Let each who asks the provider take a while; returns how many did so at once."""
    busy, most, lock = [0], [0], threading.Lock()
    asks = openid.Provider.claims_for

    def claims_for(*arguments):
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        try:
            time.sleep(0.2)
            return asks(*arguments)
        finally:
            with lock:
                busy[0] -= 1

    monkeypatch.setattr(openid.Provider, "claims_for", claims_for)
    return most


@contextmanager
def full(service):
    """Leave no room to ask the provider."""
    room = service.app.view_functions["sign_on_return"].__self__._provider.room
    places = [room() for _ in range(FEW)]
    for one in places:
        one.__enter__()
    yield
    for one in places:
        one.__exit__(None, None, None)


def test_six_at_once_are_all_let_in_a_few_at_a_time(crowd, slowly):
    together = threading.Barrier(6, timeout=10)

    def come_back(one):
        together.wait()
        return one[0].get(one[1]).headers.get("Location")

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(come_back, crowd)) == ["/app/"] * 6
    assert slowly == [FEW]


def test_where_no_room_comes_the_return_is_kept_and_the_page_asks_again(signing, crowd, monkeypatch):
    monkeypatch.setattr(openid, "ROOM_SECONDS", 0.1)
    browser, back = crowd[0]
    with full(signing):
        answer = browser.get(back)
        told_again = browser.get(back)

    assert answer.status_code == told_again.status_code == 503
    assert (answer.headers["Refresh"], answer.headers["Retry-After"]) == ("2", "2")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Many people sign in at this moment." in answer.text
    assert browser.get(back).headers["Location"] == "/app/"
    assert browser.me["username"] == "spare"


def test_no_more_wait_for_room_than_may_ask(signing, crowd, monkeypatch):
    monkeypatch.setattr(openid, "ROOM_SECONDS", 2.0)
    with full(signing), ThreadPoolExecutor(FEW) as threads:
        waiting = [threads.submit(one.get, back) for one, back in crowd[:FEW]]
        time.sleep(0.5)
        began = time.monotonic()
        others = [one.get(back).status_code for one, back in crowd[FEW:]]

        assert others == [503, 503]
        assert time.monotonic() - began < 0.5
        assert [one.result().status_code for one in waiting] == [503] * FEW
    assert {one.get(back).headers.get("Location") for one, back in crowd} == {"/app/"}


def test_who_waits_for_room_lets_others_run(signing, crowd, monkeypatch):
    monkeypatch.setattr(openid, "ROOM_SECONDS", 0.5)
    one_at_a_time = gate.Gate(alarm=lambda: None)
    with full(signing), ThreadPoolExecutor(2) as threads:

        def wait():
            with one_at_a_time.request():
                return crowd[0][0].get(crowd[0][1]).status_code

        waiting = threads.submit(wait)
        time.sleep(0.25)
        outside = one_at_a_time.count().outside
        assert waiting.result() == 503

    assert outside == 1


def test_a_database_that_is_busy_when_a_return_is_to_be_used_up_loses_nobody_theirs(crowd, monkeypatch):
    browser, back = crowd[0]
    with monkeypatch.context() as patched:

        def busy(*_, **__):
            raise errors.Busy("The database is locked.")

        patched.setattr(sign_on, "spend", busy)
        assert browser.get(back).status_code == 503

    assert browser.get(back).headers["Location"] == "/app/"


def test_a_used_return_stays_used(crowd):
    browser, back = crowd[0]
    kept = dict(browser.cookies)
    browser.get(back)

    assert refusal(Browser(browser.service, **kept).get(back)) == "lost"
