"""common/openid/person.py: what of a provider's claims counts."""

from __future__ import annotations

import pytest

from common.openid.person import person_of
from common.settings_schema import SignOn

ISSUER = "https://idp.example"
CLAIMS = {"iss": ISSUER, "sub": "a-1", "email": "anna@shop.example", "email_verified": True}
BY_CLAIM = SignOn(role_claim="roles", roles="Stock: Admin: manager; x: clerk")


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ({"roles": "x"}, "clerk"),
        ({"roles": ["x", "Stock: Admin"]}, "manager"),
        ({"roles": ["X"]}, "viewer"),
        ({"roles": {"x": {"27": "shop.example"}, "y": {}}}, "clerk"),
        ({"roles": {"x": {}, "Stock: Admin": {}}}, "manager"),
        ({"roles": {"x": False, "Stock: Admin": None}}, "viewer"),
        ({"roles": ["x", {"Stock: Admin": 1}]}, "clerk"),
        ({"roles": 7}, "viewer"),
        ({"roles": None}, "viewer"),
        ({}, "viewer"),
        ({"_claim_names": {"roles": "src1"}}, None),
    ],
)
def test_a_role_is_the_highest_that_the_claim_gives(said, role):
    assert person_of(CLAIMS | said, BY_CLAIM).role == role
    assert person_of(CLAIMS | said, SignOn()).role is None


@pytest.mark.parametrize(
    ("said", "told"), [("x", 0), (["y"], 0), ({"x": {}}, 0), (None, 0), ([], 0), (7, 1), (["x", {"secret": 1}], 1)]
)
def test_a_claim_that_is_not_understood_is_told_without_what_it_says(said, told, caplog):
    person_of(CLAIMS | {"roles": said}, BY_CLAIM)

    assert caplog.text.count("the claim roles of [sign_on] role_claim is there in a form") == told
    assert not {"secret", "anna", "a-1"} & set(caplog.text.replace("'", " ").replace("@", " ").split())


@pytest.mark.parametrize(
    ("said", "trusting", "address"),
    [
        ({}, False, "anna@shop.example"),
        ({"email_verified": "true"}, True, None),
        ({"email_verified": False}, True, None),
        ({"email_verified": None}, True, None),
        ({"email": "no address"}, True, None),
        ({"email": 7}, True, None),
        ({"email": None}, True, None),
    ],
)
def test_an_address_counts_where_it_is_verified(said, trusting, address):
    assert person_of(CLAIMS | said, SignOn(trust_addresses=trusting)).address == address


def test_an_address_of_which_nothing_is_said_counts_where_settings_trust_it():
    claims = {name: value for name, value in CLAIMS.items() if name != "email_verified"}

    assert person_of(claims, SignOn()).address is None
    assert person_of(claims, SignOn(trust_addresses=True)).address == "anna@shop.example"
