"""models/password.py: what is kept, what matches it, and what is too weak to be kept."""

from __future__ import annotations

import threading

import examples
import pytest
from argon2 import PasswordHasher, extract_parameters

from common.errors import Invalid
from models import password

LONG = "wicker-basket-on-the-stairs"
pytestmark = pytest.mark.usefixtures("costly_hashes")


@pytest.fixture
def kept(costly_hashes):
    return password.make(LONG)


def test_it_is_kept_as_argon2id_with_the_least_that_owasp_asks_for(kept):
    parameters = extract_parameters(kept)

    assert kept.startswith("$argon2id$")
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19_456, 2, 1)
    assert LONG not in kept


def test_the_same_password_is_never_kept_alike_twice(kept):
    assert password.make(LONG) != kept


@pytest.mark.parametrize("given", [LONG.upper(), LONG + " ", LONG[:-1], ""])
def test_nothing_but_the_password_matches(kept, given):
    assert password.matches(kept, LONG)
    assert not password.matches(kept, given)


def test_a_blank_an_accent_and_a_hundred_letters_are_part_of_it():
    whole = " pässwörd 茶 " + "x" * 115

    hashed = password.make(whole)

    assert password.matches(hashed, whole)
    assert not password.matches(hashed, whole.strip())
    assert not password.matches(hashed, whole[:100])


def test_nobody_s_password_matches_nothing_not_even_the_one_it_is_compared_with():
    assert not password.matches(None, "the password of nobody")
    assert not password.matches("no hash at all", LONG)


def test_a_hash_of_weaker_parameters_is_outdated_and_still_matches(kept):
    weaker = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(LONG)

    assert password.matches(weaker, LONG)
    renewed = password.renewed(weaker, LONG)
    assert password.matches(renewed, LONG)
    assert extract_parameters(renewed) == extract_parameters(kept)
    assert password.renewed(kept, LONG) is None


def test_no_more_than_two_are_hashed_at_once(monkeypatch):
    inside, most, both = [], [], threading.Barrier(2)

    class Slow:
        def hash(self, given):
            inside.append(given)
            most.append(len(inside))
            both.wait(10)  # not before a second one is inside, so that there are two, and a third would be seen
            inside.remove(given)
            return given

    monkeypatch.setattr(password, "_hasher", Slow())
    threads = [threading.Thread(target=password.make, args=(str(number),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert (len(most), max(most)) == (6, 2)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("short", "too_short"),
        ("x" * 9, "too_short"),
        ("anna-the-first", None),
        ("annabelle-12", "common"),
        ("ANNABELLE12", "common"),
        ("2annabelle", "common"),
        ("annabelle" + "x" * 10, None),
        ("1234567890", "common"),
        ("Basketball", "common"),
        (" basketball ", "common"),
        ("basketball-2", None),
        (LONG, None),
    ],
)
def test_what_is_too_short_or_common_or_the_name_with_a_little_added_is_refused(given, code):
    if code is None:
        password.refuse_weak(given, minimum=10, username="Annabelle")
        return

    refused = examples.refused(Invalid, password.refuse_weak, given, minimum=10, username="Annabelle")

    assert refused == [("password", code)]
