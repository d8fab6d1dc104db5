"""Headers that no browser sends are refused or passed over, never a failure of ours."""

from __future__ import annotations

import pytest
from refusals import assert_problem


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://a]", "null", "//localhost", "ftp://localhost"])
def test_an_origin_that_is_none_is_another_site(served, origin):
    answer = served.send("POST", "stores", body={}, headers={"Origin": origin})

    assert_problem(answer, 403, "cross-site")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_services_own_origin_passes_by_either_scheme(served, scheme):
    answer = served.send("POST", "stores", body={}, headers={"Origin": f"{scheme}://localhost"})

    assert_problem(answer, 400)


@pytest.mark.parametrize("path", ["/app/", "/api/v1/items", "/api/v1/openapi.json"])
def test_a_date_beyond_the_calendar_is_passed_over(served, path):
    answer = served.get(path, headers={"If-Modified-Since": "Thu, 99 Jan 99999999999 00:00:00 GMT"})

    assert answer.status_code == 200


def test_a_packed_body_is_refused(served):
    answer = served.send("POST", "stores", body={}, headers={"Content-Encoding": "gzip"})

    assert_problem(answer, 415)


def test_the_console_is_found_without_its_slash_whatever_host_was_sent(served):
    answer = served.get("/app", headers={"Host": "evil.example"})

    assert answer.headers["Location"] == "/app/"
