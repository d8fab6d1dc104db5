from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from serving import Client, application, running

from common.errors import SettingsInvalid
from common.http import listening, server
from common.settings import Settings
from common.settings_schema import Server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def port() -> Iterator[int]:
    with running(threads=3) as port:
        yield port


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
