"""common/turns.py: one at a time, in the order of asking, and nobody waits for ever."""

from __future__ import annotations

import threading
import time

import pytest

from common import turns as module
from common.errors import Busy
from common.turns import Turns

AT_MOST = 20  # seconds until a test gives up


def until(holds):
    deadline = time.monotonic() + AT_MOST
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


class Queue:
    """Threads that wait for a turn that the test holds; they note in which order theirs came, and who gave up."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.threads = turns, []
        self.came, self.refused, self.left = [], [], {}

    def join_in(self, name, seconds=None):
        """Start a thread that asks, and return when it waits."""
        waiting = len(self.turns._waiting)
        thread = threading.Thread(target=self._ask, args=(name, seconds), daemon=True)
        self.threads.append(thread)
        thread.start()
        until(lambda: len(self.turns._waiting) > waiting or not thread.is_alive())

    def end(self):
        for thread in self.threads:
            thread.join(AT_MOST)
            assert not thread.is_alive()

    def _ask(self, name, seconds):
        try:
            with self.turns.turn(seconds=seconds) as left:
                self.came.append(name)
                self.left[name] = left
        except Busy:
            self.refused.append(name)


@pytest.fixture
def queue():
    return Queue(Turns(seconds=AT_MOST, patient=6))


def test_a_turn_that_nobody_has_comes_at_once_again_and_again(queue):
    for _ in range(3):
        with queue.turns.turn() as left:
            assert left > AT_MOST / 2


def test_turns_come_in_the_order_of_asking(queue):
    with queue.turns.turn():
        for name in "abcdef":
            queue.join_in(name)

    queue.end()
    assert queue.came == list("abcdef")


def test_two_are_never_inside_at_once(queue):
    inside, most = [], []

    def work():
        for _ in range(50):
            with queue.turns.turn():
                inside.append(1)
                most.append(len(inside))
                time.sleep(0)
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(AT_MOST)

    assert (len(most), max(most)) == (200, 1)


def test_who_waited_too_long_is_told_so_and_the_next_one_comes_in_turn(queue):
    with queue.turns.turn():
        queue.join_in("hasty", seconds=0.05)
        queue.join_in("patient")
        until(lambda: queue.refused == ["hasty"])
        assert queue.came == []

    queue.end()
    assert queue.came == ["patient"]


def test_with_no_seconds_it_comes_at_once_or_not_at_all(queue):
    with queue.turns.turn():
        queue.join_in("now or never", seconds=0)
    queue.end()
    assert queue.refused == ["now or never"]

    with queue.turns.turn(seconds=0) as left:
        assert left == 0


def test_behind_those_who_may_be_patient_one_waits_a_second_at_most(monkeypatch):
    monkeypatch.setattr(module, "IMPATIENT_SECONDS", 0.05)
    queue = Queue(Turns(seconds=AT_MOST, patient=2))

    with queue.turns.turn():
        for name in "abcd":
            queue.join_in(name)
        until(lambda: sorted(queue.refused) == ["c", "d"])

    queue.end()
    assert queue.came == ["a", "b"]


def test_when_the_patient_have_gone_the_next_to_ask_may_be_patient_again(monkeypatch):
    monkeypatch.setattr(module, "IMPATIENT_SECONDS", 0.05)
    queue = Queue(Turns(seconds=AT_MOST, patient=1))

    with queue.turns.turn():
        queue.join_in("first", seconds=0.05)
        queue.join_in("second")
        until(lambda: sorted(queue.refused) == ["first", "second"])
        queue.join_in("third")

    queue.end()
    assert queue.came == ["third"]


def test_what_goes_wrong_in_a_turn_ends_it(queue):
    def fail():
        with queue.turns.turn():
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with queue.turns.turn(seconds=0):
        pass


def test_who_got_it_knows_how_many_of_the_seconds_are_left(queue):
    with queue.turns.turn():
        queue.join_in("waiting", seconds=AT_MOST)
        began = time.monotonic()
        time.sleep(0.05)
    queue.end()

    assert queue.left["waiting"] <= AT_MOST - 0.05
    assert queue.left["waiting"] >= AT_MOST - (time.monotonic() - began) - 1
