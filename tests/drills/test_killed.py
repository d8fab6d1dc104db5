from __future__ import annotations

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from clients import SEED, Client, Shop, seeded

CYCLES, CLIENTS = 50, 4
CYCLES_BESIDE_A_SERVER = 3
RECORDED = "SELECT reference, count(*) FROM movements WHERE reference LIKE 'till%' GROUP BY reference"
READY_SECONDS = 5


class Till(threading.Thread):
    """One client that trades until the server is gone, and sends again what nobody answered."""

    def __init__(self, number: int, shop: Shop, answered: set[str]) -> None:
        super().__init__()
        self.number, self.shop, self.answered = number, shop, answered
        self.random = seeded(number)
        self.count = 0
        self.open: tuple[str, dict] | None = None
        self.strange: list[int] = []
        self.client = shop.client

    def intend(self) -> tuple[str, dict]:
        self.count += 1
        item, quantity = self.random.choice(self.shop.items), self.random.randint(1, 3)
        document = self.shop.document(
            self.shop.stores[0], (item, quantity), reference=f"till {self.number} no {self.count}"
        )
        return self.random.choice(["/sales", "/receipts"]), document

    def run(self) -> None:
        while True:
            self.open = self.open or self.intend()
            path, document = self.open
            try:
                answer = self.client.post(path, document, key=document["reference"].replace(" ", "-"))
            except (OSError, http.client.HTTPException):
                return
            if answer.status == 201:
                self.answered.add(document["reference"])
            else:
                self.strange.append(answer.status)
            self.open = None

    def again(self, port: int) -> Till:
        """The same till, on a new connection, with what is still open."""
        next_ = Till(self.number, self.shop, self.answered)
        next_.random, next_.count, next_.open, next_.strange = self.random, self.count, self.open, self.strange
        next_.client = Client(port, self.client.cookie)
        return next_


@pytest.mark.slow
def test_a_server_that_is_killed_under_load_loses_nothing_and_doubles_nothing(two_embedded, serve, agrees, tell):
    """Two at a time, for starting one takes most of the time and one of the computer's cores."""
    with ThreadPoolExecutor(len(two_embedded)) as threads:
        done = list(threads.map(lambda place: kill(place, serve, agrees, CYCLES // 2), two_embedded))

    for answered, starts in done:
        tell(f"seed {SEED}: {len(answered)} answered, starts {min(starts):.1f} to {max(starts):.1f} s")
    assert sum(len(starts) for _, starts in done) == CYCLES


@pytest.mark.slow
def test_a_process_that_is_killed_beside_a_database_server_loses_nothing_and_doubles_nothing(
    place, serve, agrees, tell
):
    """The database goes on, with whatever the process had begun in it."""
    if place.is_sqlite:
        return  # the one above

    answered, starts = kill(place, serve, agrees, CYCLES_BESIDE_A_SERVER)

    tell(f"seed {SEED}: {len(answered)} answered, starts {min(starts):.1f} to {max(starts):.1f} s")
    assert len(starts) == CYCLES_BESIDE_A_SERVER


def kill(place, serve, agrees, cycles):
    """Kill the server of a place, again and again; returns what was answered, and how long each start took."""
    server = serve(place)
    shop = Shop(Client(server.port).sign_in()).fill(stores=1, items=5, stock=100_000)
    answered, moments, starts = set(), seeded(), []
    tills = [Till(number, shop, answered) for number in range(CLIENTS)]

    for _ in range(cycles):
        tills = [till.again(server.port) for till in tills]
        for till in tills:
            till.start()
        time.sleep(moments.uniform(0.05, 0.6))
        server.kill()
        for till in tills:
            till.join(30)
        server = serve(place)
        starts.append(server.started_in)

    last = [till.again(server.port) for till in tills]
    for till in last:
        path, document = till.open
        assert till.client.post(path, document, key=document["reference"].replace(" ", "-")).status == 201
        answered.add(document["reference"])
    recorded = dict(place.rows(RECORDED))

    assert [status for till in tills for status in till.strange] == []
    assert set(recorded) == answered
    assert set(recorded.values()) == {1}
    assert min(starts) < READY_SECONDS  # the slowest tells what else this computer does
    assert not place.is_sqlite or place.rows("PRAGMA integrity_check") == [("ok",)]
    agrees(place)
    return answered, starts
