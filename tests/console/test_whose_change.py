"""What one person wanted to change is never done in the name of another who signs in meanwhile."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect
from running import PASSWORD, Api, new_user
from test_passkeys_screens import Key, add_passkey, kept


@pytest.fixture
def url(service, watch):
    watch.expect(401, "/api/v1/")
    return service.url.replace("127.0.0.1", "localhost")  # where browsers allow passkeys


@pytest.fixture
def eve(url):
    return new_user(url, "manager")


@pytest.fixture
def sku():
    return f"MARA-{time.monotonic_ns()}"


@pytest.fixture
def sent(url, sku):
    """What was added under the SKU that Mara types."""
    return lambda: Api(url).get(f"/items?sku={sku}")["data"]


@pytest.fixture
def page(open_page, url, sku):
    """Mara's, who has typed a new item in."""
    page = open_page(url, "mara")
    page.goto(f"{url}/app/items/new")
    page.get_by_label("SKU").fill(sku)
    page.get_by_label("Name").fill("Typed by Mara")
    return page


def save_without_a_session(page):
    page.context.clear_cookies()
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog.get_by_label("Password of mara")).to_be_focused()
    return dialog


def sign_in(page, url, name):
    page.goto(f"{url}/app/stores")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Stores")).to_be_visible()


def test_who_signs_in_in_another_tab_is_not_taken_for_whose_change_waits(page, url, eve, sent, shoot):
    dialog = save_without_a_session(page)

    sign_in(page.context.new_page(), url, eve)

    expect(dialog).to_have_count(0)
    said = f"{eve} is signed in now. What mara was about to send was not sent."
    expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
    expect(page.get_by_role("button", name=eve)).to_be_visible()
    expect(page.get_by_label("SKU")).to_have_value("")
    shoot(page, "somebody-else-came")
    assert sent() == []


def test_nor_who_signs_in_by_a_passkey_at_the_same_place(open_page, page, url, eve, sent):
    holder = open_page(url, eve)
    key = Key(holder)
    add_passkey(holder, url)
    kept(holder)
    key.move_to(Key(page))
    dialog = save_without_a_session(page)

    dialog.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("button", name=eve)).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="was not sent")).to_be_visible()
    assert sent() == []


def test_an_answer_that_comes_when_somebody_else_is_in_asks_them_for_nothing(page, url, eve, sent):
    """The 401 is on its way while the other signs in."""
    held = []
    page.route("**/api/v1/items", lambda route: held.append(route) if not held else route.continue_())
    page.context.clear_cookies()
    page.keyboard.press("Control+s")
    sign_in(page.context.new_page(), url, eve)
    expect(page.get_by_role("button", name=eve)).to_be_visible()

    with page.expect_response("**/api/v1/items"):
        held[0].fulfill(status=401, json={"type": "/problems/not-signed-in", "title": "x"})

    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert sent() == []


def test_a_page_that_opens_tells_the_others_who_is_in(page, url, eve):
    """A single sign-on leads back to any page, without the form that would tell them."""
    page.context.request.post(f"{url}/api/v1/session", data={"username": eve, "password": PASSWORD})

    page.context.new_page().goto(f"{url}/app/stores")

    expect(page.get_by_role("button", name=eve)).to_be_visible()
    expect(page.get_by_label("SKU")).to_have_value("")


def test_who_signs_in_again_finds_it_sent(page, sent):
    dialog = save_without_a_session(page)

    dialog.get_by_label("Password of mara").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_text("Typed by Mara was added.")).to_be_visible()
    assert [row["name"] for row in sent()] == ["Typed by Mara"]
