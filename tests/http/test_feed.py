"""The changes in order: each once, to whoever may read the row, and at once to whoever waits."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from refusals import assert_problem
from serving import Client, head, running

ITEM = {"sku": "X1", "name": "Thing"}


def follow(service, cursor=None, **kwargs):
    """Return what comes after a cursor, and where to go on from."""
    page = service.get(f"changes?limit=200{f'&cursor={cursor}' if cursor else ''}", **kwargs).json
    return page["data"], page["page"]["next"]


def test_the_way_on_is_never_at_an_end(fresh):
    whole, cursor = follow(fresh)
    nothing, same = follow(fresh, cursor)

    assert whole
    assert (nothing, same) == ([], cursor)
    item = fresh.made("items", ITEM)
    (change,), further = follow(fresh, cursor)
    assert (change["entity"], change["id"], change["version"], change["kind"]) == ("items", item["id"], 1, "created")
    assert further != cursor


def test_they_come_in_the_order_in_which_they_were_made(fresh):
    _, cursor = follow(fresh)
    item = fresh.made("items", ITEM)
    path = f"items/{item['id']}"
    for number in range(3):
        fresh.send("PATCH", path, body={"name": f"Thing {number}"})
    fresh.send("DELETE", path)
    fresh.made(f"{path}/restoration", {})

    changes, _ = follow(fresh, cursor)
    assert [change["version"] for change in changes] == [1, 2, 3, 4, 5, 6]
    assert [change["kind"] for change in changes] == ["created", *["changed"] * 3, "archived", "restored"]
    positions = [change["position"] for change in changes]
    assert positions == list(range(positions[0], positions[0] + 6))


def test_a_list_that_is_empty_has_a_way_on_too(fresh):
    page = fresh.get("changes?entity=listings&by=999").json

    assert page["data"] == []
    assert follow(fresh, page["page"]["next"])[0] == follow(fresh)[0]


def test_what_somebody_may_not_read_is_not_told_to_them(fresh):
    _, cursor = follow(fresh)
    fresh.sign_in("spare")
    fresh.send("PATCH", "users/1", body={"name": "Somebody"})
    fresh.made("items", ITEM)

    assert {change["entity"] for change in follow(fresh, cursor)[0]} == {"sessions", "users", "items"}
    assert {change["entity"] for change in follow(fresh, cursor, role="manager")[0]} == {"items"}


def test_a_refusal_is_no_change(fresh):
    assert all(change["kind"] != "refused" for change in follow(fresh)[0])


def test_the_patience_of_a_reader_has_bounds(fresh):
    for odd in ("-1", "31", "x", "1.5", ""):
        assert_problem(fresh.get(f"changes?wait={odd}"), 400)
    assert_problem(fresh.get("items?wait=1"), 400)


def ask(port, service, path):
    """Return what a real connection gets, and how long it took."""
    began = time.monotonic()
    with Client(port) as client:
        answer = client.send(head(f"Cookie: {service.cookies['admin']}", line=f"GET {path} HTTP/1.1")).answer()
    return answer.told, time.monotonic() - began


def test_whoever_waits_hears_of_a_change_at_once_and_keeps_no_thread_meanwhile(fresh):
    """Thirty readers on three threads: others are served while they wait."""
    _, cursor = follow(fresh)
    with running(fresh.app, threads=3) as port, ThreadPoolExecutor(30) as pool:
        path = f"/api/v1/changes?cursor={cursor}&wait=20"
        waiting = [pool.submit(ask, port, fresh, path) for _ in range(30)]
        time.sleep(1)
        _, quick = ask(port, fresh, "/api/v1/items?limit=1")
        assert not any(one.done() for one in waiting)
        item = fresh.made("items", ITEM)
        heard = [one.result(15) for one in waiting]

    assert quick < 1
    for told, seconds in heard:
        assert [(change["entity"], change["id"]) for change in told["data"]] == [("items", item["id"])]
        assert 1 <= seconds < 5


def test_whoever_waits_in_vain_is_told_so_in_time(fresh):
    _, cursor = follow(fresh)
    with running(fresh.app, threads=3) as port:
        told, seconds = ask(port, fresh, f"/api/v1/changes?cursor={cursor}&wait=2")

    assert (told["data"], told["page"]["next"]) == ([], cursor)
    assert 1.9 < seconds < 5


def test_a_drain_lets_nobody_wait(fresh):
    _, cursor = follow(fresh)
    with ThreadPoolExecutor(1) as pool:
        with running(fresh.app, threads=3) as port:
            waiting = pool.submit(ask, port, fresh, f"/api/v1/changes?cursor={cursor}&wait=25")
            time.sleep(1)
        told, seconds = waiting.result(1)

    assert told["data"] == []
    assert seconds < 10


def test_a_connection_goes_on_after_it_waited(fresh):
    _, cursor = follow(fresh)
    asked = head(f"Cookie: {fresh.cookies['admin']}", line=f"GET /api/v1/changes?cursor={cursor}&wait=1 HTTP/1.1")
    with running(fresh.app, threads=3) as port, Client(port) as client:
        client.send(asked).send(asked).get("/healthz")
        statuses = [client.answer().status for _ in range(3)]

    assert statuses == [200, 200, 200]


def test_another_server_lets_it_wait_in_the_thread_it_has(fresh):
    """Without this project's server, as here, it hears of what its own process does, and looks for what others do."""
    _, cursor = follow(fresh)
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(fresh.get, f"changes?cursor={cursor}&wait=20")
        time.sleep(0.5)
        item = fresh.made("items", ITEM)
        told = waiting.result(10).json

    assert [change["id"] for change in told["data"]] == [item["id"]]
    assert time.monotonic() - began < 5
    assert fresh.get(f"changes?cursor={told['page']['next']}&wait=1").json["data"] == []


def test_that_a_row_is_gone_comes_after_its_last_version_and_no_other_row_gets_its_id(fresh):
    _, cursor = follow(fresh)
    fresh.sign_in("spare")
    fresh.send("DELETE", "session", role="spare")
    fresh.sign_in("spare")

    begun, gone, anew = follow(fresh, cursor)[0]
    assert [change["kind"] for change in (begun, gone, anew)] == ["created", "deleted", "created"]
    assert [begun["version"], gone["version"], anew["version"]] == [1, 2, 1]
    assert begun["id"] == gone["id"] < anew["id"]
