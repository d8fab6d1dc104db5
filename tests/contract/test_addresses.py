"""Addresses and methods: what is there, and what every other one is answered."""

from __future__ import annotations

import pytest
from refusals import assert_problem
from routing import CALLS, READS, ROUTES, VERBS, Call, each
from service import BASE

ODD_IDS = (
    "x",
    "0",
    "-1",
    "007",
    "1.0",
    "1e3",
    "%2B1",
    "1%20",
    "٣",
    "१",
    "9" * 18,
    str(2**63),
    str(2**64),
    "null",
    "%00",
)
ODD_METHODS = ("TRACE", "PROPFIND", "BREW")
WITH_IDS = [call for call in CALLS if call.parameters]
every_route = pytest.mark.parametrize(
    ("url", "resource"), ROUTES, ids=[url.removeprefix(BASE) or "/" for url, _ in ROUTES]
)


@each(WITH_IDS)
def test_what_is_no_known_id_is_not_found(shop, call):
    for name in call.parameters:
        for odd in ODD_IDS:
            answer = call.send(shop, path=call.path(shop, **{name: odd}))

            assert_problem(answer, 404, "not-found")


@every_route
def test_other_methods_are_refused_with_those_it_takes(shop, url, resource):
    takes = {verb.upper() for verb in VERBS if hasattr(resource, verb)}
    takes |= {"OPTIONS"} | ({"HEAD"} if "GET" in takes else set())
    path = Call(url, resource, next(verb for verb in VERBS if hasattr(resource, verb))).path(shop)

    for method in {*(verb.upper() for verb in VERBS), "HEAD", *ODD_METHODS} - takes:
        answer = shop.send(method, path, role=None)

        assert answer.status_code == 405, (method, answer.text)
        assert set(answer.headers["Allow"].split(", ")) == takes
        if method != "HEAD":
            assert_problem(answer, 405, "method-not-allowed")


@every_route
def test_options_names_what_it_takes(shop, url, resource):
    path = Call(url, resource, next(verb for verb in VERBS if hasattr(resource, verb))).path(shop)

    answer = shop.send("OPTIONS", path, role=None)

    assert answer.status_code == 200
    assert {"OPTIONS", *(verb.upper() for verb in resource.roles)} <= set(answer.headers["Allow"].split(", "))
    assert answer.data == b""


@each(READS)
def test_head_is_get_without_the_body(shop, call):
    got = call.send(shop)

    answer = call.send(shop, method="HEAD")

    assert answer.status_code == 200
    assert answer.data == b""
    for name in {*got.headers.keys()} - {"X-Request-Id"}:
        assert answer.headers[name] == got.headers[name]


@each([call for call in READS if call.role is not None])
def test_head_is_guarded_as_get_is(shop, call):
    anonymous = call.send(shop, role=None, method="HEAD")
    lower = [call.send(shop, role="viewer", method="HEAD", path=call.path(shop))] if call.least == "admin" else []

    assert anonymous.status_code == 401
    assert all(answer.status_code == 403 for answer in lower)


@each(CALLS)
def test_there_is_one_way_to_write_an_address(shop, call):
    path = call.path(shop)

    for other in (f"{path}/", path.replace("/api/", "/api//"), path.upper(), f"{path}/x/y"):
        answer = call.send(shop, path=other)

        assert_problem(answer, 404, "not-found")


@pytest.mark.parametrize(
    "path", ["/nothing", "/api", "/api/v2/items", "/api/v1/nothing", "/api/v1/items/1/nothing", "/%ff"]
)
def test_what_is_nowhere_is_a_problem_too(shop, path):
    answer = shop.send("GET", path, role=None)

    assert_problem(answer, 404, "not-found")
