"""Getting in, staying in, getting out."""

import re

import pytest
from playwright.sync_api import expect
from running import PASSWORD, Api, Service


@pytest.fixture
def empty_service(tmp_path):
    service = Service(tmp_path / "data")
    service.start(wants_setup=True)
    yield service
    service.stop()


def test_the_first_administrator_is_made_by_the_printed_link(open_page, empty_service, shoot):
    requested = []
    page = open_page(empty_service.url)
    page.on("request", lambda request: requested.append(request.url))
    page.goto(empty_service.setup_url)
    expect(page.get_by_role("heading", name="Set up")).to_be_visible()
    expect(page.get_by_text("Everybody else is added afterwards, on the page Users.")).to_be_visible()
    expect(page.get_by_label("Username")).to_be_focused()
    shoot(page, "setup")

    page.get_by_label("Username").fill("olga")
    page.get_by_label("Your name").fill("Olga Berg")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the first administrator").click()

    expect(page.get_by_text("Three steps and the shop is running")).to_be_visible()
    expect(page).to_have_url(re.compile("/app/items$"))
    shoot(page, "first-steps")
    code = empty_service.setup_url.split("code=")[1]
    assert not [url for url in requested if code in url]
    assert Api(empty_service.url, "olga").get("/session")["name"] == "Olga Berg"


def test_a_used_link_says_that_set_up_is_done_and_leads_to_signing_in(open_page, service, shoot):
    page = open_page(service.url)
    page.goto(f"{service.url}/app/setup#code=used")

    expect(page.get_by_role("heading", name="Set-up is done")).to_be_visible()
    expect(page.get_by_text("You are the first here")).to_have_count(0)
    expect(page.get_by_label("Password")).to_have_count(0)
    shoot(page, "setup-done")
    expect(page.get_by_role("link", name="Sign in")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_label("Username")).to_be_focused()


def test_a_form_that_came_second_says_that_set_up_is_done(open_page, empty_service):
    page = open_page(empty_service.url)
    page.goto(empty_service.setup_url)
    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password").fill(PASSWORD)
    empty_service.add_user("mara", "admin")

    page.get_by_role("button", name="Make the first administrator").click()

    expect(page.get_by_role("heading", name="Set-up is done")).to_be_visible()


def test_a_used_link_leads_who_is_signed_in_to_the_items(open_page, service, shop):
    page = open_page(service.url, "mara")
    page.goto(f"{service.url}/app/setup#code=used")

    expect(page.get_by_role("heading", name="Items")).to_be_visible()


def test_who_only_reads_is_told_how_one_who_posts_is_added(open_page, service):
    page = open_page(service.url, "vic")
    page.goto(f"{service.url}/app/scan")

    expect(page.get_by_text("An administrator can make you a clerk, on the page Users.")).to_be_visible()


def test_a_wrong_code_can_be_typed_again(open_page, empty_service, watch):
    watch.expect(403, "/api/v1/setup$")
    page = open_page(empty_service.url)
    page.goto(f"{empty_service.url}/app/setup#code=wrong")

    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the first administrator").click()

    expect(page.get_by_role("alert").filter(has_text="set-up code is wrong")).to_be_visible()
    page.get_by_label("Set-up code").fill(empty_service.setup_url.split("code=")[1])
    page.get_by_role("button", name="Make the first administrator").click()
    expect(page.get_by_role("heading", name="Items")).to_be_visible()


def test_a_refused_password_is_said_at_its_field(open_page, empty_service, watch):
    watch.expect(400, "/api/v1/setup$")
    page = open_page(empty_service.url)
    page.goto(empty_service.setup_url)

    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Make the first administrator").click()

    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Username")).to_have_value("olga")


def test_signing_in_leads_where_one_wanted_to_go(open_page, service, shop, shoot):
    page = open_page(service.url)
    page.goto(f"{service.url}/app/items/{shop.items[3]['id']}")
    expect(page.get_by_label("Username")).to_be_focused()
    shoot(page, "sign-in")

    page.keyboard.type("mara")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=shop.items[3]["name"])).to_be_visible()


def test_a_wrong_password_is_said_and_the_name_kept(open_page, service, watch):
    page = open_page(service.url)
    page.goto(f"{service.url}/app/")

    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert").filter(has_text="password is wrong")).to_be_visible()
    expect(page.get_by_label("Username")).to_have_value("nobody")
    expect(page.get_by_label("Password")).to_have_value("")


def test_a_password_can_be_shown(open_page, service):
    page = open_page(service.url)
    page.goto(f"{service.url}/app/")

    page.get_by_role("button", name="Show").click()

    expect(page.get_by_label("Password")).to_have_attribute("type", "text")


def test_signing_out_ends_the_session_in_every_tab(open_page, service, shop):
    page = open_page(service.url, "vic")
    page.goto(f"{service.url}/app/items")
    other = page.context.new_page()
    other.goto(f"{service.url}/app/stores")
    expect(other.get_by_role("heading", name="Stores")).to_be_visible()

    page.get_by_role("button", name="vic").click()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_text("You are signed out.")).to_be_visible()
    expect(other.get_by_text("You signed out in another tab.")).to_be_visible()
    assert page.request.get(f"{service.url}/api/v1/session").status == 401


def test_a_session_that_ends_asks_again_over_the_page_and_keeps_the_draft(page, shop, watch, shoot):
    watch.expect(401, "/api/v1/")
    item = shop.new_item("Ladder")
    page.goto(f"/app/items/{item['id']}")
    page.get_by_label("Name").fill("Ladder, three steps")

    page.context.clear_cookies()
    page.keyboard.press("Control+s")

    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog.get_by_label("Password of mara")).to_be_focused()
    shoot(page, "sign-in-again")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Ladder, three steps")
    assert shop.api.get(f"/items/{item['id']}")["name"] == "Ladder, three steps"


def test_who_gives_up_signing_in_again_is_signed_out(page, shop, watch):
    watch.expect(401, "/api/v1/")
    page.goto("/app/movements")
    expect(page.get_by_role("heading", name="Movements")).to_be_visible()

    page.context.clear_cookies()
    page.get_by_role("link", name="Stores").click()
    page.get_by_role("button", name="Leave").click()

    expect(page.get_by_text("Your session had ended.")).to_be_visible()


def test_a_server_that_is_away_can_be_tried_again(open_page, service, shop, watch):
    watch.expect(0, "/api/v1/session")
    page = open_page(service.url, "mara")
    page.route("**/api/v1/session", lambda route: route.abort())
    page.goto(f"{service.url}/app/items")
    expect(page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()

    page.unroute("**/api/v1/session")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("heading", name="Items")).to_be_visible()
