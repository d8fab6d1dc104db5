"""Whose account a single sign-on leads to, made or found, and in which role."""

from __future__ import annotations

import logging

import pytest
from refusals import assert_problem
from service import KEY
from signing_on import Browser, change, refusal, rows

from common.settings_schema import Security


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_finds_nobody(signing, provider, verified):
    provider.knows("eve", email="anna@shop.example", email_verified=verified)
    browser = Browser(signing)

    assert refusal(browser.sign_on("eve")) == "unverified"
    assert browser.me is None
    assert rows(signing, "identities") == []


def test_settings_may_trust_addresses_of_which_nothing_is_said_but_none_that_is_called_unverified(company, provider):
    shop = company(trust_addresses=True)
    provider.knows("entra", email="anna@shop.example")
    provider.knows("eve", email="anna@shop.example", email_verified=False)

    assert refusal(Browser(shop).sign_on("eve")) == "unverified"
    assert Browser(shop).sign_on("entra").headers["Location"] == "/app/"


def test_who_has_no_account_is_refused_and_told_so(signing, provider):
    provider.knows("zoe", email="zoe@shop.example", email_verified=True)

    answer = Browser(signing).sign_on("zoe")

    assert refusal(answer) == "unknown"
    assert signing.get("users?email=zoe@shop.example").json["data"] == []


def test_who_is_deactivated_is_refused_before_and_after_the_first_sign_on(signing):
    Browser(signing).sign_on("anna")
    change(signing, "spare", active=False)

    answer = Browser(signing).sign_on("anna")

    assert refusal(answer) == "deactivated"
    (entry,) = rows(signing, "audit_entries", kind="refused", request_id=answer.headers["X-Request-Id"])
    assert entry["changes"] == {"username": [None, "spare"]}


def test_a_new_address_at_the_provider_loses_nobody_their_account(signing, provider):
    Browser(signing).sign_on("anna")
    provider.knows("anna", email="anna.married@shop.example", email_verified=True)
    browser = Browser(signing)

    browser.sign_on("anna")

    assert browser.me["username"] == "spare"


def test_who_takes_over_an_address_does_not_take_over_the_account(signing, provider):
    Browser(signing).sign_on("anna")
    provider.knows("successor", email="anna@shop.example", email_verified=True)

    assert refusal(Browser(signing).sign_on("successor")) == "taken"


def test_an_account_that_got_the_address_later_is_not_whom_the_identity_leads_to(signing):
    Browser(signing).sign_on("anna")
    change(signing, "spare", email=None)
    change(signing, "clerk", email="anna@shop.example")
    browser = Browser(signing)

    browser.sign_on("anna")

    assert browser.me["username"] == "spare"


def test_an_account_is_made_where_settings_say_so_and_no_password_opens_it(company, provider):
    shop = company(make_accounts=True, domains=("shop.example",), default_role="clerk")
    provider.knows("zoe", email="Zoe@shop.example", email_verified=True, name="Zoe Q.")
    browser = Browser(shop)

    browser.sign_on("zoe")

    me = browser.me
    assert (me["username"], me["name"], me["email"], me["role"]) == (
        "Zoe@shop.example",
        "Zoe Q.",
        "Zoe@shop.example",
        "clerk",
    )
    for password in ("", "-", "Zoe@shop.example"):
        body = {"username": "Zoe@shop.example", "password": password}
        assert shop.post("session", body, role=None).status_code in {400, 401}
    again = Browser(shop)
    again.sign_on("zoe")
    assert again.me["id"] == me["id"]


def test_no_account_is_made_for_another_domain(company, provider):
    shop = company(make_accounts=True, domains=("shop.example",))
    provider.knows("mallory", email="mallory@evil.example", email_verified=True)
    provider.knows("sub", email="mallory@sub.shop.example", email_verified=True)

    assert refusal(Browser(shop).sign_on("mallory")) == "unknown"
    assert refusal(Browser(shop).sign_on("sub")) == "unknown"


def test_the_role_follows_the_claim_at_each_sign_on(company, provider):
    shop = company(role_claim="groups", roles="Shop managers: manager; Tills: clerk")
    browser = Browser(shop)
    roles = []
    for groups in (["Tills", "Shop managers"], ["Tills"], "Shop managers", [], ["Others", 7]):
        provider.knows("anna", email="anna@shop.example", email_verified=True, groups=groups)
        browser.sign_on("anna")
        roles.append(browser.me["role"])

    assert roles == ["manager", "clerk", "manager", "viewer", "viewer"]


def test_the_last_administrator_stays_one_and_the_log_says_so(company, provider, caplog):
    shop = company(role_claim="groups", roles="Bosses: admin")
    change(shop, "spare", email=None)
    change(shop, "admin", email="anna@shop.example")
    browser = Browser(shop)

    with caplog.at_level(logging.WARNING, "storekeeper.sign_on"):
        browser.sign_on("anna")

    assert browser.me["role"] == "admin"
    assert "admin stays the last administrator" in caplog.text


def test_where_a_role_demands_a_second_factor_the_provider_sees_to_it(company):
    """Who came by password is asked for one of ours; whether the provider asks is its own matter."""
    demanding = Security(secret_key=KEY, sign_in_attempts=0, second_factor_roles=("viewer",))
    service = company(security=demanding)
    browser = Browser(service)
    browser.sign_on("anna")
    service.sign_in("spare")

    assert browser.me["second_factor_demanded"] is False
    assert browser.get("items").status_code == 200
    assert service.get("session", role="spare").json["second_factor_demanded"] is True
    assert_problem(service.get("items", role="spare"), 403, "second-factor-missing")
