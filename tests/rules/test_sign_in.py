"""models/sign_in.py, by the numbers of its invariants."""

from __future__ import annotations

import base64
from datetime import timedelta

import examples
import pytest

from common.access import ANONYMOUS, Caller, Role
from models.sign_in import SignIn, digest, whose

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)


@pytest.fixture
def engine(every_engine):
    return every_engine


def begin(session, user, **more):
    begun = SignIn.begin(
        session, user.id, **{"idle": IDLE, "absolute": ABSOLUTE, "place": "10.0.0.7", "agent": "till"} | more
    )
    session.flush()
    return begun


def held(session, reference):
    found = whose(session.connection(), reference)
    return found and found[0]


def test_1_a_reference_is_256_random_bits_and_only_its_digest_is_kept(session):
    anna = examples.user(session)
    row, reference = begin(session, anna)
    _, another = begin(session, anna)

    assert len(base64.urlsafe_b64decode(reference + "=")) == 32
    assert reference != another
    assert row.reference_hash == digest(reference)
    assert all(reference not in str(getattr(row, column.key)) for column in SignIn.__table__.c)


def test_who_holds_a_reference_is_the_user_as_they_are(session):
    shop = examples.store(session)
    anna = examples.user(session, role="manager", store_ids=[shop.id], sees_all_stores=False)
    row, reference = begin(session, anna)

    caller, _ = whose(session.connection(), reference)

    expected = Caller(anna.id, "anna", Role.MANAGER, frozenset([shop.id]), False, row.id, reference)  # noqa: FBT003 - as Caller declares it
    assert caller == expected


def test_nobody_holds_what_was_never_given_out(session):
    row, reference = begin(session, examples.user(session))

    for wrong in ("", reference[:-1], reference.swapcase(), row.reference_hash):
        assert held(session, wrong) is None


def test_2_a_session_ends_when_it_is_idle_too_long(session, time):
    _, reference = begin(session, examples.user(session))

    time.after(IDLE - timedelta(milliseconds=1))
    assert held(session, reference)

    time.after(IDLE)
    assert held(session, reference) is None


def test_2_a_session_in_use_goes_on_until_its_absolute_time_is_over(session, time):
    row, reference = begin(session, examples.user(session))
    step = timedelta(minutes=20)

    passed = step
    while passed < ABSOLUTE:
        time.after(passed)
        assert held(session, reference)
        SignIn.touch(session, row.id, IDLE)
        passed += step

    time.after(ABSOLUTE)
    assert held(session, reference) is None


def test_2_a_session_ends_at_once_with_its_row(session):
    row, reference = begin(session, examples.user(session))

    SignIn.end(session, row.id)

    assert held(session, reference) is None


def test_2_a_session_ends_at_once_with_its_user(session):
    anna = examples.user(session)
    _, reference = begin(session, anna)

    anna.active = False
    session.flush()

    assert held(session, reference) is None


def test_a_session_that_ended_does_not_come_back_when_the_clock_goes_back(session, time):
    anna = examples.user(session)
    _, reference = begin(session, anna)
    time.after(ABSOLUTE + timedelta(seconds=1))
    begin(session, anna)

    time.after(timedelta(0))

    assert held(session, reference) is None


def test_use_is_to_be_noted_when_it_was_not_for_a_minute(session, time):
    row, reference = begin(session, examples.user(session))
    noted = []
    for seconds in (1, 60, 61, 62):
        time.after(timedelta(seconds=seconds))
        noted.append(whose(session.connection(), reference)[1])
        if noted[-1]:
            SignIn.touch(session, row.id, IDLE)

    assert noted == [False, False, True, False]


def test_ending_no_session_ends_none(session):
    _, reference = begin(session, examples.user(session))

    SignIn.end(session, None)

    assert held(session, reference)


def test_what_a_browser_says_of_itself_is_cut_to_what_is_kept(session):
    row, _ = begin(session, examples.user(session), place="p" * 500, agent="a" * 5000)

    assert (len(row.place), len(row.agent)) == (64, 400)


def test_people_see_their_own_sessions_and_an_administrator_all(session):
    anna, ben = examples.user(session, "anna", role="admin"), examples.user(session, "ben", role="manager")
    of_anna, of_ben = begin(session, anna)[0], begin(session, ben)[0]

    def seen(caller):
        return session.scalars(SignIn.visible_to(caller).order_by(SignIn.id)).all()

    assert seen(anna.caller) == [of_anna, of_ben]
    assert seen(ben.caller) == [of_ben]
    assert seen(ANONYMOUS) == []
