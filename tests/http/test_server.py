from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from serving import Client, running

from common.http import crew, server

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024


@pytest.fixture
def port() -> Iterator[int]:
    with running(threads=3) as port:
        yield port


def timed(client: Client, target: str) -> float:
    began = time.monotonic()
    assert client.get(target).answer().status == 200
    return time.monotonic() - began


def test_answers_bear_no_banner_and_connections_are_kept(port: int) -> None:
    with Client(port) as client:
        first, second = client.get("/1").answer(), client.get("/2").answer()

    assert "Server" not in first.headers
    assert "Connection" not in first.headers
    assert [first.told["path"], second.told["path"]] == ["/1", "/2"]


def test_clients_of_HTTP_1_0_are_answered_and_sent_away(port: int) -> None:  # noqa: N802 - the protocol's name
    with Client(port) as client:
        client.send(b"GET /old HTTP/1.0\r\n\r\n")
        answered, rest = client.answer(), client.rest()

    assert answered.headers["Connection"] == "close"
    assert rest == b""


def test_quick_requests_are_run_by_the_thread_that_reads_the_network(port: int) -> None:
    with Client(port) as client, Client(port) as other:
        threads = {one.get("/").answer().told["thread"] for one in (client, other) * 20}

    assert len(threads) == 1


def test_slow_requests_do_not_hold_up_quick_ones(port: int) -> None:
    with Client(port) as slow, Client(port) as slow_too, Client(port) as quick:
        slow.get("/sleep?seconds=2")
        slow_too.get("/sleep?seconds=2")
        waited = [timed(quick, "/quick") for _ in range(50)]
        running = server.state.counts()["running"]

    assert running >= 2
    assert max(waited) < 1  # far more than the two slices, far less than what a queue behind them would take


def test_more_slow_requests_than_threads_wait_and_are_all_answered(port: int) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(Client(port)) for _ in range(9)]
        for client in clients:
            client.get("/sleep?seconds=0.2")
        statuses = [client.answer().status for client in clients]

    assert statuses == [200] * 9


def test_who_is_outside_takes_a_place_but_not_the_lead(port: int) -> None:
    with Client(port) as away, Client(port) as quick:
        away.get("/outside?seconds=0.5")
        waited = timed(quick, "/quick")
        counted = server.state.counts()
        answered = away.answer()

    assert waited < 0.4
    assert (counted["outside"], counted["connections"]) == (1, 2)
    assert answered.status == 200


def test_the_network_is_served_while_every_thread_is_busy(port: int) -> None:
    with ExitStack() as stack:
        busy = [stack.enter_context(Client(port)) for _ in range(3)]
        for client in busy:
            client.get("/sleep?seconds=0.5")
        time.sleep(0.2)
        refused = stack.enter_context(Client(port))
        refused.send(b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        began = time.monotonic()
        invited = refused.read.readline()
        waited = time.monotonic() - began

    assert invited == b"HTTP/1.1 100 Continue\r\n"
    assert waited < 0.3


def test_slow_readers_of_large_answers_hold_nobody_up(port: int) -> None:
    with ExitStack() as stack:
        readers = [stack.enter_context(Client(port)) for _ in range(4)]
        for reader in readers:
            reader.get("/stream?mebibytes=20")
        quick = stack.enter_context(Client(port))
        answered = quick.get("/quick").answer()
        lengths = [len(reader.answer().body) for reader in readers]

    assert answered.status == 200
    assert lengths == [20 * MIB] * 4


def test_windows_takes_no_more_clients_than_its_select(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(server.select, "poll", raising=False)

    limits = server._connection_limit(1000), server._connection_limit(300)

    assert limits == (400, 300)


def test_it_serves_without_poll_as_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(crew.select, "poll", raising=False)

    with running() as port, Client(port) as client:
        answered = client.get("/").answer()

    assert answered.status == 200


def test_nothing_is_left_behind() -> None:
    before = threading.active_count()

    with running() as port, Client(port) as client:
        client.get("/")

    assert threading.active_count() == before
    assert server.state.counts() == {}
    assert not server.state.draining
