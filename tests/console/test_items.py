"""The list of items: its state is the address, so that back, reload and a sent link find it again."""

import re

from looking import names, rows
from playwright.sync_api import expect
from running import gtin


def test_the_first_page_is_sorted_by_name(page, shoot):
    page.goto("/app/items")

    expect(rows(page)).to_have_count(50)
    shown = names(page).all_inner_texts()
    assert shown == sorted(shown, key=str.lower)
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
    shoot(page, "items")


def test_searching_acts_while_one_types_and_takes_one_step_back(page):
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search items")).to_be_focused()
    page.keyboard.type("ham ste", delay=80)

    expect(page).to_have_url(re.compile(r"q=ham\+ste"))
    expect(names(page).first).to_contain_text("Hammer steel")
    expect(page.get_by_text("4 items")).to_be_visible()
    page.keyboard.press("Tab")
    page.go_back()
    expect(rows(page)).to_have_count(50)
    expect(page.get_by_role("searchbox", name="Search items")).to_have_value("")


def test_a_barcode_finds_its_item(page, shop):
    page.goto(f"/app/items?q={gtin(7)}")

    expect(names(page)).to_have_text([shop.items[7]["name"]])


def test_an_answer_that_comes_late_does_not_replace_a_newer_one(page):
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)
    page.route("**/items?*q=rake*", lambda route: (page.wait_for_timeout(800), route.continue_()))
    search = page.get_by_role("searchbox", name="Search items")

    search.fill("rake")
    expect(page).to_have_url(re.compile("q=rake"))
    search.fill("spade")

    expect(names(page).first).to_contain_text("Spade")
    page.wait_for_timeout(1000)
    expect(names(page).first).to_contain_text("Spade")


def test_a_column_sorts_both_ways(page):
    page.goto("/app/items")
    header = page.get_by_role("columnheader", name="Price")

    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    header.get_by_role("button").click()

    expect(header).to_have_attribute("aria-sort", "descending")
    expect(page).to_have_url(re.compile("sort=-price"))
    expect(rows(page).first).to_contain_text("120.50")
    expect(header.get_by_role("button")).to_be_focused()


def test_filters_narrow_the_list_and_can_be_cleared(page, shop):
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)

    page.get_by_label("Category").select_option("Tools / Hand tools")
    page.get_by_label("Price from").fill("100")
    page.get_by_label("Price to").fill("110,50")
    page.get_by_label("Price to").press("Enter")

    expect(page).to_have_url(re.compile(r"category_id=\d+&price%5Bgte%5D=100&price%5Blte%5D=110.50"))
    expect(page.get_by_text("5 items")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(rows(page)).to_have_count(50)
    expect(page.get_by_label("Price from")).to_have_value("")


def test_what_is_no_price_is_marked_and_not_asked_for(page):
    page.goto("/app/items")

    page.get_by_label("Price from").fill("cheap")
    page.get_by_label("Price from").press("Enter")

    expect(page.get_by_label("Price from")).to_have_attribute("aria-invalid", "true")
    assert "price" not in page.url


def test_pages_lead_on_and_back_and_say_where_one_is(page, shop):
    page.goto("/app/items")
    expect(page.get_by_text("1\u201350", exact=True)).to_be_visible()
    first = names(page).first.inner_text()

    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("51\u2013100", exact=True)).to_be_visible()
    expect(names(page).first).to_be_focused()
    page.get_by_role("button", name="Count all").click()
    expect(page.get_by_text(re.compile(r"51\u2013100 of 1\d\d"))).to_be_visible()
    page.get_by_role("button", name="Previous page").click()

    expect(page.get_by_text(re.compile("^1\u201350"))).to_be_visible()
    expect(names(page).first).to_have_text(first)


def test_more_rows_stay_chosen(page):
    page.goto("/app/items")

    page.get_by_label("Rows on a page").select_option("100")
    expect(rows(page)).to_have_count(100)
    page.goto("/app/items")

    expect(rows(page)).to_have_count(100)


def test_back_finds_the_place_the_row_and_the_query(page):
    page.goto("/app/items?q=hammer&sort=-price")
    expect(page.get_by_text("20 items")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 400})
    row = names(page).nth(15)
    row.scroll_into_view_if_needed()
    name, place = row.inner_text(), page.evaluate("scrollY")
    assert place > 0

    row.click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.go_back()

    expect(names(page).nth(15)).to_be_focused()
    assert abs(page.evaluate("scrollY") - place) < 5
    expect(page.get_by_role("searchbox", name="Search items")).to_have_value("hammer")


def test_rows_are_walked_and_opened_by_keyboard(page):
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)

    for _ in range(3):
        page.keyboard.press("j", delay=20)
        page.wait_for_timeout(100)
    page.keyboard.press("ArrowUp")
    name = names(page).nth(1).inner_text()
    expect(names(page).nth(1)).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=name)).to_be_focused()


def test_a_click_anywhere_on_a_row_opens_it(page):
    page.goto("/app/items")
    name = names(page).first.inner_text()

    rows(page).first.locator("td").last.click()

    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_nothing_found_says_so_and_offers_a_way_on(page, shoot):
    page.goto("/app/items?q=unobtainium")
    expect(page.get_by_text("No items match")).to_be_visible()
    shoot(page, "items-none")

    page.get_by_role("main").get_by_role("button", name="Clear filters").last.click()

    expect(rows(page)).to_have_count(50)


def test_a_failure_is_said_in_place_and_can_be_tried_again(page, watch, shoot):
    watch.expect(500, "/api/v1/items")
    problem = '{"type": "/problems/internal", "title": "Something went wrong", "request_id": "r-42"}'
    page.route(
        "**/api/v1/items?*",
        lambda route: route.fulfill(status=500, content_type="application/problem+json", body=problem),
    )
    page.goto("/app/items")
    expect(page.get_by_role("alert").filter(has_text="r-42")).to_be_visible()
    shoot(page, "items-failed")

    page.unroute("**/api/v1/items?*")
    page.get_by_role("button", name="Try again").click()

    expect(rows(page)).to_have_count(50)


def test_a_slow_list_shows_that_it_is_coming(page, shoot):
    held = []
    page.route("**/api/v1/items?*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks the function
    page.goto("/app/items")

    expect(page.locator(".table-frame")).to_have_attribute("aria-busy", "true")
    expect(page.locator("tr.skeleton")).to_have_count(8)
    shoot(page, "items-loading")

    held[0].continue_()
    expect(rows(page)).to_have_count(50)
    expect(page.locator(".table-frame")).to_have_attribute("aria-busy", "false")


def test_a_busy_server_is_asked_again(page, watch):
    watch.expect(503, "/api/v1/items")
    answers = [503, 503]

    def answer(route):
        if answers:
            route.fulfill(status=answers.pop(), content_type="application/problem+json", body="{}")
        else:
            route.continue_()

    page.route("**/api/v1/items?*", answer)
    page.goto("/app/items")

    expect(rows(page)).to_have_count(50)
