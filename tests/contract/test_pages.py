"""Lists page by page: the whole of it, in one order, whatever is written meanwhile."""

from __future__ import annotations

import base64
import json
import random
import re
from itertools import count, pairwise
from urllib.parse import quote

import pytest
from refusals import assert_problem
from routing import CHANGES, GONE, LISTS, each

from models.text import fold

ODD_LIMITS = ("0", "-1", "x", "", "1.5", "1e1", "٣", "1,2", "99999999999999999999", "null", "%00", " 1")
ODD_CURSORS = ("", "x", "AAAA", "!!!", "é", "W10", "bnVsbA", "e30", "a" * 5000, "%00")
ODD_KEYS = (-1, 2**63, "", "abc", "\0", 1.5, True, None, [], "2026-01-01")
# What a row is told from others by that is computed and has no id.
COMPUTED_BY = ("day", "store_id", "category_id", "item_id", "kind", "reason", "to_store_id", "supplier_id", "part")
ENDLESS = {call.url for call in LISTS if call.resource.shape.endless}


def identity(row):
    return row["id"] if "id" in row else tuple(row.get(name) for name in COMPUTED_BY)


def joined(path, query):
    return f"{path}?{query}" if query else path


def walk(service, path, query="", *, seed=1, between=lambda: None, back=False):
    """Follow the cursors with limits drawn by lot, forward or from the last page back; returns the rows."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    rows, cursor = [], None
    if back:
        *_, cursor = _cursors(service, path, query, chance)
    for _ in range(500):
        between()
        parts = [query, f"limit={chance.randint(1, 4)}", f"cursor={cursor}" if cursor else ""]
        answer = service.get(joined(path, "&".join(filter(None, parts))))
        assert answer.status_code == 200, answer.text
        found = answer.json
        rows = found["data"] + rows if back else rows + found["data"]
        cursor = found["page"]["previous" if back else "next"]
        if cursor is None or (path in ENDLESS and not found["data"]):
            return rows
    raise AssertionError("the list has no end")


def _cursors(service, path, query, chance):
    """Yield the way back from each page that is not the first, the one behind the end last."""
    cursor, behind = None, None
    while True:
        parts = [query, f"limit={chance.randint(1, 4)}", f"cursor={cursor}" if cursor else ""]
        page = service.get(joined(path, "&".join(filter(None, parts)))).json["page"]
        behind = page["previous"] or behind
        if page["next"] in {None, cursor}:  # of an endless list the last page leads to itself
            break
        cursor = page["next"]
    yield behind


def sortable(call):
    return [name for name, field in call.resource.shape.fields.items() if field.sort is not None]


def orders(call):
    return ["", *(f"sort={way}{name}" for name in sortable(call) for way in ("", "-"))]


def told(answer):
    """Return what the Link header says: relations and addresses."""
    return {rel: href for href, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers["Link"])}


@each(LISTS)
def test_a_list_is_an_envelope_with_its_way_on(served, call):
    path = call.path(served)

    answer = served.get(f"{path}?limit=1&total=true")

    body = answer.json
    assert body.keys() == {"data", "page", "links"}
    assert body["page"].keys() == {"limit", "next", "previous", "total"}
    assert body["links"].keys() == {"self", "next", "previous"}
    assert body["links"]["self"] == {"href": f"{path}?limit=1&total=true", "method": "GET"}
    assert len(body["data"]) == 1 == body["page"]["limit"]
    assert body["page"]["total"] == len(served.get(f"{path}?limit=200").json["data"])
    assert body["page"]["previous"] is body["links"]["previous"] is None
    if body["page"]["total"] > 1:
        href = body["links"]["next"]["href"]
        assert told(answer) == {"self": f"{path}?limit=1&total=true", "next": href}
        second = served.get(href)
        assert told(second)["prev"] == told(second)["previous"] == second.json["links"]["previous"]["href"]


@each(LISTS)
def test_a_list_says_no_total_unasked_and_fifty_rows_at_most(served, call):
    page = call.send(served).json["page"]

    assert page.keys() == {"limit", "next", "previous"}
    assert page["limit"] == 50


@each(LISTS)
def test_every_order_is_walked_forward_and_back_without_a_row_lost_or_doubled(served, call):
    path = call.path(served)

    for seed, order in enumerate(orders(call)):
        whole = served.get(joined(path, f"{order}&limit=200".lstrip("&"))).json["data"]

        assert walk(served, path, order, seed=seed) == whole
        if len(whole) > 4:
            backwards = walk(served, path, order, seed=seed + 100, back=True)
            assert backwards == whole[: len(backwards)]
            assert len(backwards) >= len(whole) - 4


@each([call for call in LISTS if sortable(call)])
def test_every_sortable_field_sorts_both_ways(served, call):
    path = call.path(served)

    for name in sortable(call):
        up, down = (served.get(f"{path}?sort={way}{name}&limit=200").json["data"] for way in ("", "-"))

        assert down == up[::-1]
        assert {identity(row) for row in up} == {identity(row) for row in served.get(f"{path}?limit=200").json["data"]}
        values = [row[name] for row in up]
        assert values == sorted(values, key=_sort_key) or values == sorted(values, key=str), name


def _sort_key(value):
    if value is None:
        return (0, "", -1)
    try:
        return (1, "", float(value))
    except ValueError:
        return (1, fold(value), 0)


@each([call for call in LISTS if len(sortable(call)) > 1])
def test_two_keys_sort_one_within_the_other(served, call):
    path, names = call.path(served), sortable(call)

    for first, second in pairwise(names):
        query = f"sort=-{first},{second}"
        whole = served.get(f"{path}?{query}&limit=200").json["data"]

        assert walk(served, path, query, seed=7) == whole
        alone = served.get(f"{path}?sort=-{first}&limit=200").json["data"]
        assert [_sort_key(row[first]) for row in whole] == [_sort_key(row[first]) for row in alone]


numbers = count()


def add(service, call) -> None:
    """Add a row to the list, if any request can."""
    posts = [post for post in CHANGES if post.verb == "post" and not post.parameters]
    same = [post for post in posts if post.resource.shape.model is call.resource.shape.model and str(post) not in GONE]
    for post in [post for post in same if post.url == call.url][:1] or same[:1]:
        post.send(service)
    if not same and call.url.endswith("/sessions"):
        service.sign_in("spare")
    elif not same:
        line = {"item_id": 1 + next(numbers) % 8, "quantity": 1}
        service.post("receipts", {"store_id": 1, "lines": [line]})


@each([call for call in LISTS if not call.resource.shape.endless])
def test_no_row_is_lost_or_doubled_while_others_are_written(fresh, call):
    path = call.path(fresh)

    for seed, order in enumerate(orders(call)[:5]):
        before = [identity(row) for row in fresh.get(joined(path, f"{order}&limit=200".lstrip("&"))).json["data"]]

        rows = walk(fresh, path, order, seed=seed, between=lambda: add(fresh, call))

        found = [identity(row) for row in rows]
        assert len(set(found)) == len(found)
        assert [row for row in found if row in set(before)] == before or "updated_at" in order


@each(LISTS)
def test_pages_by_number_are_the_same_rows(served, call):
    path = call.path(served)
    whole = served.get(f"{path}?limit=200").json["data"]

    pages = [served.get(f"{path}?page={number}&per_page=3").json for number in range(1, len(whole) // 3 + 2)]

    assert [row for page in pages for row in page["data"]] == whole
    assert pages[0]["page"]["limit"] == 3
    assert served.get(f"{path}?page=999&per_page=3").json["data"] == []


@each(LISTS)
def test_limits_and_depth_are_bounded(served, call):
    path = call.path(served)

    refused = [f"{name}={odd}" for name in ("limit", "per_page", "page") for odd in ODD_LIMITS]
    refused += ["limit=201", "per_page=201", "page=51&per_page=200", "page=201", "page=1&cursor=x", "limit=1&limit=2"]
    for query in refused:
        assert_problem(served.get(f"{path}?{query}"), 400, "invalid")
    for query in ("limit=200", "limit=1", "page=50&per_page=200", "page=200"):
        assert served.get(f"{path}?{query}").status_code == 200


@pytest.fixture
def first_cursors(served):
    return {order: served.get(f"items?limit=1&sort={order}").json["page"]["next"] for order in ("name", "-name", "id")}


@each(LISTS)
def test_a_cursor_of_another_list_or_order_is_refused(served, call, first_cursors):
    for order in ("id", "-name"):
        if call.url.endswith("/items") and order == "id":
            continue
        answer = call.send(served, path=f"{call.path(served)}?cursor={first_cursors[order]}")

        assert_problem(answer, 400, "invalid")


@each(LISTS)
def test_a_cursor_that_nobody_gave_is_refused(served, call):
    for odd in ODD_CURSORS:
        answer = call.send(served, path=f"{call.path(served)}?cursor={quote(odd, safe='%')}")

        assert answer.status_code in {200, 400} if odd == "" else answer.status_code == 400, odd


@each(LISTS)
def test_a_cursor_that_was_changed_does_no_harm(served, call):
    path = call.path(served)
    for order in orders(call):
        given = served.get(joined(path, f"{order}&limit=1".lstrip("&"))).json["page"]["next"]
        if given is None:
            continue
        signature, back, *keys = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        forged = [[signature, back, *keys[:n], odd, *keys[n + 1 :]] for n in range(len(keys)) for odd in ODD_KEYS]
        forged += [[signature, 1, *keys], [signature, back, *keys, 1], [signature, back], ["", back, *keys]]

        for parts in forged:
            cursor = base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()
            answer = served.get(joined(path, f"{order}&cursor={cursor}".lstrip("&")))

            assert answer.status_code in {200, 400}, (order, parts, answer.text)
