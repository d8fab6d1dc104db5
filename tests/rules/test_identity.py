"""models/identity.py, by the numbers of its invariants; how a provider is asked, tests/http does."""

from __future__ import annotations

import examples
import pytest
from sqlalchemy import select

from common import errors
from common.fields import Username
from common.openid.person import Person
from common.openid.refusal import SignOnRefused
from common.settings_schema import SignOn
from models import identity, password
from models.identity import Identity, sign_on

ISSUER = "https://idp.example"
CLOSED = SignOn()
OPEN = SignOn(make_accounts=True, domains=("shop.example",))


def person(subject="a-1", address="anna@shop.example", issuer=ISSUER, role=None):
    return Person(issuer, subject, address, "Anna B.", role)


def known(session):
    return set(map(tuple, session.execute(select(Identity.user_id, Identity.issuer, Identity.subject))))


def refused(session, who, settings=CLOSED):
    with pytest.raises(SignOnRefused) as caught:
        sign_on(session, who, settings)
    return caught.value.reason


def test_1_an_identity_is_one_users_and_a_user_has_one_at_each_issuer(session):
    anna = examples.user(session, "anna", email="Anna@shop.example")
    for issuer in (ISSUER, "https://other.example"):
        assert sign_on(session, person(issuer=issuer), SignOn()) is anna
        session.flush()

    assert known(session) == {(anna.id, ISSUER, "a-1"), (anna.id, "https://other.example", "a-1")}


@pytest.mark.parametrize("twin", [{"subject": "a-1"}, {"subject": "a-2"}], ids=["subject", "user"])
def test_1_the_database_is_the_last_witness(session, twin):
    anna, ben = examples.user(session, "anna"), examples.user(session, "ben")
    session.add(Identity(user_id=anna.id, issuer=ISSUER, subject="a-1"))
    session.flush()
    user = ben if twin["subject"] == "a-1" else anna
    session.add(Identity(user_id=user.id, issuer=ISSUER, **twin))

    with pytest.raises(Exception, match=r"(?i)unique"):
        session.flush()


def test_2_who_is_known_is_found_whatever_the_address(session):
    anna = examples.user(session, "anna", email="anna@shop.example")
    ben = examples.user(session, "ben", email="ben@shop.example")
    sign_on(session, person(), SignOn())
    session.flush()

    assert sign_on(session, person(address="ben@shop.example"), SignOn()) is anna
    assert sign_on(session, person(address=None), SignOn()) is anna
    assert sign_on(session, person("b-1", "ben@shop.example"), SignOn()) is ben


def test_2_an_address_finds_nobody_who_has_an_identity_there(session):
    examples.user(session, "anna", email="anna@shop.example")
    sign_on(session, person(), SignOn())
    session.flush()

    assert refused(session, person("a-2")) == "taken"
    assert refused(session, person("a-2"), OPEN) == "taken"


def test_2_a_twin_who_came_in_meanwhile_is_nobody_else(session, monkeypatch):
    anna, look = examples.user(session, "anna", email="anna@shop.example"), identity._met

    def after_the_twin(*asked):
        session.add(Identity(user_id=anna.id, issuer=ISSUER, subject="a-1"))
        session.flush()
        return look(*asked)

    monkeypatch.setattr(identity, "_met", after_the_twin)

    with pytest.raises(errors.Stale):
        sign_on(session, person(), SignOn())


@pytest.mark.parametrize("address", ["\uff41nna@shop.example", "anna@\u017fhop.example", "anna@shop.e\uff58ample"])
def test_2_an_address_that_is_only_folded_to_another_is_another(session, address):
    examples.user(session, "anna", email="anna@shop.example")

    assert refused(session, person(address=address)) == "taken"


def test_2_without_a_verified_address_nobody_is_found(session):
    examples.user(session, "anna", email="anna@shop.example")

    assert refused(session, person(address=None), OPEN) == "unverified"


def test_2_who_is_forgotten_is_found_by_the_address_again(session):
    anna = examples.user(session, "anna", email="anna@shop.example")
    sign_on(session, person(), SignOn())
    session.flush()

    Identity.forget(session, anna)
    session.flush()

    assert sign_on(session, person("a-2"), SignOn()) is anna


def test_a_deactivated_user_is_refused_and_gets_no_identity(session):
    examples.user(session, "anna", email="anna@shop.example").deactivate()
    session.flush()

    assert refused(session, person()) == "deactivated"
    assert known(session) == set()


def test_3_an_account_is_made_for_named_domains_and_without_a_password(session):
    made = sign_on(session, person(role="clerk"), OPEN)

    assert (made.username, made.email, made.role, made.name) == ("anna@shop.example",) * 2 + ("clerk", "Anna B.")
    assert not any(password.matches(made.password_hash, tried) for tried in ("", "-", password.NONE))


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        (SignOn(), "anna@shop.example"),
        (SignOn(domains=("*",)), "anna@shop.example"),
        (OPEN, "anna@evil.example"),
        (OPEN, "anna@shop.example.evil.example"),
        (OPEN, "shop.example@evil.example"),
    ],
)
def test_3_no_account_is_made_otherwise(session, settings, address):
    assert refused(session, person(address=address), settings) == "unknown"


def test_3_a_name_that_somebody_has_is_not_taken_over(session):
    other = examples.user(session, "anna@shop.example")
    long = f"{'x' * 60}@shop.example"

    made = [sign_on(session, person(), OPEN), sign_on(session, person("b", long), OPEN)]

    names = {user.username for user in made}
    assert other.username not in names
    assert len(names) == 2
    assert all(len(name) <= 64 for name in names)


@pytest.mark.parametrize(
    "address",
    [
        "a\u200bnna@shop.example",
        "\u202eanna@shop.example",
        "an:na@shop.example",
        f"{'x' * 60}@shop.example",
        f"{'x' * 64}\u200b@{'y' * 150}.shop.example",
    ],
)
def test_3_a_made_name_keeps_the_rules_of_names(session, address):
    settings = SignOn(make_accounts=True, domains=("*",))
    anna = examples.user(session, "anna@shop.example")

    made = sign_on(session, person(address=address), settings)

    assert Username()(made.username) == made.username != anna.username
    assert made.username.isascii()
    assert made.email == address


def test_4_the_role_follows_the_claim_and_stays_where_none_is_said(session):
    anna = examples.user(session, "anna", email="anna@shop.example", role="manager")
    roles = []
    for role in (None, "viewer", "admin", "admin", None):
        sign_on(session, person(role=role), SignOn())
        session.flush()
        roles.append(anna.role)

    assert roles == ["manager", "viewer", "admin", "admin", "admin"]


def test_4_the_last_administrator_stays_one_and_one_of_two_goes(session, caplog):
    anna = examples.user(session, "anna", email="anna@shop.example", role="admin")
    sign_on(session, person(role="viewer"), SignOn())
    assert anna.role == "admin"
    assert "anna stays the last administrator" in caplog.text

    examples.user(session, "ben", role="admin")
    sign_on(session, person(role="viewer"), SignOn())
    assert anna.role == "viewer"
