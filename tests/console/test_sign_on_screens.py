"""Single sign-on as people do it: the button, the provider's page, and back; or a sentence."""

from __future__ import annotations

import re

import openid_provider
import pytest
from playwright.sync_api import expect
from running import Api, Service

BUTTON = "Sign in with Shop & Sons"


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with openid_provider.running(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture(scope="module")
def company(provider, tmp_path_factory):
    """A service whose people sign on at the provider: Mara, who has a password too, and who else is of the company."""
    service = Service(tmp_path_factory.mktemp("a company's folder"))
    service.environment |= {
        "STOREKEEPER_SIGN_ON_ISSUER": provider.issuer,
        "STOREKEEPER_SIGN_ON_CLIENT_ID": openid_provider.CLIENT_ID,
        "STOREKEEPER_SIGN_ON_CLIENT_SECRET": openid_provider.CLIENT_SECRET,
        "STOREKEEPER_SIGN_ON_LABEL": "Shop & Sons",
    }
    service.add_user("mara", "admin")
    service.start()
    api = Api(service.url)
    mara = api.get("/session")
    api.patch({"links": {"self": {"href": f"/users/{mara['id']}"}}}, email="mara@shop.example")
    provider.sends_back_to(f"{service.url}/sign-on/return")
    provider.knows("mara", email="mara@shop.example", email_verified=True)
    provider.knows("zoe", email="zoe@shop.example", email_verified=True)
    yield service
    service.stop()


def say_who(page, name):
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Go on").click()


def test_the_button_leads_to_the_provider_and_back_to_where_one_wanted_to_go(open_page, company, shoot):
    page = open_page(company.url)
    page.goto(f"{company.url}/app/stores?q=x")
    expect(page.get_by_label("Username")).to_be_focused()
    button = page.get_by_role("link", name=BUTTON)
    expect(button).to_be_visible()
    shoot(page, "sign-on")

    button.click()
    say_who(page, "mara")

    expect(page.get_by_role("heading", name="Stores")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/app/stores\?q=x$"))
    assert page.request.get(f"{company.url}/api/v1/session").json()["username"] == "mara"
    assert {cookie["name"] for cookie in page.context.cookies(company.url)} == {"storekeeper"}


def test_who_has_no_account_is_told_so_at_the_door(open_page, company, shoot):
    page = open_page(company.url)
    page.goto(f"{company.url}/app/")
    page.get_by_role("link", name=BUTTON).click()

    say_who(page, "zoe")

    sentence = "There is no account here for your address. Ask an administrator to add one."
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    shoot(page, "sign-on-refused")
    page.get_by_role("link", name=BUTTON).click()
    say_who(page, "mara")
    expect(page.get_by_role("heading", name="Items")).to_be_visible()


def test_a_sentence_in_the_address_is_not_shown(open_page, company):
    page = open_page(company.url)
    page.goto(f"{company.url}/app/sign-in?refused=Call+0800+1234")

    expect(page.get_by_text("The single sign-on did not succeed. Try again.")).to_be_visible()
    expect(page.get_by_text("0800")).to_have_count(0)


def test_without_a_provider_there_is_no_button(open_page, service):
    page = open_page(service.url)
    with page.expect_response(f"{service.url}/api/v1"):
        page.goto(f"{service.url}/app/")

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Sign in with"))).to_have_count(0)


def test_a_session_that_ends_goes_on_by_a_sign_on_in_another_tab(open_page, company, watch):
    watch.expect(401, "/api/v1/")
    page = open_page(company.url, "mara")
    page.goto(f"{company.url}/app/items/new")
    page.get_by_label("Name").fill("A draft to keep")
    page.context.clear_cookies()
    page.get_by_label("SKU").fill("DRAFT-1")
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Sign in again")

    with page.context.expect_page() as opened:
        dialog.get_by_role("link", name=BUTTON).click()
    say_who(opened.value, "mara")

    expect(opened.value.get_by_role("heading", name="Items")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("A draft to keep was added.")).to_be_visible()
    assert [row["name"] for row in Api(company.url).get("/items?sku=DRAFT-1")["data"]] == ["A draft to keep"]
