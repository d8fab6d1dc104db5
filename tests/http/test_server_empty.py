"""Answers without a body: what they say of it, and that the connection outlives them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from serving import STOPS, Client, Process, head, running

if TYPE_CHECKING:
    from collections.abc import Iterator

BODILESS = ("/empty?status=204", "/empty?status=304", "/empty?status=204&length=0", "/empty?status=304&length=9")
OF_A_BODY = {"Content-Type", "Content-Length", "Transfer-Encoding"}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with running(threads=3) as port:
        yield port


@pytest.mark.parametrize("target", BODILESS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_what_can_have_no_body_keeps_the_connection_and_says_nothing_of_a_body(
    port: int, method: str, target: str
) -> None:
    with Client(port) as client:
        answers = [client.send(head(line=f"{method} {target} HTTP/1.1")).answer() for _ in range(2)]
        after = client.get("/after").answer()

    for answer in answers:
        assert f"status={answer.status}" in target
        assert answer.headers.keys() == {"Date"}
    assert after.told["path"] == "/after"


def test_in_one_packet_they_are_answered_in_order(port: int) -> None:
    with Client(port) as client:
        client.send(b"".join(head(line=f"GET {target} HTTP/1.1") for target in (*BODILESS, "/last")))
        statuses = [client.answer().status for _ in range(5)]

    assert statuses == [204, 304, 204, 304, 200]


@pytest.mark.parametrize("asked", [["close"], ["Close"], ["TE, close"], ["TE", "close"]], ids=",".join)
@pytest.mark.parametrize("target", [*BODILESS, "/with"])
def test_who_asks_for_the_end_of_the_connection_gets_it(port: int, target: str, asked: list[str]) -> None:
    with Client(port) as client:
        client.send(head(*(f"Connection: {one}" for one in asked), line=f"GET {target} HTTP/1.1"))
        answered, rest = client.answer(), client.rest()

    assert answered.headers["Connection"] == "close"
    assert rest == b""


def test_clients_of_HTTP_1_0_are_sent_away(port: int) -> None:  # noqa: N802 - the protocol's name
    with Client(port) as client:
        received = client.send(b"GET /empty?status=304 HTTP/1.0\r\n\r\n").rest()

    assert received.startswith(b"HTTP/1.0 304 ")
    assert b"\r\nConnection: close\r\n" in received
    assert received.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("target", BODILESS)
def test_during_a_drain_they_say_that_they_are_the_last(target: str) -> None:
    with Process(drain_seconds=15) as process, Client(process.port) as client:
        client.get("/").answer()
        process.send(STOPS[0])
        time.sleep(0.1)
        answered, rest = client.get(target).answer(), client.rest()
        code = process.ended(seconds=10)

    assert answered.headers["Connection"] == "close"
    assert not OF_A_BODY & answered.headers.keys()
    assert rest == b""
    assert code == 0


def test_an_answer_that_could_have_a_body_and_has_none_says_its_length_alone(port: int) -> None:
    with Client(port) as client:
        empty = client.send(head(line="OPTIONS /empty?status=200&length=0 HTTP/1.1")).answer()
        short = client.send(head(line="HEAD /empty?status=200&length=9 HTTP/1.1"))
        line, *fields = [short.read.readline() for _ in range(5)]
        after = client.get("/after").answer()

    assert (empty.status, empty.headers["Content-Length"]) == (200, "0")
    assert "Content-Type" not in empty.headers
    assert line.startswith(b"HTTP/1.1 200 ")
    assert {field.partition(b":")[0] for field in fields} == {b"Content-Type", b"Content-Length", b"Date", b"\r\n"}
    assert after.status == 200
