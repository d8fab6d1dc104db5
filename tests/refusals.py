"""What every refusal looks like, whatever refused it."""

from __future__ import annotations

import re

MEMBERS = {"type", "title", "status", "detail", "instance", "request_id"}
LEAKS = re.compile(
    r"Traceback|sqlalchemy|sqlite|psycopg|\.py\b|SELECT |INSERT |UPDATE |werkzeug|0x[0-9a-f]{6}", re.IGNORECASE
)


def assert_problem(answer, status: int, slug: str | None = None) -> dict:
    """Check the whole form of a refusal; returns its members."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert problem.keys() - {"errors"} == MEMBERS
    assert problem["status"] == status
    assert re.fullmatch(r"/problems/[a-z-]+", problem["type"])
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == answer.request.path
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert not LEAKS.search(answer.text)
    assert all(error.keys() >= {"field", "code", "message"} for error in problem.get("errors", []))
    for needs, header in ((401, "WWW-Authenticate"), (405, "Allow"), (429, "Retry-After"), (503, "Retry-After")):
        assert status != needs or answer.headers[header]
    assert slug is None or problem["type"] == f"/problems/{slug}"
    return problem
