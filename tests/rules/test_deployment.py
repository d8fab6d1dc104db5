"""models/deployment.py: the first administrator is made with the code that was printed last, once."""

from __future__ import annotations

import examples
import pytest
from sqlalchemy import select

from common.errors import NotAllowed, NotFound
from models.deployment import Fact, offer_setup, set_up

FIELDS = {"username": "anna", "password_hash": examples.HASH}


def offered(session):
    code = offer_setup(session)
    session.flush()
    return code


def test_the_right_code_makes_the_first_administrator(session):
    code = offered(session)

    anna = set_up(session, code=code, **FIELDS)
    session.flush()

    assert (anna.role, anna.active) == ("admin", True)


def test_only_a_digest_of_the_code_is_kept(session):
    code = offered(session)

    (fact,) = session.scalars(select(Fact))

    assert code not in fact.value
    assert len(code) >= 32


@pytest.mark.parametrize("wrong", ["", "wrong", "é"])
def test_a_wrong_code_makes_nobody(session, wrong):
    offered(session)

    assert examples.refused(NotAllowed, set_up, session, code=wrong, **FIELDS) == []


def test_no_code_makes_anybody_before_one_was_offered(session):
    assert examples.refused(NotAllowed, set_up, session, code="", **FIELDS) == []


def test_a_new_code_ends_the_one_before(session):
    first, second = offered(session), offered(session)

    assert examples.refused(NotAllowed, set_up, session, code=first, **FIELDS) == []
    assert set_up(session, code=second, **FIELDS).username == "anna"


def test_who_is_set_up_is_not_set_up_again(session):
    code = offered(session)
    set_up(session, code=code, **FIELDS)
    session.flush()

    again = examples.refused(NotFound, set_up, session, code=code, **FIELDS | {"username": "eve"})

    assert again == []
    assert offered(session) is None
    assert session.scalars(select(Fact)).all() == []


def test_an_administrator_who_came_another_way_ends_the_offer(session):
    code = offered(session)
    examples.user(session, "ben", role="admin")

    assert examples.refused(NotFound, set_up, session, code=code, **FIELDS) == []
