from __future__ import annotations

import signal
import sys
import threading
import time
from contextlib import ExitStack

import pytest
from serving import STOPS, Client, Process, application, running

from common.http import server
from common.settings import Settings
from common.settings_schema import Server

HALF = b"POST /half HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nhello"


@pytest.mark.parametrize("number", STOPS)
def test_all_that_was_accepted_is_answered_and_the_end_is_orderly(number: int) -> None:
    with Process(threads=2, drain_seconds=15) as process, ExitStack() as stack:
        clients = [stack.enter_context(Client(process.port)) for _ in range(8)]
        for client in clients:  # two of them run, six are queued
            client.get("/sleep?seconds=0.5")
        half, pipelined = stack.enter_context(Client(process.port)), stack.enter_context(Client(process.port))
        half.send(HALF)
        pipelined.get("/sleep?seconds=0.1").get("/second").get("/third")
        time.sleep(0.3)

        process.send(number)
        time.sleep(0.3)
        half.send(b"world")
        answers = [client.answer() for client in [*clients, half, *[pipelined] * 3]]
        rests = [client.rest() for client in [*clients, half, pipelined]]
        code = process.ended(seconds=10)

    assert [answer.status for answer in answers] == [200] * 12
    assert answers[8].told["length"] == 10
    assert [answer.told["path"] for answer in answers[-2:]] == ["/second", "/third"]
    assert answers[7].headers["Connection"] == answers[-1].headers["Connection"] == "close"
    assert answers[7].told["draining"]
    assert rests == [b""] * 10
    assert code == 0


def test_who_is_idle_is_let_go_and_nobody_is_let_in() -> None:
    with Process(drain_seconds=15) as process, Client(process.port) as idle, Client(process.port) as busy:
        idle.get("/").answer()
        busy.get("/sleep?seconds=3")
        time.sleep(0.2)
        process.send(STOPS[0])
        rest = idle.rest()
        with pytest.raises(OSError):  # noqa: PT011 - refused, or reset on some platforms
            Client(process.port, seconds=2).get("/").answer()
        answered = busy.answer()
        code = process.ended(seconds=10)

    assert rest == b""
    assert answered.status == 200
    assert code == 0


def test_a_request_that_crosses_the_signal_on_a_kept_connection_is_answered() -> None:
    with Process(drain_seconds=15) as process, Client(process.port) as client:
        client.get("/").answer()
        process.send(STOPS[0])
        time.sleep(0.1)
        answered = client.get("/crossing").answer()
        code = process.ended(seconds=10)

    assert (answered.status, answered.headers["Connection"]) == (200, "close")
    assert code == 0


def test_what_takes_longer_than_the_drain_is_cut() -> None:
    with Process(drain_seconds=1) as process, Client(process.port) as client:
        client.get("/sleep?seconds=30")
        time.sleep(0.2)
        process.send(STOPS[0])
        rest = client.rest()
        code = process.ended(seconds=5)

    assert rest == b""
    assert code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="the second CTRL_BREAK may find no console to come from")
def test_a_second_signal_ends_at_once_but_not_its_echo() -> None:
    with Process(drain_seconds=30) as process, Client(process.port) as client:
        client.get("/sleep?seconds=1").get("/second")
        time.sleep(0.2)
        process.send(signal.SIGTERM)
        process.send(signal.SIGTERM)
        answers = client.answer(), client.answer()
        assert process.ended(seconds=5) == 0

    with Process(drain_seconds=30) as process, Client(process.port) as client:
        client.get("/sleep?seconds=30")
        time.sleep(0.2)
        process.send(signal.SIGTERM)
        time.sleep(0.6)
        process.send(signal.SIGTERM)
        code = process.ended(seconds=5)

    assert [answer.status for answer in answers] == [200, 200]
    assert code == 1


def test_a_service_stops_it_from_another_thread_and_hears_of_the_drain_first() -> None:
    heard: list[bool] = []
    answering, urls, codes = threading.Event(), [], []

    def announce(told: list[str]) -> None:
        urls.extend(told)
        answering.set()

    def run() -> None:
        settings = Settings(server=Server(port=0))
        told_first = lambda: heard.append(server.state.draining)  # noqa: E731
        codes.append(server.serve(application, settings, announce, told_first))

    thread = threading.Thread(target=run)
    thread.start()
    assert answering.wait(10)
    server.stop()
    server.stop()
    thread.join(10)

    assert heard == [True]
    assert codes == [0]


def test_a_fault_in_what_happens_at_a_drain_does_not_stop_it() -> None:
    def fails() -> None:
        raise RuntimeError

    code = server.serve(application, Settings(server=Server(port=0)), lambda _: server.stop(), fails)

    assert code == 0


def test_it_comes_up_again_at_the_same_port_at_once() -> None:
    with running() as port, Client(port) as client:
        client.get("/").answer()

    with running(port=port) as again, Client(again) as client:
        answered = client.get("/").answer()

    assert again == port
    assert answered.status == 200


@pytest.mark.slow
def test_no_request_is_cut_while_many_clients_keep_sending() -> None:
    problems: list[str] = []
    answered = [0]

    def keep_sending(port: int) -> None:
        while True:
            try:
                client = Client(port)
            except OSError:
                return
            with client:
                for _ in range(20):
                    try:
                        client.get("/sleep?seconds=0.01")
                        answer = client.answer()
                    except OSError as error:
                        problems.append(repr(error))
                        return
                    answered[0] += 1
                    if answer.headers.get("Connection") == "close":
                        return

    for _ in range(3):
        with Process(threads=4, drain_seconds=15) as process:
            threads = [threading.Thread(target=keep_sending, args=(process.port,)) for _ in range(12)]
            for thread in threads:
                thread.start()
            time.sleep(1)
            process.send(STOPS[0])
            for thread in threads:
                thread.join(20)
            code = process.ended(seconds=10)
            assert code == 0

    assert problems == []
    assert answered[0] > 100
