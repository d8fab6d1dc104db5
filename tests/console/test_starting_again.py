"""Back from the second step of signing in, without loading the page anew."""

import pyotp
import pytest
from playwright.sync_api import expect
from running import PASSWORD, Api, new_user
from test_second_factor_screens import faults, type_pair


@pytest.fixture
def ada(service):
    """A user with an authenticator app."""
    name = new_user(service.url)
    api = Api(service.url, name)
    me = api.get("/session")["id"]
    setup = api.post(f"/users/{me}/totp", {"current_password": PASSWORD})["totp_setup"]
    api.post(f"/users/{me}/totp/confirmation", {"code": pyotp.TOTP(setup["secret"]).now()})
    return name


def press_tab_to(page, button):
    """Go there by keyboard; returns what was on the way."""
    passed = []
    for _ in range(8):
        page.keyboard.press("Tab")
        passed.append(page.evaluate("document.activeElement.textContent"))
        if button.evaluate("node => node === document.activeElement"):
            break
    return passed


def test_another_name_can_be_typed_over_the_first(open_page, service, shop, ada, watch, shoot):
    watch.expect(401, "/api/v1/session")
    page = open_page(service.url)
    expect(page.get_by_role("button", name="Start again")).to_have_count(0)
    type_pair(page, service.url, ada)
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="This code is wrong")).to_be_visible()
    shoot(page, "sign-in-start-again")
    assert faults(page) == []
    page.get_by_label("Code").focus()

    passed = press_tab_to(page, page.get_by_role("button", name="Start again"))
    page.keyboard.press("Enter")

    assert passed[0] == "Use a recovery code instead"
    assert "Sign in" in passed[1:-1]
    assert passed[-1] == "Start again"
    expect(page.get_by_label("Username")).to_be_focused()
    expect(page.get_by_label("Username")).to_have_value(ada)
    expect(page.get_by_label("Password")).to_have_value("")
    expect(page.get_by_label("Code")).to_be_hidden()
    expect(page.get_by_role("alert").filter(has_text="This code is wrong")).to_have_count(0)
    page.keyboard.type("vic")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Items")).to_be_visible()


def test_beside_a_page_it_leads_back_to_the_password(open_page, service, shop, ada, watch):
    watch.expect(401, "/api/v1/")
    page = open_page(service.url)
    mine = Api(service.url, "vic").get("/session") | {"username": ada, "name": ada}
    page.route("**/api/v1/session", lambda route: route.fulfill(json=mine), times=1)  # a session that is over by now
    page.goto(f"{service.url}/app/stores")
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label(f"Password of {ada}").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Code")).to_be_focused()

    dialog.get_by_role("button", name="Start again").click()

    expect(dialog.get_by_label(f"Password of {ada}")).to_be_focused()
    expect(dialog.get_by_label(f"Password of {ada}")).to_have_value("")
    dialog.get_by_role("button", name="Leave").click()
    expect(page.get_by_text("Your session had ended.")).to_be_visible()
