from __future__ import annotations

import http.client
import signal
import sys
import threading
import time

import pytest
from clients import Client, Shop

CLIENTS, ROUNDS, EXIT_SECONDS = 8, 3, 10
RECORDED = "SELECT reference FROM movements WHERE reference LIKE 'till%'"
STOP = signal.SIGTERM if sys.platform != "win32" else signal.CTRL_BREAK_EVENT


class Till(threading.Thread):
    """A client that trades until nobody listens any more."""

    def __init__(self, number, client, shop) -> None:
        super().__init__()
        self.number, self.client, self.shop = number, client, shop
        self.answered, self.cut, self.strange = [], [], []

    def run(self):
        for count in range(100_000):
            reference = f"till {self.number} no {count}"
            sale = self.shop.document(self.shop.stores[0], (self.shop.items[count % 5], 1), reference=reference)
            try:
                answer = self.client.post("/sales", sale)
            except (OSError, http.client.HTTPException):
                self.cut.append(reference)
                return
            if answer.status == 201:
                self.answered.append(reference)
            else:
                self.strange.append(answer.status)


@pytest.mark.slow
def test_a_server_that_is_told_to_stop_under_load_cuts_nobody_off(place, serve, agrees, tell):
    answered, cut, strange = [], [], []
    port = None
    for round_ in range(ROUNDS if place.is_sqlite else 1):
        server = serve(place)
        if port is None:
            shop = Shop(Client(server.port).sign_in()).fill(stores=1, items=5, stock=100_000)
        port = server.port
        ready = Client(port)
        tills = [Till(f"{round_}-{number}", shop.client.another(port), shop) for number in range(CLIENTS)]
        for till in tills:
            till.start()
        time.sleep(1)
        assert ready.get("/readyz").status == 200

        began = time.monotonic()
        server.process.send_signal(STOP)
        time.sleep(0.1)
        stopping = ready.get("/readyz")
        code = server.ended()
        seconds = time.monotonic() - began
        for till in tills:
            till.join(30)
            answered, cut, strange = answered + till.answered, cut + till.cut, strange + till.strange

        tell(f"{sum(len(till.answered) for till in tills)} answers, ended in {seconds:.1f} s")
        assert stopping.status == 503
        assert code == 0
        assert seconds <= EXIT_SECONDS
        wal = place.file.with_name("storekeeper.db-wal")
        assert not wal.exists() or wal.stat().st_size == 0  # of a database server there is none

    recorded = {reference for (reference,) in place.rows(RECORDED)}
    assert strange == []
    assert recorded == set(answered)
    assert not recorded & set(cut)
    agrees(place)
