"""The whole service behind the real server: what needs both to go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from serving import Client, head, running

if TYPE_CHECKING:
    from collections.abc import Iterator

ITEMS = "/api/v1/items"


@pytest.fixture
def port(served) -> Iterator[int]:
    with running(served.app, threads=3) as port:
        yield port


def test_revalidation_and_what_may_be_asked_keep_the_connection(served, port: int) -> None:
    cookie = f"Cookie: {served.cookies['viewer']}"
    with Client(port) as client:
        tag = client.send(head(cookie, line=f"GET {ITEMS} HTTP/1.1")).answer().headers["Etag"]
        answers = [
            client.send(head(cookie, f"If-None-Match: {tag}", line=f"GET {ITEMS} HTTP/1.1")).answer() for _ in range(3)
        ]
        asked = client.send(head(line=f"OPTIONS {ITEMS} HTTP/1.1")).answer()
        after = client.get("/healthz").answer()

    assert [answer.status for answer in answers] == [304] * 3
    assert [answer.headers["Etag"] for answer in answers] == [tag] * 3
    assert (asked.status, asked.body, after.status) == (200, b"", 200)
    assert "GET" in asked.headers["Allow"]
    for answer in (*answers, asked):
        assert not {"Connection", "Content-Type", "Transfer-Encoding"} & answer.headers.keys()


def test_a_deletion_keeps_the_connection(fresh) -> None:
    cookie = f"Cookie: {fresh.cookies['viewer']}"
    with running(fresh.app, threads=3) as port, Client(port) as client:
        left = client.send(head(cookie, line="DELETE /api/v1/session HTTP/1.1")).answer()
        after = client.send(head(cookie, line="GET /api/v1/session HTTP/1.1")).answer()

    assert left.status == 204
    assert not {"Connection", "Content-Type", "Content-Length", "Transfer-Encoding"} & left.headers.keys()
    assert after.status == 401


def test_the_session_is_found_among_cookies_in_several_lines(served, port: int) -> None:
    session = f"Cookie: {served.cookies['viewer']}"
    with Client(port) as client:
        statuses = [
            client.send(head(*fields, line=f"GET {ITEMS} HTTP/1.1")).answer().status
            for fields in ([session], ["Cookie: theme=dark", session], [session, "Cookie: theme=dark"], ["Cookie: a=1"])
        ]

    assert statuses == [200, 200, 200, 401]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json;q=0, */*", 406),
        ("*/*, application/json; q=0.0", 406),
        ("application/json;q=0, application/*", 406),
        ("application/json;q=0, application/problem+json", 406),
        ("application/json; charset=utf-8; q=0, text/html, */*;q=0.5", 406),
        ("application/*;q=0, */*", 406),
        ("application/problem+json, */*;q=0", 406),
        ("*/*;q=0", 406),
        ("application/json, */*;q=0", 200),
        ("application/json;q=0.1, application/problem+json;q=0", 200),
        ("application/problem+json", 200),
        ("application/problem+json, text/html;q=0", 200),
        ("text/html;q=0, */*", 200),
        ("*/*", 200),
        (None, 200),
    ],
)
def test_json_that_is_refused_is_not_sent(served, port: int, accept: str | None, status: int) -> None:
    fields = [f"Cookie: {served.cookies['viewer']}", *([f"Accept: {accept}"] if accept else [])]

    with Client(port) as client:
        answered = client.send(head(*fields, line=f"GET {ITEMS} HTTP/1.1")).answer()

    assert answered.status == status
