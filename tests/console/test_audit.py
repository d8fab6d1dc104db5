"""The record: who did what, when, from where, and what was before."""

import re

import pytest
from looking import names, rows
from playwright.sync_api import expect


@pytest.fixture
def kettle(shop):
    """An item with a past: added, changed, put away."""
    item = shop.new_item("Kettle", price="20.00")
    shop.api.patch(item, price="99.50", category_id=shop.garden["id"])
    return item


def opened(page):
    return page.locator("tbody tr.detail")


def test_it_says_who_did_what_and_when_newest_first(page, shop, kettle, shoot):
    page.goto("/app/audit?entity=items")

    first = rows(page).first
    expect(first).to_contain_text("mara")
    expect(first).to_contain_text("Changed item Kettle")
    expect(first).to_contain_text("127.0.0.1")
    expect(rows(page).nth(1)).to_contain_text("Added item Kettle")
    shoot(page, "audit")

    first.get_by_role("link", name="Kettle").click()
    expect(page.get_by_role("heading", name="Kettle")).to_be_visible()


def test_an_entry_opens_to_what_was_before_and_after_and_its_place_in_the_chain(page, shop, kettle, shoot):
    entry = shop.api.get(f"/audit?entity=items&row_id={kettle['id']}&kind=changed")["data"][0]
    page.goto("/app/audit?entity=items")
    button = rows(page).first.get_by_role("button")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()

    expect(button).to_have_attribute("aria-expanded", "true")
    expect(opened(page).locator(".changes")).to_contain_text("Price")
    expect(opened(page).locator(".changes")).to_contain_text("20.00")
    expect(opened(page).locator(".changes")).to_contain_text("99.50")
    expect(opened(page).locator(".changes")).to_contain_text("Garden")
    for said in (entry["hash"], entry["previous_hash"], entry["request_id"], str(entry["position"]), entry["at"]):
        expect(opened(page).get_by_text(said, exact=True)).to_be_visible()
    shoot(page, "audit-open")

    button.click()
    expect(opened(page)).to_have_count(0)


def test_it_narrows_by_kind_of_row_deed_user_and_day(page, shop, kettle):
    page.goto("/app/audit")
    page.get_by_label("About").select_option("Stores")
    expect(page).to_have_url(re.compile("entity=stores"))
    expect(rows(page).filter(has_text="Depot").first).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()

    page.get_by_label("About").select_option("Items")
    page.get_by_label("What was done").select_option("Changed")
    page.get_by_label("By whom").select_option("mara")
    expect(page).to_have_url(re.compile(r"entity=items&kind=changed&by=\d+"))
    expect(rows(page).first).to_contain_text("Changed item Kettle")
    expect(rows(page).filter(has_text="Added")).to_have_count(0)

    today = page.evaluate("new Intl.DateTimeFormat('sv-SE').format(new Date())")
    page.get_by_label("Days from").fill(today)
    page.get_by_label("Days from").press("Tab")
    page.get_by_label("to", exact=True).fill(today)
    page.get_by_label("to", exact=True).press("Tab")
    expect(page).to_have_url(re.compile(r"at%5Bgte%5D=.*at%5Blt%5D="))
    expect(rows(page).first).to_contain_text("Changed item Kettle")
    page.reload()
    expect(page.get_by_label("Days from")).to_have_value(today)
    expect(page.get_by_label("to", exact=True)).to_have_value(today)

    page.get_by_label("to", exact=True).fill("2020-01-01")
    page.get_by_label("to", exact=True).press("Tab")
    expect(page.get_by_text("No entries match")).to_be_visible()


def test_what_was_refused_stands_there_too(page, open_page, service, shop):
    clerk = open_page(service.url, "cleo", base_url=service.url)
    assert clerk.request.get("/api/v1/users").status == 403
    page.goto("/app/audit?kind=refused")

    expect(rows(page).first).to_contain_text("cleo")
    expect(rows(page).first).to_contain_text("Refused GET /api/v1/users")
    page.get_by_label("About").select_option("Sessions")
    expect(rows(page).or_(page.get_by_text("No entries match")).first).to_be_visible()


def test_signing_in_a_token_and_a_command_are_told_in_words(page, shop):
    made = shop.api.post("/tokens", {"name": "Price tags", "role": "viewer"})
    page.goto("/app/audit?entity=tokens")
    expect(rows(page).first).to_contain_text("Made token Price tags")
    rows(page).first.get_by_role("button").click()
    expect(opened(page)).to_contain_text(made["begins_with"])

    page.goto("/app/audit?entity=users&by=null")
    expect(rows(page).first).to_contain_text("The service")
    expect(rows(page).first).to_contain_text("wsgi.py user")
    page.goto("/app/audit?entity=sessions&kind=created")
    expect(rows(page).first).to_contain_text("Signed in")
    rows(page).first.get_by_role("button").click()
    expect(opened(page)).to_contain_text("Chrome on Linux")


def test_a_listing_is_told_by_the_names_of_item_and_store(page, shop, kettle):
    cookies = page.request
    answer = cookies.put(f"/api/v1/stores/{shop.street['id']}/listings/{kettle['id']}", data={"reorder_point": 1500})
    assert answer.ok
    page.goto("/app/audit?entity=listings")

    expect(rows(page).first).to_contain_text("Added listing Kettle, High Street")
    rows(page).first.get_by_role("button").click()
    expect(opened(page)).to_contain_text("Reorder at")
    expect(opened(page)).to_contain_text("1,500")
    expect(opened(page).get_by_role("link", name="Kettle")).to_be_visible()


def test_it_is_read_by_the_keyboard_alone(page, shop, kettle):
    page.goto("/app/audit?entity=items")
    expect(rows(page).first).to_be_visible()
    page.keyboard.press("j")
    expect(names(page).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(names(page).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(opened(page)).to_contain_text("Kettle")
    page.keyboard.press("Enter")
    expect(opened(page)).to_have_count(0)
    expect(names(page).nth(1)).to_be_focused()


def test_an_audit_that_fails_says_so_and_can_be_tried_again(page, watch):
    watch.expect(500, "/api/v1/audit")
    page.route("**/api/v1/audit?*", lambda route: route.fulfill(status=500, json={"title": "Broken", "status": 500}))
    page.goto("/app/audit")
    expect(page.get_by_role("alert").filter(has_text="Broken")).to_be_visible()

    page.unroute("**/api/v1/audit?*")
    page.get_by_role("button", name="Try again").click()
    expect(rows(page).first).to_be_visible()
