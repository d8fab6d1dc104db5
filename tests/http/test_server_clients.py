from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest
from serving import Client, Process, running

from common.http import channels

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def port() -> Iterator[int]:
    with running(threads=3) as port:
        yield port


@pytest.mark.parametrize(
    ("part", "constant"),
    [
        (b"", "IDLE_SECONDS"),
        (b"GET / HTTP/1.1\r\nHost: t\r\n", "REQUEST_SECONDS"),
        (b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nhalf", "REQUEST_SECONDS"),
        (b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha", "REQUEST_SECONDS"),
    ],
    ids=["nothing", "half a head", "half a body", "half a chunk"],
)
def test_who_keeps_the_server_waiting_is_let_go(
    port: int, monkeypatch: pytest.MonkeyPatch, part: bytes, constant: str
) -> None:
    monkeypatch.setattr(channels, constant, 0.5)

    with Client(port, seconds=5) as client:
        client.send(part)
        rest = client.rest()

    assert rest == b""


def test_a_byte_now_and_then_does_not_buy_time(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "REQUEST_SECONDS", 1)
    began = time.monotonic()

    with Client(port) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: t\r\nX-Slow: ")
        with suppress(OSError):  # that nobody reads any more
            while time.monotonic() - began < 10:
                client.send(b"a")
                time.sleep(0.1)

    assert time.monotonic() - began < 8


def test_a_large_body_may_take_its_time(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "REQUEST_SECONDS", 0.5)

    with Client(port) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 50000\r\n\r\n")
        for _ in range(5):
            client.send(b"x" * 10000)
            time.sleep(0.5)
        answered = client.answer()

    assert answered.told["length"] == 50000


def test_who_is_being_served_is_never_let_go(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for constant in ("IDLE_SECONDS", "REQUEST_SECONDS", "STALLED_SECONDS", "CROWDED_SECONDS"):
        monkeypatch.setattr(channels, constant, 0.1)

    with Client(port) as client:
        answered = client.get("/sleep?seconds=2.5").answer()

    assert answered.status == 200


def test_where_places_run_out_idle_clients_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "CROWDED_SECONDS", 0.5)

    with running(threads=2, connection_limit=20) as port, ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(Client(port)).send(b"GET / HTTP/1.1\r\nX-Slow: ")
        with Client(port, seconds=10) as client:
            answered = client.get("/after").answer()

    assert answered.status == 200


@pytest.mark.slow
def test_three_hundred_slow_clients_do_not_keep_others_out() -> None:
    with Process(threads=4) as process, ExitStack() as stack:
        slow = [stack.enter_context(Client(process.port)) for _ in range(300)]
        waited = []
        for number in range(20):
            for client in slow:
                client.send(b"GET / HTTP/1.1\r\nHost: t\r\nX-Slow: " if number == 0 else b"a")
            with Client(process.port) as quick:
                began = time.monotonic()
                assert quick.get("/quick").answer().status == 200
                waited.append(time.monotonic() - began)

    assert max(waited) < 1
