"""The second step of signing in, by an authenticator app: set up, used, lost, and demanded by a role."""

import re
import time

import pyotp
import pytest
from playwright.sync_api import expect
from running import PASSWORD, Api, Service, new_user
from test_accessibility import RULES, Axe

STEP, PATIENCE = 30, 10


@pytest.fixture
def ada(service):
    """A user of the test's own."""
    return new_user(service.url)


def type_pair(page, url, name):
    page.goto(f"{url}/app/items")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def set_up_by_hand(page):
    """Set up an app in the page; returns the app, and its recovery codes once they are shown."""
    page.get_by_role("button", name="Set up").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    expect(page.get_by_label("Code")).to_be_focused()
    page.get_by_text("Or type this key").click()
    app = pyotp.TOTP(page.locator("code.key").inner_text().replace(" ", ""))
    left = STEP - time.time() % STEP
    if left < PATIENCE:  # the code before this one would be two steps old once it arrives
        page.wait_for_timeout(1000 * left + 200)
    page.get_by_label("Code").fill(app.at(time.time() - STEP))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("dialog", name="Your recovery codes")).to_be_visible()
    return app, page.locator(".codes code").all_inner_texts()


def faults(page):
    results = Axe().run(page, options=RULES)
    return [(v["id"], [node["html"] for node in v["nodes"]]) for v in results.response["violations"]]


def test_an_app_is_set_up_from_the_menu_and_asked_for_afterwards(open_page, service, ada, watch, shoot):
    page = open_page(service.url, ada)
    page.goto(f"{service.url}/app/items")
    page.get_by_role("button", name=ada).click()
    page.get_by_role("link", name="My account").click()
    page.get_by_role("link", name="Set it up").click()
    expect(page.get_by_role("heading", name="Sign-in and security")).to_be_visible()
    shoot(page, "security")

    app, codes = set_up_by_hand(page)
    shoot(page, "recovery-codes")
    assert len(codes) == 10
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("10 codes left")).to_be_visible()
    expect(page.get_by_text("In use since")).to_be_visible()
    shoot(page, "security-set-up")

    other = open_page(service.url)
    type_pair(other, service.url, ada)
    expect(other.get_by_label("Code")).to_be_focused()
    expect(other.get_by_label("Code")).to_have_attribute("autocomplete", "one-time-code")
    expect(other.get_by_label("Code")).to_have_attribute("inputmode", "numeric")
    expect(other.get_by_label("Password")).to_be_hidden()
    shoot(other, "sign-in-code")
    other.keyboard.type("000000")
    other.keyboard.press("Enter")
    expect(other.get_by_role("alert").filter(has_text="This code is wrong")).to_be_visible()
    other.get_by_label("Code").fill(app.now())
    other.keyboard.press("Enter")
    expect(other.get_by_role("heading", name="Items")).to_be_visible()


def test_a_recovery_code_does_and_the_app_can_be_removed(open_page, service, ada, shoot):
    page = open_page(service.url, ada)
    page.goto(f"{service.url}/app/security")
    _, codes = set_up_by_hand(page)

    other = open_page(service.url)
    type_pair(other, service.url, ada)
    other.get_by_role("button", name="Use a recovery code instead").click()
    expect(other.get_by_label("Recovery code")).to_be_focused()
    expect(other.get_by_label("Recovery code")).to_have_attribute("inputmode", "text")
    other.keyboard.type(codes[0])
    other.keyboard.press("Enter")
    expect(other.get_by_role("heading", name="Items")).to_be_visible()
    other.goto(f"{service.url}/app/security")
    expect(other.get_by_text("9 codes left")).to_be_visible()

    other.get_by_role("button", name="Remove").click()
    shoot(other, "factor-remove")
    other.get_by_label("Your password").fill(PASSWORD)
    other.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(other.get_by_role("button", name="Set up")).to_be_visible()
    assert Api(service.url, ada).get("/session")["second_factor"] is False


def test_a_wrong_password_or_code_is_said_at_its_field(open_page, service, ada, watch):
    watch.expect(400, "/api/v1/users/")
    page = open_page(service.url, ada)
    page.goto(f"{service.url}/app/security")
    page.get_by_role("button", name="Set up").click()
    page.get_by_label("Your password").fill("not this one")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("Your password")).to_have_attribute("aria-invalid", "true")

    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Confirm").click()

    expect(page.get_by_label("Code")).to_have_attribute("aria-invalid", "true")


def test_a_session_that_ends_asks_for_the_second_step_too(open_page, service, ada, watch):
    watch.expect(401, "/api/v1/")
    page = open_page(service.url, ada)
    page.goto(f"{service.url}/app/security")
    app, _ = set_up_by_hand(page)
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("In use since")).to_be_visible()

    page.context.clear_cookies()
    page.get_by_role("link", name="Movements").click()
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label(f"Password of {ada}").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Code")).to_be_focused()
    page.keyboard.type(app.now())
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Movements")).to_be_visible()
    expect(dialog).to_have_count(0)


@pytest.fixture(scope="module")
def demanding(tmp_path_factory):
    """A service whose clerks must have a second factor."""
    service = Service(tmp_path_factory.mktemp("demanding"))
    service.environment["STOREKEEPER_SECURITY_SECOND_FACTOR_ROLES"] = "clerk admin"
    service.add_user("mara", "admin")
    service.start()
    yield service
    service.stop()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_who_must_set_one_up_sees_that_and_nothing_else_until_it_is_there(open_page, demanding, theme, shoot):
    name = f"bea{theme}"
    demanding.add_user(name, "clerk")
    page = open_page(demanding.url, color_scheme=theme)
    type_pair(page, demanding.url, name)

    expect(page.get_by_role("heading", name="Set up a second step")).to_be_visible()
    expect(page.get_by_role("button", name="Set up")).to_be_visible()
    expect(page.get_by_role("link", name="Items")).to_have_count(0)
    shoot(page, f"factor-first-{theme}", full=True)
    assert faults(page) == []

    set_up_by_hand(page)
    expect(page.get_by_role("link", name="Items")).to_have_count(0)
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Items")).to_be_visible()


def test_who_must_set_one_up_can_sign_out(open_page, demanding):
    demanding.add_user("cora", "clerk")
    page = open_page(demanding.url)
    type_pair(page, demanding.url, "cora")

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_one_that_an_administrator_removes_is_asked_for_anew(open_page, demanding, watch):
    watch.expect(403, "/api/v1/")
    demanding.add_user("dora", "viewer")
    page = open_page(demanding.url, "dora")
    page.goto(f"{demanding.url}/app/items")
    expect(page.get_by_role("heading", name="Items")).to_be_visible()
    session = page.request.get(f"{demanding.url}/api/v1/session").json()
    page.route("**/api/v1/session", lambda route: route.fulfill(json=session | {"second_factor_demanded": True}))
    page.route(
        "**/api/v1/movements*",
        lambda route: route.fulfill(status=403, json={"type": "/problems/second-factor-missing", "title": "x"}),
    )

    page.get_by_role("link", name="Movements").click()

    expect(page.get_by_role("heading", name="Set up a second step")).to_be_visible()


def to_the_code(page):
    page.get_by_role("button", name="Set up").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()


SCREENS = {
    "security": lambda page: expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible(),
    "setting-up": lambda page: page.get_by_role("button", name="Set up").click(),
    "scanning": to_the_code,
    "codes": set_up_by_hand,
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing(open_page, service, ada, screen, theme, shoot):
    page = open_page(service.url, ada, color_scheme=theme)
    page.goto(f"{service.url}/app/security")
    SCREENS[screen](page)
    shoot(page, f"factor-{screen}-{theme}")

    assert faults(page) == []


@pytest.mark.parametrize("screen", SCREENS)
def test_320_pixels_show_everything_without_scrolling_sideways(open_page, service, ada, screen, shoot):
    page = open_page(service.url, ada, viewport={"width": 320, "height": 640})
    page.goto(f"{service.url}/app/security")
    SCREENS[screen](page)
    shoot(page, f"factor-{screen}-narrow")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_second_step_of_signing_in_passes_axe(open_page, service, ada):
    page = open_page(service.url, ada)
    page.goto(f"{service.url}/app/security")
    set_up_by_hand(page)
    other = open_page(service.url)
    type_pair(other, service.url, ada)
    expect(other.get_by_label("Code")).to_be_focused()

    assert faults(other) == []
    assert re.search("second step", other.locator("main").inner_text())
