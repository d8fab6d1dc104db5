from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from clients import at_once
from sqlalchemy import event

from common.database import WRITE, db

CLIENTS, TWINS, LATER, SAME_KEY = 32, 3, 2, 16
SALES = "SELECT reference, count(*) FROM movements WHERE kind = 'sale' GROUP BY reference"


def _same_answer(answers):
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert len({(answer.headers["ETag"], answer.headers["Location"]) for answer in answers}) == 1
    replayed = [answer.headers["Idempotent-Replayed"] for answer in answers]
    assert sorted(replayed, key=str) == [None] + ["true"] * (len(answers) - 1)


@pytest.mark.slow
def test_what_impatient_clients_send_again_and_again_happens_once(place, ports, client, shop, agrees):
    shop.fill(stores=1, items=4, stock=1000)

    def insist(number):
        sale = shop.document(shop.stores[0], (shop.items[number % 4], 1), reference=f"till {number}")
        twins = [client.another(ports[twin % len(ports)]) for twin in range(TWINS)]
        with ThreadPoolExecutor(TWINS) as pool:
            answers = list(pool.map(lambda twin: twin.post("/sales", sale, key=f"key-{number}"), twins))
        return answers + [twins[0].post("/sales", sale, key=f"key-{number}") for _ in range(LATER)]

    of_each = at_once(insist, range(CLIENTS))

    for answers in of_each:
        _same_answer(answers)
    assert sorted(place.rows(SALES)) == sorted((f"till {number}", 1) for number in range(CLIENTS))
    agrees(place)


@pytest.mark.slow
def test_sixteen_requests_under_one_key_are_one(place, ports, client, shop):
    shop.fill(stores=1, items=1, stock=1000)
    sale = shop.document(shop.stores[0], (shop.items[0], 7), reference="one")

    answers = at_once(
        lambda number: client.another(ports[number % len(ports)]).post("/sales", sale, key="k"), range(SAME_KEY)
    )

    _same_answer(answers)
    assert place.rows(SALES) == [("one", 1)]
    assert place.rows("SELECT on_hand FROM levels") == [(993_000,)]


def test_a_twin_that_waits_in_vain_learns_that_the_first_still_runs(place, local):
    app = local(place, write_wait_seconds=1)
    shop = app.shop().fill(stores=1, items=1, stock=10)
    sale = shop.document(shop.stores[0], (shop.items[0], 1))
    arrived, go_on = threading.Event(), threading.Event()

    def hold(connection):
        if connection.get_execution_options()[WRITE] and threading.current_thread().name == "first":
            arrived.set()
            go_on.wait(30)

    with app.app.app_context():
        event.listen(db.engine, "commit", hold)
    answers = []
    first = threading.Thread(name="first", target=lambda: answers.append(app.post("/sales", sale, key="k")))
    first.start()
    assert arrived.wait(10)

    twin, other = app.post("/sales", sale, key="k"), app.post("/sales", sale, key="another")
    go_on.set()
    first.join(10)
    later = app.post("/sales", sale, key="k")

    assert (twin.status, twin.json["type"]) == (409, "/problems/idempotency-key-in-progress")
    assert (other.status, other.json["type"], other.headers["Retry-After"]) == (503, "/problems/busy", "2")
    assert (answers[0].status, later.status, later.headers["Idempotent-Replayed"]) == (201, 201, "true")
    assert later.body == answers[0].body
