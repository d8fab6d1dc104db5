"""Passkeys in a real browser, with the authenticator that Chromium brings for tests."""

import pytest
from playwright.sync_api import expect
from running import INSECURE_NAME, PASSWORD, Api, new_user

# Browsers allow passkeys at a name: localhost is one, 127.0.0.1 is none.
OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def url(service):
    return service.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def eve(service):
    return new_user(service.url)


class Key:
    """A virtual authenticator in a page."""

    def __init__(self, page, **more) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        added = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS | more})
        self.id = added["authenticatorId"]

    def credentials(self) -> list[dict]:
        return self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def move_to(self, other) -> None:
        """Carry its passkeys to another browser, as one takes a security key along."""
        for one in self.credentials():
            other.session.send("WebAuthn.addCredential", {"authenticatorId": other.id, "credential": one})

    def refuse(self) -> None:
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False})


def add_passkey(page, url, name="my laptop"):
    page.goto(f"{url}/app/security")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("dialog").get_by_role("button", name="Add").click()


def kept(page):
    """Close the recovery codes."""
    expect(page.get_by_role("dialog", name="Your recovery codes")).to_be_visible()
    page.get_by_role("button", name="I have kept them").click()


@pytest.fixture
def holder(open_page, url, eve):
    """A page of somebody who has a passkey, and the authenticator that holds it."""
    page = open_page(url, eve)
    key = Key(page)
    add_passkey(page, url)
    kept(page)
    expect(page.get_by_role("listitem").filter(has_text="my laptop")).to_be_visible()
    return page, key


def door(open_page, url, key):
    """A new browser at the sign-in page, with the same authenticator plugged in."""
    page = open_page(url)
    page.goto(f"{url}/app/items")
    expect(page.get_by_label("Username")).to_be_visible()
    key.move_to(other := Key(page))
    return page, other


def test_a_passkey_is_added_and_discoverable(holder, shoot):
    page, key = holder
    shoot(page, "passkeys")

    (made,) = key.credentials()
    assert made["isResidentCredential"] is True
    assert made["rpId"] == "localhost"


def test_it_signs_in_all_by_itself(open_page, url, holder, eve, shoot):
    page, _ = door(open_page, url, holder[1])
    shoot(page, "sign-in-passkey")

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("heading", name="Items")).to_be_visible()
    expect(page.get_by_role("button", name=eve)).to_be_visible()


def test_it_is_the_second_step_beside_the_password(open_page, url, holder, eve, shoot):
    page, key = door(open_page, url, holder[1])
    page.get_by_label("Username").fill(eve)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    shoot(page, "sign-in-second-step-passkey")
    before = key.credentials()[0]["signCount"]

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", name="Items")).to_be_visible()
    assert key.credentials()[0]["signCount"] > before


def test_who_does_not_show_a_finger_or_a_pin_does_not_get_in(open_page, url, holder):
    page, key = door(open_page, url, holder[1])
    key.refuse()

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert").filter(has_text="No passkey was used")).to_be_visible()
    expect(page.get_by_label("Username")).to_be_visible()


def test_a_copy_whose_count_is_behind_is_refused(open_page, url, holder):
    page, copy = door(open_page, url, holder[1])
    stale, older = door(open_page, url, holder[1])
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Items")).to_be_visible()
    assert copy.credentials()[0]["signCount"] > older.credentials()[0]["signCount"]

    stale.get_by_role("button", name="Sign in with a passkey").click()

    expect(stale.get_by_role("alert").filter(has_text="not known here")).to_be_visible()


def test_the_same_device_is_told_that_it_has_one_already(holder, url):
    page, _ = holder

    add_passkey(page, url, "once more")

    expect(page.get_by_role("alert").filter(has_text="has a passkey of yours already")).to_be_visible()


def test_a_removed_one_signs_nobody_in(open_page, url, holder, service, eve):
    page, key = holder
    page.get_by_role("button", name="Remove my laptop").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="my laptop")).to_have_count(0)
    assert Api(service.url, eve).get("/session")["second_factor"] is False

    other, _ = door(open_page, url, key)
    other.get_by_role("button", name="Sign in with a passkey").click()

    expect(other.get_by_role("alert").filter(has_text="not known here")).to_be_visible()


def test_where_browsers_allow_none_that_is_said(open_page, service, shop):
    for address in (service.url, service.url.replace("127.0.0.1", INSECURE_NAME)):
        page = open_page(address)
        page.goto(f"{address}/app/security")
        expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
        page.get_by_label("Username").fill("vic")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()

        expect(page.get_by_text("Browsers allow passkeys under https")).to_be_visible()
        expect(page.get_by_role("button", name="Add a passkey")).to_have_count(0)
