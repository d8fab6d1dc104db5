from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from serving import CHUNKED, Client, head, running

from common.http import framing

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with running(threads=4) as port:
        yield port


@pytest.mark.parametrize(
    ("request_bytes", "status", "slug"),
    [
        (head(*[f"X-{n}: {'a' * 200}" for n in range(100)]), 431, "headers-too-large"),
        (head("X-Long: " + "a" * 20_000), 431, "headers-too-large"),
        (head(line=f"GET /{'a' * 9000} HTTP/1.1"), 414, "uri-too-long"),
        (f"GET /{'a' * 30_000}".encode(), 414, "uri-too-long"),
        (head(f"Content-Length: {60 * MIB}"), 413, "too-large"),
        (head(f"Content-Length: {60 * MIB}", "Expect: 100-continue"), 413, "too-large"),
        (head(f"Content-Length: {'9' * 18}"), 413, "too-large"),
    ],
)
def test_what_is_too_long_is_refused_with_a_problem(port: int, request_bytes: bytes, status: int, slug: str) -> None:
    with Client(port) as client:
        client.send(request_bytes)

        answered = client.answer()

    assert (answered.status, answered.told["status"], answered.told["type"]) == (status, status, f"/problems/{slug}")
    assert len(answered.body) < 1000


def test_an_address_and_a_head_just_within_the_limits_pass(port: int) -> None:
    long = "/" + "a" * (framing.MAX_TARGET - 1)

    with Client(port) as client:
        client.send(head("X-Long: " + "a" * 7000, line=f"GET {long} HTTP/1.1"))
        answered = client.answer()

    assert answered.status == 200
    assert answered.told["path"] == long


@pytest.mark.parametrize("mebibytes", [3, 60])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunks"])
def test_who_still_sends_a_body_that_is_too_large_gets_the_refusal(port: int, mebibytes: int, *, chunked: bool) -> None:
    piece = b"x" * MIB
    framed = b"%x\r\n%s\r\n" % (MIB, piece) if chunked else piece

    with Client(port) as client:
        client.send(CHUNKED if chunked else head(f"Content-Length: {mebibytes * MIB}"))
        for _ in range(mebibytes):
            client.send(framed)
        client.send(b"0\r\n\r\n" if chunked else b"")
        answered = client.answer()

    assert answered.status == 413


def test_an_invited_body_comes_after_the_invitation(port: int) -> None:
    with Client(port) as client:
        client.send(head("Content-Length: 5", "Expect: 100-continue"))
        invited = client.read.readline() + client.read.readline()
        answered = client.send(b"hello").answer()

    assert invited == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answered.told["length"] == 5


def test_only_so_many_large_bodies_come_in_at_once(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "MAX_LARGE_BODIES", 1)
    large = head(f"Content-Length: {MIB}") + b"x" * (MIB // 2)

    with Client(port) as first, Client(port) as second, Client(port) as third:
        first.send(large)
        small = third.get("/small").answer()
        refused = second.send(large).answer()
        let_in = first.send(b"x" * (MIB // 2)).answer()

    assert small.status == 200
    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert let_in.told["length"] == MIB
