"""The list of items: its state is the address, so that back, reload and a sent link find it again."""

import re

import pytest
from playwright.sync_api import expect
from running import gtin


def rows(page):
    return page.locator("tbody tr[data-key]")


def names(page):
    return page.locator("tbody .row-link")


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


def test_a_new_item_is_added_once_and_shown(page, shop):
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)
    page.keyboard.press("c")
    expect(page.get_by_label("Name")).to_be_focused()

    page.keyboard.type("Wheelbarrow")
    page.get_by_label("SKU").fill("W-1")
    page.get_by_label("Category").select_option("Garden")
    page.get_by_label("Price").fill("89,90")
    page.get_by_role("button", name="Add a barcode").click()
    page.keyboard.type("W1-INTERNAL", delay=70)
    page.get_by_role("button", name="Add an attribute").click()
    page.get_by_label("Attribute", exact=True).fill("litres")
    page.get_by_label("Kind of value").select_option("Number")
    page.get_by_label("Value", exact=True).first.fill("85")
    page.get_by_role("button", name="Add item").click()

    expect(page.get_by_role("heading", name="Wheelbarrow")).to_be_visible()
    item = shop.api.get("/items?sku=W-1")["data"][0]
    assert (item["price"], item["barcodes"], item["attributes"]) == ("89.90", ["W1-INTERNAL"], {"litres": 85})
    page.go_back()
    expect(page).to_have_url(re.compile("/app/items$"))


def test_a_barcode_is_scanned_into_its_field(page, scan):
    page.goto("/app/items/new")
    page.get_by_role("button", name="Add a barcode").click()

    scan(page, "4006381333931")
    scan(page, "4006381333931")
    scan(page, "9780201379624")

    expect(page.get_by_label("Barcode", exact=True)).to_have_count(2)
    values = [field.input_value() for field in page.get_by_label("Barcode", exact=True).all()]
    assert values == ["4006381333931", "9780201379624"]


def test_what_is_missing_and_what_is_taken_is_said_at_the_field(page, watch, shoot):
    watch.expect(409, "/api/v1/items$")
    page.goto("/app/items/new")
    page.get_by_role("button", name="Add item").click()
    summary = page.get_by_role("alert").filter(has_text="Please look at this again")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="SKU").click()
    expect(page.get_by_label("SKU")).to_be_focused()

    page.keyboard.type("T-001")
    page.get_by_label("Name").fill("Another hammer")
    page.keyboard.press("Control+s")

    expect(page.get_by_label("SKU")).to_have_attribute("aria-invalid", "true")
    shoot(page, "item-refused")


def test_another_item_can_follow_at_once(page, shop):
    page.goto("/app/items/new")
    page.get_by_label("Name").fill("Gloves S")
    page.get_by_label("SKU").fill("G-S")
    page.get_by_label("Category").select_option("Garden")

    page.get_by_role("button", name="Add and begin another").click()

    expect(page.get_by_role("status").filter(has_text="Gloves S was added.")).to_be_visible()
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.get_by_label("SKU")).to_have_value("")
    expect(page.get_by_label("Category").locator("option:checked")).to_have_text("Garden")


def test_leaving_asks_before_what_was_typed_is_lost(page):
    page.goto("/app/items/new")
    page.get_by_label("Name").fill("Half an idea")

    page.get_by_role("link", name="Stores").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Name")).to_have_value("Half an idea")
    page.get_by_role("link", name="Stores").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave").click()

    expect(page.get_by_role("heading", name="Stores")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/app/items/999999", "/app/items/abc", "/app/no-such-screen", "/app/movements/999999"]
)
def test_what_is_not_there_says_so(page, path, watch):
    watch.expect(404, "/api/v1/")
    page.goto(path)

    expect(page.get_by_role("heading", name="Not found")).to_be_visible()


def test_a_scan_on_any_screen_opens_the_item(page, shop, scan):
    page.goto("/app/stores")
    expect(page.get_by_role("heading", name="Stores")).to_be_visible()

    scan(page, gtin(31))

    expect(page.get_by_role("heading", name=shop.items[31]["name"])).to_be_visible()


def test_a_scan_of_letters_presses_no_shortcut_and_leaves_fields_clean(page, scan):
    page.goto("/app/items")
    search = page.get_by_role("searchbox", name="Search items")
    search.fill("saw")
    expect(page.get_by_text("20 items")).to_be_visible()

    scan(page, "cj/gi-99")
    expect(page.get_by_role("alert").filter(has_text="cj/gi-99")).to_be_visible()
    expect(search).to_have_value("saw")
    search.blur()
    scan(page, "cjkgi")

    expect(page.get_by_role("alert").filter(has_text="cjkgi")).to_be_visible()
    assert page.url.endswith("/app/items?q=saw")


def test_a_viewer_is_offered_nothing_that_is_refused(open_page, service, shop):
    page = open_page(service.url, "vic", base_url=service.url)
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)

    expect(page.get_by_role("link", name="New item")).to_have_count(0)
    expect(page.get_by_role("link", name="Scan")).to_have_count(0)
    expect(page.get_by_role("columnheader", name="Cost")).to_have_count(0)
