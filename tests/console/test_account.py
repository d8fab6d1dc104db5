"""My account: where I am signed in, my tokens, my password."""

import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect
from running import INSECURE_NAME, PASSWORD

NEW_PASSWORD = "nine blue buckets"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605 (KHTML) Version/26.0 Safari/604"


def sessions(page):
    return page.get_by_role("region", name="Sessions").get_by_role("table").locator("tbody tr")


def tokens(page):
    return page.get_by_role("region", name="Tokens").get_by_role("table").locator("tbody tr")


def is_signed_in(page):
    return page.request.get("/api/v1/session").status == 200


def answers(url, token):
    """Tell what the API answers a program with this token."""
    request = urllib.request.Request(f"{url}/api/v1/session", headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture
def account(open_page, service, shop):
    """Open the account of somebody new: `account("tess", "manager")`."""

    def make(username, role="clerk", **more):
        shop.new_user(username, role, **more)
        page = open_page(service.url, username, base_url=service.url)
        page.goto("/app/account")
        expect(sessions(page).filter(has_text="This one")).to_be_visible()
        return page

    return make


def test_sessions_name_device_and_place_and_mark_this_one(account, open_page, service, shoot):
    page = account("ada", name="Ada Berg", email="ada@shop.example")
    open_page(service.url, "ada", user_agent=PHONE)
    page.reload()

    expect(sessions(page)).to_have_count(2)
    expect(sessions(page).filter(has_text="This one")).to_contain_text("Chrome on Linux")
    phone = sessions(page).filter(has_text="Safari on an iPhone")
    expect(phone).to_contain_text("127.0.0.1")
    expect(phone.get_by_role("button", name="End")).to_be_visible()
    expect(sessions(page).filter(has_text="This one").get_by_role("button")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("ada@shop.example")
    shoot(page, "account")


def test_a_session_is_ended_from_here_at_once(account, open_page, service):
    page = account("bea")
    other = open_page(service.url, "bea", base_url=service.url)
    page.reload()

    sessions(page).get_by_role("button", name="End").click()

    expect(sessions(page)).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="was signed out")).to_be_visible()
    expect(page.get_by_text("1 session", exact=True)).to_be_focused()
    assert not is_signed_in(other)
    assert is_signed_in(page)


def test_signing_out_everywhere_else_leaves_this_session_alone(account, open_page, service):
    page = account("cora")
    others = [open_page(service.url, "cora", base_url=service.url) for _ in range(3)]
    page.reload()
    expect(sessions(page)).to_have_count(4)

    page.get_by_role("button", name="Sign out everywhere else").click()

    expect(page.get_by_role("status").filter(has_text="3 sessions ended.")).to_be_visible()
    expect(sessions(page)).to_have_count(1)
    expect(page.get_by_role("button", name="Sign out everywhere else")).to_have_count(0)
    assert [is_signed_in(each) for each in [page, *others]] == [True, False, False, False]


def test_many_sessions_are_shown_a_few_at_a_time(account, service, browser):
    page = account("dora")
    context = browser.new_context()
    for _ in range(21):
        context.request.post(f"{service.url}/api/v1/session", data={"username": "dora", "password": PASSWORD})
        context.clear_cookies()
    context.close()
    page.reload()
    expect(page.get_by_text("The first 20 sessions")).to_be_visible()

    page.get_by_role("button", name="Show more sessions").click()

    expect(sessions(page)).to_have_count(22)
    expect(page.get_by_text("22 sessions", exact=True)).to_be_focused()


def test_a_token_is_shown_once_works_and_is_revoked(account, service, shop, shoot):
    page = account("eva", "manager")
    expect(page.get_by_text("You have no tokens")).to_be_visible()
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog", name="New token")
    expect(dialog.get_by_label("Name")).to_be_focused()
    dialog.get_by_label("Name").fill("Web shop")
    dialog.get_by_label("Role").select_option("Clerk")
    expect(dialog.get_by_text("Posts stock documents too.")).to_be_visible()
    dialog.get_by_role("radio", name="Only these").check()
    dialog.get_by_label("Depot").check()
    dialog.get_by_label("Works for").select_option("30 days")
    shoot(page, "token-new")
    dialog.get_by_role("button", name="Make token").click()

    shown = page.get_by_role("dialog", name="Web shop is ready")
    expect(shown).to_contain_text("shown this once and never again")
    secret = shown.get_by_label("Token").input_value()
    shoot(page, "token-made")
    assert answers(service.url, secret) == 200
    shown.get_by_role("button", name="I have it").click()

    row = tokens(page).filter(has_text="Web shop")
    expect(row).to_contain_text(secret[:12])
    expect(row).to_contain_text("Depot")
    assert secret not in page.content()
    made = shop.api.get("/tokens?name=Web%20shop")["data"][0]
    assert (made["role"], made["store_ids"]) == ("clerk", [shop.depot["id"]])

    row.get_by_role("button", name="Revoke Web shop").click()
    sure = page.get_by_role("dialog", name="Revoke Web shop?")
    expect(sure).to_contain_text("shut out at once")
    shoot(page, "token-revoke")
    sure.get_by_role("button", name="Revoke token").click()
    expect(page.get_by_text("You have no tokens")).to_be_visible()
    assert answers(service.url, secret) == 401


def test_a_token_is_offered_no_more_than_its_owner_may(account, shop):
    page = account("fay", "clerk", store_ids=[shop.street["id"]])
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog")

    expect(dialog.get_by_label("Role").locator("option")).to_have_text(["Viewer", "Clerk"])
    dialog.get_by_role("radio", name="Only these").check()
    expect(dialog.get_by_role("checkbox")).to_have_count(1)
    expect(dialog.get_by_label("High Street")).to_be_visible()


def test_only_some_stores_and_none_chosen_is_not_taken_for_all(account, shop):
    page = account("gwen")
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Half a token")
    dialog.get_by_role("radio", name="Only these").check()
    dialog.get_by_role("button", name="Make token").click()

    expect(dialog.get_by_text("Choose one store at least.")).to_be_visible()
    assert shop.api.get("/tokens?name=Half%20a%20token")["data"] == []


def test_a_token_is_copied_on_plain_http_too(open_page, service, shop):
    shop.new_user("hedy")
    origin = service.url.replace("127.0.0.1", INSECURE_NAME)
    page = open_page(origin, base_url=origin)
    page.goto("/app/account")
    page.get_by_label("Username").fill("hedy")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="New token").click()
    page.get_by_role("textbox", name="Name").fill("Till")
    page.get_by_role("button", name="Make token").click()
    secret = page.get_by_label("Token", exact=True).input_value()
    assert page.evaluate("isSecureContext") is False

    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    page.get_by_role("button", name="I have it").click()
    page.get_by_role("button", name="New token").click()
    page.get_by_role("textbox", name="Name").press("Control+v")

    expect(page.get_by_role("textbox", name="Name")).to_have_value(secret)


def test_a_token_is_made_by_the_keyboard_alone(account):
    page = account("inge")
    page.get_by_role("button", name="New token").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    page.keyboard.type("Scales")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Token", exact=True)).to_be_focused()
    page.keyboard.press("Escape")

    expect(tokens(page).filter(has_text="Scales")).to_be_visible()
    expect(page.get_by_role("button", name="New token")).to_be_focused()


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(account, open_page, service, watch, shoot):
    watch.expect(400, "/password$")
    page = account("jana")
    other = open_page(service.url, "jana", base_url=service.url)
    page.get_by_role("button", name="Change password").click()
    dialog = page.get_by_role("dialog", name="Change my password")
    dialog.get_by_label("Current password").fill("not the one")
    dialog.get_by_label("New password").fill(NEW_PASSWORD)
    dialog.get_by_role("button", name="Change password").click()
    expect(dialog.get_by_label("Current password")).to_have_attribute("aria-invalid", "true")
    shoot(page, "password-wrong")

    dialog.get_by_label("Current password").fill(PASSWORD)
    dialog.get_by_role("button", name="Change password").click()

    expect(page.get_by_role("status").filter(has_text="Your password was changed.")).to_be_visible()
    expect(sessions(page)).to_have_count(1)
    assert (is_signed_in(page), is_signed_in(other)) == (True, False)
    pair = {"username": "jana", "password": NEW_PASSWORD}
    assert other.request.post("/api/v1/session", data=pair).status == 201


def test_a_part_that_fails_says_so_and_can_be_tried_again(account, watch):
    watch.expect(500, "/api/v1/tokens")
    page = account("kaja")
    problem = {"title": "Something went wrong here", "status": 500, "request_id": "abc123"}
    page.route("**/api/v1/tokens?*", lambda route: route.fulfill(status=500, json=problem))
    page.reload()

    expect(page.get_by_role("alert").filter(has_text="abc123")).to_be_visible()
    expect(sessions(page)).to_have_count(1)
    page.unroute("**/api/v1/tokens?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("You have no tokens")).to_be_visible()
