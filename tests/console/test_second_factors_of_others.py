"""What an administrator does for somebody who lost the phone."""

import pyotp
import pytest
from playwright.sync_api import expect
from running import PASSWORD, Api, new_user


@pytest.fixture
def lost(service):
    """A user with an authenticator app that is gone."""
    name = new_user(service.url)
    api = Api(service.url, name)
    me = api.get("/session")["id"]
    setup = api.post(f"/users/{me}/totp", {"current_password": PASSWORD})["totp_setup"]
    api.post(f"/users/{me}/totp/confirmation", {"code": pyotp.TOTP(setup["secret"]).now()})
    return me, name


def status(page, username):
    return page.request.post("/api/v1/session", data={"username": username, "password": PASSWORD}).status


def test_an_administrator_removes_them_and_the_password_serves_alone(open_page, service, lost, shoot):
    me, name = lost
    page, stranger = open_page(service.url, "mara"), open_page(service.url, base_url=service.url)
    page.goto(f"{service.url}/app/users/{me}")
    assert status(stranger, name) == 401

    page.get_by_role("button", name="Remove second factors").click()
    dialog = page.get_by_role("dialog", name=f"Remove the second factors of {name}?")
    expect(dialog).to_contain_text("Make sure that it is they who ask")
    shoot(page, "user-second-factors")
    dialog.get_by_role("button", name="Remove second factors").click()

    expect(page.get_by_role("status").filter(has_text="the password alone")).to_be_visible()
    expect(page.get_by_role("button", name="Remove second factors")).to_have_count(0)
    assert status(stranger, name) == 201
