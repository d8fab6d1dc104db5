from __future__ import annotations

import json
import socket
import struct
import sys
from typing import TYPE_CHECKING

import pytest
from serving import CHUNKED, Client, head, running

from common.http import problems
from common.http.refusals import REFUSALS

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024
ABORT = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with running(threads=4) as port:
        yield port


AMBIGUOUS = {
    "a length and chunks": head("Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "chunks and a length": head("Transfer-Encoding: chunked", "Content-Length: 5") + b"0\r\n\r\n",
    "chunked twice": head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "chunked twice in one": head("Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n",
    "another coding": head("Transfer-Encoding: gzip") + b"0\r\n\r\n",
    "another coding before": head("Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n",
    "no coding": head("Transfer-Encoding: identity") + b"0\r\n\r\n",
    "an odd coding": head("Transfer-Encoding: xchunked") + b"0\r\n\r\n",
    "a coding behind a control": head("Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n",
    "an empty coding": head("Transfer-Encoding:") + b"0\r\n\r\n",
    "chunks in 1.0": head("Transfer-Encoding: chunked", "Connection: keep-alive", line="POST /x HTTP/1.0"),
    "two lengths": head("Content-Length: 5", "Content-Length: 6") + b"hello!",
    "the same length twice": head("Content-Length: 5", "Content-Length: 5") + b"hello",
    "two lengths in one": head("Content-Length: 5, 5") + b"hello",
    "a sign": head("Content-Length: +5") + b"hello",
    "a minus": head("Content-Length: -5") + b"hello",
    "a fraction": head("Content-Length: 5.0") + b"hello",
    "another base": head("Content-Length: 0x5") + b"hello",
    "no number": head("Content-Length:") + b"hello",
    "more digits than Python reads": head("Content-Length: " + "9" * 5000),
    "a space before the colon": head("Content-Length : 5") + b"hello",
    "a space before another colon": head("X-Other : 5"),
    "a folded field": head("X-Other: 5", " folded"),
    "a folded coding": head("Transfer-Encoding:", "\tchunked") + b"0\r\n\r\n",
    "a bare CR": head("X-Other: 5\rContent-Length: 5") + b"hello",
    "a bare LF": head("X-Other: 5\nContent-Length: 5") + b"hello",
    "a NUL": head("X-Other: 5\x00"),
    "no colon": head("X-Other"),
    "no name": head(": 5"),
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": head("Host: other"),
    "no version": b"GET /\r\n\r\n",
    "another version": b"GET / HTTP/1.2\r\nHost: test\r\n\r\n",
    "the next version": b"PRI * HTTP/2.0\r\n\r\n",
    "two spaces": b"GET  / HTTP/1.1\r\nHost: test\r\n\r\n",
    "a target without a slash": b"GET api/v1/items HTTP/1.1\r\nHost: test\r\n\r\n",
    "a slash in code": b"GET %2Fx HTTP/1.1\r\nHost: test\r\n\r\n",
    "a query alone": b"GET ?a=1 HTTP/1.1\r\nHost: test\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: test\r\n\r\n",
    "all of it for one method": b"GET * HTTP/1.1\r\nHost: test\r\n\r\n",
    "a target that is a host": b"CONNECT test:443 HTTP/1.1\r\nHost: test\r\n\r\n",
    "another scheme": b"GET ftp://test/x HTTP/1.1\r\nHost: test\r\n\r\n",
    "a scheme without a host": b"GET http:///x HTTP/1.1\r\nHost: test\r\n\r\n",
    "a scheme without slashes": b"GET http:x HTTP/1.1\r\nHost: test\r\n\r\n",
    "half a bracket": b"GET http://[/x HTTP/1.1\r\nHost: test\r\n\r\n",
    "no address in brackets": b"GET http://[:::]/x HTTP/1.1\r\nHost: test\r\n\r\n",
    "a method in lower case": b"get / HTTP/1.1\r\nHost: test\r\n\r\n",
    "no hexadecimal number": CHUNKED + b"g\r\nhello\r\n0\r\n\r\n",
    "a sign before a chunk": CHUNKED + b"+5\r\nhello\r\n0\r\n\r\n",
    "a base before a chunk": CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n",
    "a space before a chunk": CHUNKED + b" 5\r\nhello\r\n0\r\n\r\n",
    "a chunk's size ended by LF": CHUNKED + b"5\nhello\r\n0\r\n\r\n",
    "a chunk's size ended by LF and CR LF": CHUNKED + b"5\n\r\nhello\r\n0\r\n\r\n",
    "an enormous chunk": CHUNKED + b"f" * 17 + b"\r\nhello\r\n0\r\n\r\n",
    "an empty size": CHUNKED + b"\r\nhello\r\n0\r\n\r\n",
    "a chunk that is too long": CHUNKED + b"5\r\nhello!\r\n0\r\n\r\n",
    "a chunk that is too short": CHUNKED + b"5\r\nhell\r\n0\r\n\r\n",
    "a chunk's extension with CR": CHUNKED + b"5;a=\rb\r\nhello\r\n0\r\n\r\n",
    "a long extension": CHUNKED + b"5;" + b"a" * 2000 + b"\r\nhello\r\n0\r\n\r\n",
    "an endless size": CHUNKED + b"0" * 3000,
    "a trailer that is none": CHUNKED + b"5\r\nhello\r\n0\r\nno field\r\n\r\n",
    "endless trailers": CHUNKED + b"0\r\n" + b"X-Other: 1\r\n" * 3000,
    "tiny chunks": CHUNKED + b"1\r\na\r\n" * 50_000,
}


@pytest.mark.parametrize("request_bytes", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_what_can_be_read_in_two_ways_is_refused_once_and_ends_the_connection(port: int, request_bytes: bytes) -> None:
    with Client(port) as client:
        client.send(request_bytes + SMUGGLED)

        answered, rest = client.answer(), client.rest()

    assert answered.status == 400
    assert answered.headers["Content-Type"] == "application/problem+json"
    assert answered.headers["Connection"] == "close"
    assert "Server" not in answered.headers
    assert answered.told["type"] == "/problems/bad-request"
    assert answered.told["request_id"] == answered.headers["X-Request-Id"]
    assert set(answered.told) == {"type", "title", "status", "detail", "instance", "request_id"}
    assert rest == b""


@pytest.mark.parametrize(
    ("body", "length"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", 5),
        (b"005\r\nhello\r\n000\r\n\r\n", 5),
        (b"5;name=value\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n", 5),
        (b"A\r\n0123456789\r\n1\r\na\r\n0\r\n\r\n", 11),
        (b"0\r\n\r\n", 0),
    ],
)
def test_right_chunks_are_a_body_however_they_come(port: int, body: bytes, length: int) -> None:
    with Client(port) as client:
        client.send(CHUNKED + body)
        whole = client.answer()
        for byte in CHUNKED + body:
            client.send(bytes([byte]))
        by_bytes = client.answer()
        after = client.get("/after").answer()

    assert whole.told["length"] == by_bytes.told["length"] == length
    assert after.told["path"] == "/after"


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("GET /x?y=1", "/x"),
        ("GET //x", "/x"),
        ("GET http://test/x", "/x"),
        ("GET HTTPS://[::1]:8080/x?y=1", "/x"),
        ("GET http://test?y=1", ""),
        ("OPTIONS *", "*"),
    ],
)
def test_a_target_is_a_path_or_a_whole_address_or_of_OPTIONS_all_of_it(port: int, line: str, path: str) -> None:  # noqa: N802 - the method's name
    with Client(port) as client:
        answered = client.send(head(line=f"{line} HTTP/1.1")).answer()

    assert (answered.status, answered.told["path"]) == (200, path)


@pytest.mark.parametrize(
    "fields", [["Cookie: a=1; b=2", "X-Other: 1, 2", "cookie:c=3,4"], ["Cookie: a=1; b=2; c=3,4"]], ids=["two", "one"]
)
def test_cookies_in_several_lines_are_the_cookies_of_one(port: int, fields: list[str]) -> None:
    with Client(port) as client:
        told = client.send(head(*fields, line="GET / HTTP/1.1")).answer().told

    assert told["headers"]["HTTP_COOKIE"] == "a=1; b=2; c=3,4"


def test_requests_in_one_packet_are_answered_in_order(port: int) -> None:
    with Client(port) as client:
        client.send(head("Content-Length: 5", line="POST /1 HTTP/1.1") + b"hello" + CHUNKED + b"0\r\n\r\n" + SMUGGLED)

        paths = [client.answer().told["path"] for _ in range(3)]

    assert paths == ["/1", "/x", "/smuggled"]


def test_a_refused_HEAD_has_no_body(port: int) -> None:  # noqa: N802 - the method's name
    with Client(port) as client:
        client.send(head("Content-Length: +5", line="HEAD /x HTTP/1.1"))
        received = client.rest()

    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.endswith(b"\r\n\r\n")


def test_a_refusal_keeps_a_sane_request_id_and_names_the_path_alone(port: int) -> None:
    with Client(port) as client:
        client.send(head(f"Content-Length: {60 * MIB}", "X-Request-Id: till-7", line="POST /stock?token=1 HTTP/1.1"))
        answered = client.answer()

    assert answered.told["request_id"] == answered.headers["X-Request-Id"] == "till-7"
    assert answered.told["instance"] == "/stock"


def test_a_failure_of_the_application_is_a_problem_without_its_words(port: int) -> None:
    with Client(port) as client:
        client.send(head("X-Request-Id: till-7", line="GET /failing HTTP/1.1"))
        answered = client.answer()

    assert (answered.status, answered.told["type"]) == (500, "/problems/internal")
    assert answered.told["request_id"] == "till-7"
    assert b"secret" not in answered.body


def test_an_application_that_wants_to_leave_ends_its_connection_alone(port: int) -> None:
    with Client(port) as leaving, Client(port) as other:
        rest = leaving.get("/leaving").rest()
        answered = other.get("/after").answer()

    assert rest == b""
    assert answered.status == 200


def test_a_client_that_goes_away_half_way_harms_nobody(port: int) -> None:
    for part in (b"", b"GET", head("Content-Length: 5") + b"he", CHUNKED + b"5\r\nhe"):
        with Client(port) as client:
            client.send(part)
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)

    with Client(port) as client:
        answered = client.get("/after").answer()

    assert answered.status == 200


def test_the_server_and_the_application_refuse_under_the_same_names() -> None:
    both = REFUSALS.keys() & problems._FRAMEWORK.keys()

    named = {status: (REFUSALS[status][:2], problems._FRAMEWORK[status][:2]) for status in both}

    assert both >= {400, 413, 500, 503}
    assert all(ours == theirs for ours, theirs in named.values()), json.dumps(named)
