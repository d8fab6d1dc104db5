"""When a movement happened and who recorded it: on its page, in the list and at the item."""

import time

import pytest
from looking import rows
from playwright.sync_api import expect
from running import Api


@pytest.fixture
def late(shop):
    """A receipt of New Year's Day that was recorded only now."""
    item = shop.new_item("Almanac")
    return shop.receive([(item, 3)], reference="LATE-1", occurred_at="2026-01-01T10:00:00Z"), item


def test_lists_say_when_it_happened_and_more_quietly_when_it_was_recorded_later(open_page, service, shop, late, shoot):
    receipt, item = late
    page = open_page(service.url, "mara", base_url=service.url, locale="en-GB")
    page.route("**/api/v1/stores?*", lambda route: (time.sleep(0.3), route.continue_()))
    at_once = shop.receive([(item, 1)])

    for path in (f"/app/items/{item['id']}?tab=movements", "/app/movements"):
        page.goto(path)
        expect(page.get_by_role("columnheader", name="Happened")).to_be_visible()
        past = page.get_by_role("row").filter(has_text="1 Jan 2026, 11:00")
        expect(past.locator(".note")).to_contain_text("Recorded ")
        expect(past.get_by_role("link", name="1 Jan 2026, 11:00", exact=True)).to_be_visible()
        expect(rows(page).first.locator(".note")).to_have_count(0)
        expect(rows(page).first.get_by_role("link")).to_have_attribute("href", f"/app/movements/{at_once['id']}")
    shoot(page, "movements-late")

    page.goto(f"/app/movements/{receipt['id']}")
    expect(page.locator("dl.facts div").filter(has_text="Happened")).to_contain_text("1 Jan 2026, 11:00")
    expect(page.locator("dl.facts dt", has_text="Recorded").first).to_be_visible()


@pytest.mark.parametrize("username", ["mara", "cleo", "vic"])
def test_everybody_sees_who_made_a_movement(open_page, service, shop, late, username, shoot):
    receipt, item = late
    page = open_page(service.url, username, base_url=service.url)

    page.goto(f"/app/movements/{receipt['id']}")
    expect(page.locator("dl.facts div").filter(has_text="Recorded by")).to_contain_text("mara")
    shoot(page, f"movement-{username}")

    page.goto(f"/app/items/{item['id']}?tab=movements")
    expect(page.get_by_role("columnheader", name="By")).to_be_visible()
    expect(rows(page).first.get_by_role("cell", name="mara")).to_be_visible()


def test_the_list_of_movements_names_who_recorded_each_to_everybody(open_page, service, shop):
    item = shop.new_item("Diary")
    shop.receive([(item, 3)])
    sale = {"store_id": shop.street["id"], "lines": [{"item_id": item["id"], "quantity": 1}]}
    Api(service.url, "cleo").post("/sales", sale)

    mara = open_page(service.url, "mara", base_url=service.url)
    mara.goto("/app/movements")
    expect(rows(mara).nth(0).get_by_role("cell", name="cleo")).to_be_visible()
    expect(rows(mara).nth(1).get_by_role("cell", name="mara")).to_be_visible()

    cleo = open_page(service.url, "cleo", base_url=service.url)
    cleo.goto("/app/movements")
    expect(rows(cleo).nth(0).get_by_role("cell", name="cleo")).to_be_visible()
    expect(rows(cleo).nth(1).get_by_role("cell", name="mara")).to_be_visible()
