"""models/user.py, by the numbers of its invariants."""

from __future__ import annotations

from datetime import timedelta

import examples
import pytest
from sqlalchemy import select

from common.access import Role
from common.errors import Duplicate, Invalid, LastAdministrator, WrongCredentials
from models import password
from models.sign_in import SignIn
from models.user import User, sign_in

PASSWORD = "wicker-basket-on-the-stairs"


def signed_in(session, user):
    row, _ = SignIn.begin(session, user.id, idle=timedelta(hours=1), absolute=timedelta(hours=12), place="", agent="")
    session.flush()
    return row.id


def open_sessions(session):
    return set(session.scalars(select(SignIn.id)))


@pytest.mark.parametrize("again", ["anna", "ANNA", "\uff21nna"])
def test_1_a_username_is_taken_whatever_its_case(session, again):
    examples.user(session, "Anna")

    assert examples.refused(Duplicate, examples.user, session, again) == [("username", "duplicate")]


def test_1_an_address_is_taken_whatever_its_case_and_none_is_taken_by_nobody(session):
    examples.user(session, "anna", email="Anna@example.com")
    examples.user(session, "ben", email=None)
    carl = examples.user(session, "carl", email=None)

    assert examples.refused(Duplicate, carl.revise, email="anna@EXAMPLE.com") == [("email", "duplicate")]


def test_1_who_left_keeps_the_name(session):
    examples.user(session, "anna").deactivate()
    session.flush()

    assert examples.refused(Duplicate, examples.user, session, "Anna") == [("username", "duplicate")]


@pytest.mark.parametrize("change", [{"role": "manager"}, {"active": False}, {"role": "viewer", "active": False}])
def test_2_the_last_active_administrator_stays(session, change):
    anna = examples.user(session, "anna", role="admin")
    examples.user(session, "ben", role="manager")
    examples.user(session, "carl", role="admin", active=False)

    assert examples.refused(LastAdministrator, anna.revise, **change) == []


def test_2_one_of_two_administrators_may_go_and_then_none(session):
    anna, ben = (examples.user(session, name, role="admin") for name in ("anna", "ben"))

    anna.revise(role="viewer")
    session.flush()

    assert examples.refused(LastAdministrator, ben.deactivate) == []
    assert User.there_is_an_admin(session)


def test_2_the_last_administrator_may_change_what_takes_nothing_away(session):
    anna = examples.user(session, "anna", role="admin")

    anna.revise(name="Anna B.", email="anna@example.com", role="admin", active=True)
    session.flush()

    assert (anna.name, anna.version) == ("Anna B.", 2)


def test_2_there_is_no_administrator_until_one_is_active(session):
    assert not User.there_is_an_admin(session)

    anna = examples.user(session, "anna", role="admin", active=False)
    assert not User.there_is_an_admin(session)

    anna.reactivate()
    session.flush()
    assert User.there_is_an_admin(session)


def test_3_only_the_right_pair_of_an_active_user_signs_in(session):
    anna = examples.user(session, "Anna", password_hash=password.make(PASSWORD))
    assert sign_in(session, "anna", PASSWORD) is anna

    for username, wrong in (("anna", PASSWORD.upper()), ("anna", ""), ("nobody", PASSWORD)):
        assert examples.refused(WrongCredentials, sign_in, session, username, wrong) == []

    anna.deactivate()
    session.flush()
    assert examples.refused(WrongCredentials, sign_in, session, "anna", PASSWORD) == []


def test_3_every_wrong_pair_is_refused_in_the_same_words(session):
    examples.user(session, "anna", password_hash=password.make(PASSWORD))
    examples.user(session, "ben", password_hash=password.make(PASSWORD), active=False)

    said = set()
    for username in ("anna", "ben", "nobody"):
        with pytest.raises(WrongCredentials) as caught:
            sign_in(session, username, PASSWORD if username == "ben" else "wrong")
        said.add(caught.value.detail)

    assert len(said) == 1


def test_4_a_changed_password_ends_the_user_s_other_sessions(session):
    anna, ben = examples.user(session, "anna"), examples.user(session, "ben")
    mine, other, of_ben = signed_in(session, anna), signed_in(session, anna), signed_in(session, ben)

    anna.change_password("another hash", kept_session=mine)
    assert open_sessions(session) == {mine, of_ben}
    assert other not in open_sessions(session)

    anna.change_password("a third hash")
    assert open_sessions(session) == {of_ben}


@pytest.mark.parametrize(
    "change", [{"role": "manager"}, {"active": False}, {"sees_all_stores": False}, {"store_ids": [1]}], ids=str
)
def test_4_what_changes_what_a_user_may_do_ends_all_their_sessions(session, change):
    examples.store(session)
    anna, ben = examples.user(session, "anna"), examples.user(session, "ben")
    signed_in(session, anna)
    of_ben = signed_in(session, ben)

    anna.revise(**change)

    assert open_sessions(session) == {of_ben}


def test_4_what_changes_nothing_of_that_ends_none(session):
    anna = examples.user(session, "anna")
    mine = signed_in(session, anna)

    anna.revise(name="Anna B.", role="clerk", store_ids=[], sees_all_stores=True, active=True)

    assert open_sessions(session) == {mine}


def test_stores_that_are_not_there_are_each_named(session):
    shop = examples.store(session)

    refused = examples.refused(Invalid, examples.user, session, store_ids=[99, shop.id, 98])

    assert refused == [("store_ids/0", "unknown"), ("store_ids/2", "unknown")]


def test_a_user_without_a_name_is_called_by_the_username(session):
    assert examples.user(session, "anna", name=None).name == "anna"
    assert examples.user(session, "ben", name="Ben").name == "Ben"


def test_users_see_themselves_and_an_administrator_all(session):
    anna, ben = examples.user(session, "anna", role="admin"), examples.user(session, "ben", role="manager")

    def seen(user):
        return session.scalars(User.visible_to(user.caller).order_by(User.id)).all()

    assert (seen(anna), seen(ben)) == ([anna, ben], [ben])


def test_a_caller_is_what_the_user_s_row_says(session):
    shop = examples.store(session)
    caller = examples.user(session, "anna", store_ids=[shop.id], sees_all_stores=False).caller

    assert (caller.username, caller.role, caller.store_ids) == ("anna", Role.CLERK, {shop.id})
    assert caller.may_write_store(shop.id)
    assert not caller.sees_store(shop.id + 1)
