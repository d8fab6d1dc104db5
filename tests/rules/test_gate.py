from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import pytest

from common import gate
from common.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SLICE = 0.1
LONG = 5.0


class Crew:
    """Threads that take works from a queue, each when it leads, and a watchman."""

    def __init__(self, threads: int) -> None:
        self.bell: SimpleQueue[None] = SimpleQueue()
        self.works: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.gate = Gate(alarm=lambda: self.bell.put(None), slice_seconds=SLICE)
        self.open = True
        self.watched = 0
        self.threads = [threading.Thread(target=self._work) for _ in range(threads)]
        self.threads.append(threading.Thread(target=self._watch))

    def _work(self) -> None:
        while self.gate.lead():
            try:
                work = self.works.get(timeout=0.05)
            except Empty:
                continue
            with self.gate.request():
                work()

    def _watch(self) -> None:
        while self.open:
            seconds = self.gate.watch()
            self.watched += 1
            try:
                self.bell.get(timeout=seconds or 0.2)
            except Empty:
                continue


@contextmanager
def crew(threads: int) -> Iterator[Crew]:
    one = Crew(threads)
    for thread in one.threads:
        thread.start()
    try:
        yield one
    finally:
        one.gate.close()
        one.open = False
        one.bell.put(None)
        for thread in one.threads:
            thread.join(LONG)
            assert not thread.is_alive()


def test_short_works_are_run_one_after_another_by_one_thread() -> None:
    ran: list[int] = []
    done = threading.Event()

    with crew(4) as one:
        for _ in range(200):
            one.works.put(lambda: ran.append(threading.get_ident()))
        one.works.put(done.set)
        assert done.wait(LONG)

    assert len(ran) == 200
    assert len(set(ran)) == 1


def test_a_long_work_holds_the_others_up_for_one_slice_alone() -> None:
    released, others = threading.Event(), threading.Event()

    with crew(2) as one:
        one.works.put(lambda: released.wait(LONG))
        one.works.put(others.set)
        came_while_it_ran = others.wait(LONG) and not released.is_set()
        released.set()

    assert came_while_it_ran


def test_what_waits_outside_lets_others_in_at_once() -> None:
    released, others = threading.Event(), threading.Event()
    one_slice: list[int] = []

    def waits() -> None:
        with gate.outside():
            released.wait(LONG)

    with crew(2) as one:
        one.gate._slice = LONG  # so that nobody is counted out here
        one.works.put(waits)
        one.works.put(others.set)
        assert others.wait(LONG / 2)
        one_slice.append(one.gate.count().outside)
        released.set()

    assert one_slice == [1]


def test_no_two_threads_are_inside_unless_one_overstayed() -> None:
    inside, most, done = [0], [0], threading.Semaphore(0)
    lock = threading.Lock()

    def counted() -> None:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.001)
        with lock:
            inside[0] -= 1

    def work() -> None:
        for _ in range(3):
            counted()
            with gate.outside():
                time.sleep(0.001)
        done.release()

    with crew(6) as one:
        one.gate._slice = LONG
        for _ in range(30):
            one.works.put(work)
        assert all(done.acquire(timeout=LONG) for _ in range(30))

    assert most == [1]


def test_who_comes_back_gets_in_before_anybody_who_asks_later() -> None:
    order: list[str] = []
    away, back, done = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with gate.outside():
            away.set()
            back.wait(LONG)
        order.append("first")

    def second() -> None:
        back.set()
        while not one.gate.count().waiting:
            time.sleep(0.001)
        order.append("second")

    def third() -> None:
        order.append("third")
        done.set()

    with crew(3) as one:
        one.gate._slice = LONG
        one.works.put(first)
        assert away.wait(LONG)
        one.works.put(second)
        one.works.put(third)
        assert done.wait(LONG)

    assert order == ["second", "first", "third"]


def test_one_thread_leads_while_all_others_are_busy() -> None:
    released, met = threading.Event(), threading.Barrier(4)

    def waits() -> None:
        met.wait(LONG)
        released.wait(LONG)

    with crew(4) as one:
        for _ in range(3):
            one.works.put(waits)
        met.wait(LONG)
        count = one.gate.count()
        released.set()

    assert count.running == 3


def test_an_error_in_a_work_leaves_the_gate_open() -> None:
    done = threading.Event()

    def fails() -> None:
        with pytest.raises(ValueError, match="away"), gate.outside():
            raise ValueError("away")

    with crew(2) as one:
        one.works.put(fails)
        one.works.put(done.set)
        assert done.wait(LONG)
        time.sleep(0.05)
        count = one.gate.count()

    assert count == (0, 0, 0)


def test_outside_within_outside_counts_once() -> None:
    counts = []

    def work() -> None:
        with gate.outside():
            with gate.outside():
                counts.append(one.gate.count().outside)
            counts.append(one.gate.count().outside)
        counts.append(one.gate.count().outside)
        done.set()

    done = threading.Event()
    with crew(2) as one:
        one.works.put(work)
        assert done.wait(LONG)

    assert counts == [1, 1, 0]


def test_without_a_server_outside_does_nothing() -> None:
    with gate.outside():
        ran = True

    assert ran


def test_at_rest_nobody_watches() -> None:
    done = threading.Event()

    with crew(2) as one:
        one.works.put(done.set)
        assert done.wait(LONG)
        time.sleep(3 * SLICE)
        before = one.gate.watch(), one.bell.qsize()

    assert before == (None, 0)


def test_a_closed_gate_is_led_by_nobody() -> None:
    closed = Gate(alarm=lambda: None)

    closed.close()

    assert not closed.lead()
    assert not closed.leading
