"""common/openid/timely.py: the time that a connection takes; answers, tests/http/test_sign_on_away.py times."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from common.openid import timely
from common.openid.timely import TimelyConnection, done_by


@pytest.fixture
def named(monkeypatch):
    """Let a host have these addresses; the name of nowhere is one that nobody answers at."""
    tried = []

    def connect(address, timeout, *_rest):
        tried.append((address[0], timeout))
        if address[0] == "nowhere":
            time.sleep(timeout)
            raise TimeoutError
        return socket.socket()

    def name(*addresses):
        found = [(0, 0, 0, "", (address, 443)) for address in addresses]
        monkeypatch.setattr(timely.socket, "getaddrinfo", lambda *_, **__: found)
        monkeypatch.setattr(timely, "create_connection", connect)
        return tried

    return name


def test_addresses_that_do_not_answer_share_one_time(named):
    tried = named(*["nowhere"] * 4)
    began = time.monotonic()

    with done_by(began + 0.4), pytest.raises(TimeoutError):
        TimelyConnection("host", timeout=0.4).connect()

    assert time.monotonic() - began < 0.6
    assert len(tried) == 4


def test_one_that_does_not_answer_leaves_time_for_the_next(named):
    named("nowhere", "here")

    with done_by(time.monotonic() + 0.4):
        connection = TimelyConnection("host", timeout=0.4)
        connection.connect()

    assert 0.1 < connection.sock.gettimeout() < 0.25
    connection.close()


def test_nothing_watches_a_request_from_another_thread(monkeypatch):
    """What is not begun need not be ended."""
    monkeypatch.setattr(threading.Thread, "start", pytest.fail)
    with socket.create_server(("127.0.0.1", 0)) as server, done_by(time.monotonic() + 0.2):
        connection = TimelyConnection("127.0.0.1", server.getsockname()[1], timeout=0.2)
        connection.request("GET", "/")

        with pytest.raises(TimeoutError):
            connection.getresponse()
        connection.close()
