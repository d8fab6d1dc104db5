"""models/totp.py, recovery_code.py and second_factor.py: what proves who somebody is, once."""

from __future__ import annotations

import re
from datetime import timedelta

import examples
import pyotp
import pytest
from blanks import session_of
from racing import race
from sqlalchemy import select

from common.database import unit_of_work
from common.errors import LastSecondFactor, NotFound, Refused, SecondFactorRequired, WrongCredentials, WrongFactor
from common.sealed import Seal
from models import second_factor
from models.audit import AuditEntry
from models.recovery_code import RecoveryCodes
from models.totp import Totp
from models.user import User

SEAL = Seal("kF93jvmw0Qd7Zxb1Lp5RtYhUe8NsAc26")
STEP = timedelta(seconds=30)


@pytest.fixture
def engine(every_engine):
    return every_engine


def set_up(session, anna, time=None):
    """Set up an app as a user does; returns its secret and the recovery codes."""
    secret = Totp.propose(session, anna.id, SEAL)
    session.flush()
    app = Totp.of(session, anna.id)
    step = app.proposed_step(SEAL, pyotp.TOTP(secret).at(_now()))
    codes = second_factor.confirm_app(anna, proposal=app.proposed, step=step, kept_session=None)
    session.flush()
    return secret, codes


def _now():
    from common import clock  # noqa: PLC0415 - the fixture `time` moves it

    return clock.now()


def code_of(secret, steps=0):
    return pyotp.TOTP(secret).at(_now(), counter_offset=steps)


def proof(session, anna, code):
    return second_factor.proof_by_code(session, anna.id, SEAL, code)


def use(session, anna, code):
    second_factor.let_in(session, anna, proof(session, anna, code))
    session.flush()
    session.expire_all()


def test_a_secret_is_sealed_told_nowhere_and_opens_for_its_user_alone(session):
    anna = examples.user(session)
    secret, codes = set_up(session, anna)

    app = Totp.of(session, anna.id)
    told = str([entry.changes for entry in session.scalars(select(AuditEntry))])

    assert secret not in f"{app.sealed}{app.proposed}"
    assert SEAL.open(app.sealed, about=f"authenticator app of user {anna.id}") == secret
    assert SEAL.open(app.sealed, about=f"authenticator app of user {anna.id + 1}") is None
    assert Seal("another key that is long enough for it").open(app.sealed, about="x") is None
    for hidden in (secret, app.sealed, *codes, *RecoveryCodes.of(session, anna.id).hashes):
        assert hidden not in told
    assert repr(SEAL.secret_key) not in repr(SEAL)


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_may_drift_by_one_step_each_way(session, time, steps, right):
    anna = examples.user(session)
    secret, _ = set_up(session, anna)
    time.after(10 * STEP)

    assert bool(proof(session, anna, code_of(secret, steps))) is right


def test_a_code_serves_once_and_so_do_all_before_it(session, time):
    anna = examples.user(session)
    secret, _ = set_up(session, anna)
    time.after(10 * STEP)
    before, now, following = (code_of(secret, steps) for steps in (-1, 0, 1))

    use(session, anna, now)

    assert proof(session, anna, now) is None
    assert proof(session, anna, before) is None
    assert proof(session, anna, following)


def test_the_code_that_confirmed_an_app_signs_nobody_in(session, time):
    anna = examples.user(session)
    secret, _ = set_up(session, anna)

    assert proof(session, anna, code_of(secret)) is None
    time.after(STEP)
    assert proof(session, anna, code_of(secret))


def test_what_is_proposed_is_not_in_force(session):
    anna = examples.user(session)
    secret = Totp.propose(session, anna.id, SEAL)
    session.flush()

    assert second_factor.methods(session, anna.id) == []
    assert proof(session, anna, code_of(secret)) is None
    assert anna.second_factor is False


def test_a_new_app_takes_the_place_of_the_old_one_when_its_code_was_right(session, time):
    anna = examples.user(session)
    old, _ = set_up(session, anna)
    time.after(STEP)
    new = Totp.propose(session, anna.id, SEAL)
    session.flush()
    assert proof(session, anna, code_of(old))
    app = Totp.of(session, anna.id)

    codes = second_factor.confirm_app(
        anna, proposal=app.proposed, step=app.proposed_step(SEAL, code_of(new)), kept_session=None
    )

    session.flush()
    time.after(2 * STEP)
    assert codes is None  # the recovery codes that are there go on serving
    assert proof(session, anna, code_of(old)) is None
    assert proof(session, anna, code_of(new))


def test_a_confirmation_of_another_proposal_is_refused(session):
    anna = examples.user(session)
    Totp.propose(session, anna.id, SEAL)
    session.flush()

    with pytest.raises(Refused):
        second_factor.confirm_app(anna, proposal="another", step=1, kept_session=None)


def test_under_another_secret_key_an_app_serves_no_more_and_recovery_codes_do(session, time):
    anna = examples.user(session)
    secret, codes = set_up(session, anna)
    time.after(STEP)
    other = Seal("another key that is long enough for it")

    assert second_factor.proof_by_code(session, anna.id, other, code_of(secret)) is None
    assert second_factor.proof_by_code(session, anna.id, other, codes[0])


def test_ten_recovery_codes_each_serve_once(session):
    anna = examples.user(session)
    _, codes = set_up(session, anna)

    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", code) for code in codes)
    for code in codes:
        assert proof(session, anna, code)
        use(session, anna, code.upper().replace("-", " "))
        assert proof(session, anna, code) is None
    assert RecoveryCodes.of(session, anna.id).unused == 0
    assert second_factor.methods(session, anna.id) == ["totp"]


def test_new_recovery_codes_end_those_before(session):
    anna = examples.user(session)
    _, before = set_up(session, anna)

    after = second_factor.make_codes(anna)

    session.flush()
    assert proof(session, anna, before[0]) is None
    assert proof(session, anna, after[0])


def test_recovery_codes_stand_in_for_something(session):
    anna = examples.user(session)

    with pytest.raises(Refused):
        second_factor.make_codes(anna)


def test_a_recovery_code_is_one_users_own(session):
    anna, ben = examples.user(session), examples.user(session, "ben")
    _, codes = set_up(session, anna)
    set_up(session, ben)

    assert proof(session, ben, codes[0]) is None


def test_the_last_factor_takes_recovery_codes_along(session):
    anna = examples.user(session)
    set_up(session, anna)

    second_factor.remove_app(anna, demanded=False, kept_session=None)

    session.flush()
    assert anna.second_factor is False
    assert RecoveryCodes.of(session, anna.id) is None
    with pytest.raises(NotFound):
        second_factor.remove_app(anna, demanded=False, kept_session=None)


def test_where_a_role_demands_one_the_last_stays(session):
    anna = examples.user(session)
    set_up(session, anna)

    with pytest.raises(LastSecondFactor):
        second_factor.remove_app(anna, demanded=True, kept_session=None)


def test_who_has_none_is_let_in_and_who_has_one_is_not_without_it(session):
    anna = examples.user(session)
    second_factor.let_in(session, anna, None)
    set_up(session, anna)

    with pytest.raises(SecondFactorRequired) as refused:
        second_factor.let_in(session, anna, None)
    assert refused.value.methods == ("totp", "recovery-code")
    anna.active = False
    with pytest.raises(WrongCredentials):
        second_factor.let_in(session, anna, None)


@pytest.mark.parametrize("which", ["app", "recovery code"])
def test_of_two_who_use_one_code_at_once_one_wins(engine, time, which):
    with session_of(engine) as session, unit_of_work(session, write=True):
        secret, codes = set_up(session, examples.user(session))
    time.after(STEP)
    code = code_of(secret) if which == "app" else codes[0]

    def sign_in(session):
        anna = User.named(session, "anna")
        second_factor.let_in(session, anna, found)

    with session_of(engine) as session, unit_of_work(session, write=False):
        found = proof(session, User.named(session, "anna"), code)
    refusals = race(engine, sign_in, sign_in)

    assert refusals.keys() == {"second"}
    assert type(refusals["second"]) is WrongFactor
