"""New items, and what any screen does with a scan."""

import re

import pytest
from looking import rows
from playwright.sync_api import expect
from running import gtin


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
