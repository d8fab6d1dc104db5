from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from serving import Client, Process, application, running

from common.errors import SettingsInvalid
from common.http import channels, crew, listening, server
from common.settings import Settings
from common.settings_schema import Server

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


def test_a_port_that_is_taken_is_told_in_one_sentence() -> None:
    with running() as taken:
        settings = Settings(server=Server(port=taken))

        with pytest.raises(SettingsInvalid, match=r"in use by another program|refused by Windows") as refused:
            server.serve(application, settings, lambda _: None)

    assert "\n" not in str(refused.value)


def test_an_address_of_another_computer_is_told_in_one_sentence() -> None:
    settings = Settings(server=Server(host="192.0.2.1", port=0))

    with pytest.raises(SettingsInvalid, match=r"192\.0\.2\.1 is no address of this computer"):
        server.serve(application, settings, lambda _: None)


def test_windows_reserved_ports_are_explained() -> None:
    error = OSError(13, "An attempt was made to access a socket in a way forbidden by its access permissions")
    error.winerror = 10013

    told = listening._sentence(error, "127.0.0.1", 8080)

    assert "excludedportrange" in told


def test_localhost_is_reached_by_both_its_addresses(port: int) -> None:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("this computer has no IPv6")

    with socket.create_connection(("::1", port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        received = client.recv(12)

    assert received == b"HTTP/1.0 200"


@pytest.mark.parametrize(
    ("host", "first"), [("127.0.0.1", "127.0.0.1"), ("*", "127.0.0.1"), ("localhost", "localhost")]
)
def test_the_first_address_told_is_one_for_this_computer(host: str, first: str) -> None:
    sockets = listening.bind(host, 0)
    told = listening.urls(host, sockets)
    for one in sockets:
        one.close()

    assert urlsplit(told[0]).hostname == first


FORWARDED = (
    b"GET / HTTP/1.1\r\nHost: t\r\nX-Forwarded-For: 203.0.113.9, 198.51.100.7\r\nX-Forwarded-Proto: https\r\n"
    b"X-Forwarded-Host: evil.example\r\n\r\n"
)


def test_what_claims_to_come_from_a_proxy_is_not_believed(port: int) -> None:
    with Client(port) as client:
        told = client.send(FORWARDED).answer().told

    assert (told["client"], told["scheme"], list(told["headers"])) == ("127.0.0.1", "http", ["HTTP_HOST"])


def test_the_proxy_that_the_settings_name_is_believed_but_not_what_it_passes_on() -> None:
    with running(trusted_proxy="127.0.0.1") as port, Client(port) as client:
        told = client.send(FORWARDED).answer().told
        malformed = client.send(b"GET / HTTP/1.1\r\nHost: t\r\nX-Forwarded-Proto: gopher\r\n\r\n").answer()

    assert (told["client"], told["scheme"], told["headers"]["HTTP_HOST"]) == ("198.51.100.7", "https", "t")
    assert (malformed.status, malformed.told["type"]) == (400, "/problems/bad-request")


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


@pytest.mark.slow
def test_three_hundred_slow_clients_do_not_keep_others_out() -> None:
    with Process(threads=4) as process, ExitStack() as stack:
        slow = [stack.enter_context(Client(process.port)) for _ in range(300)]
        waited = []
        for number in range(20):
            for client in slow:
                client.send(b"GET / HTTP/1.1\r\nHost: t\r\nX-Slow: " if number == 0 else b"a")
            with Client(process.port) as quick:
                waited.append(timed(quick, "/quick"))

    assert max(waited) < 1
