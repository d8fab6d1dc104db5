"""What is wrong is said where it is, in the shop's words; numbers stand alike everywhere; the focus is never lost."""

from looking import items, line, posted, quantity, rows
from playwright.sync_api import expect


def test_a_fraction_of_a_piece_is_marked_at_once(counter, goods, scan, shoot):
    scan(counter, goods[0]["barcodes"][0])
    expect(quantity(counter, "Candle")).to_have_value("1")

    counter.keyboard.type("1,5", delay=90)
    counter.keyboard.press("Enter")

    expect(counter.locator(".panel")).to_have_attribute("data-state", "bad")
    expect(counter.locator(".panel")).to_contain_text("whole pieces")
    expect(line(counter, "Candle").get_by_role("alert")).to_contain_text("whole pieces")
    expect(quantity(counter, "Candle")).to_have_attribute("aria-invalid", "true")
    expect(quantity(counter, "Candle")).to_have_accessible_description("It is counted in whole pieces.")
    expect(counter.get_by_role("button", name="Post receipt")).to_be_disabled()
    shoot(counter, "scan-fraction")

    counter.keyboard.type("2", delay=90)
    counter.keyboard.press("Enter")
    expect(line(counter, "Candle").get_by_role("alert")).to_have_count(0)
    quantity(counter, "Candle").fill("2,5")
    expect(line(counter, "Candle").get_by_role("alert")).to_be_visible()
    expect(quantity(counter, "Candle")).to_be_focused()
    quantity(counter, "Candle").fill("3")
    expect(counter.get_by_role("button", name="Post receipt")).to_be_enabled()


def test_what_is_weighed_may_have_a_fraction(counter, shop, scan):
    flour = shop.new_item("Flour", unit="kg")
    scan(counter, flour["barcodes"][0])
    quantity(counter, "Flour").fill("1,5")
    counter.keyboard.press("Control+Enter")

    expect(posted(counter)).to_contain_text("1.5 on hand")


def test_a_refused_document_is_headed_in_the_shops_words(counter, goods, scan, watch, shoot):
    watch.expect(400, "/api/v1/receipts")
    scan(counter, goods[0]["barcodes"][0])
    counter.get_by_label("Unit cost of Candle").fill("cheap")
    counter.keyboard.press("Control+Enter")

    expect(counter.locator(".panel")).to_contain_text("Some lines need another look.")
    expect(counter.locator(".panel")).not_to_contain_text("request")
    expect(line(counter, "Candle").get_by_role("alert")).to_be_visible()
    shoot(counter, "scan-invalid")


def test_a_price_that_is_none_is_said_beside_it(page, shop, shoot):
    items(page, shop)
    field = page.get_by_label("Price from")
    field.fill("abc")
    field.press("Tab")

    expect(page.get_by_text("Type a number, such as 12.50.")).to_be_visible()
    expect(field).to_have_accessible_description("Type a number, such as 12.50.")
    expect(page.get_by_label("Price to")).to_have_accessible_description("")
    shoot(page, "price-wrong")
    field.fill("5")
    field.press("Tab")
    expect(page.get_by_text("Type a number")).to_have_count(0)
    expect(field).to_have_attribute("aria-invalid", "false")


def test_counting_all_and_clearing_filters_keep_the_focus(page, shop):
    items(page, shop)
    page.get_by_role("button", name="Count all").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=" of ")).to_be_focused()

    page.get_by_role("searchbox").fill("hammer blue")
    expect(page.get_by_text("4 items")).to_be_visible()
    page.get_by_role("button", name="Clear filters").focus()
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(50)
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_a_value_has_the_currencys_decimals_and_all_digits_behind_it(page, shop, shoot):
    item = shop.new_item("Screw")
    lines = [{"item_id": item["id"], "quantity": 3, "unit_cost": "1.2345"}]
    shop.api.post("/receipts", {"store_id": shop.street["id"], "lines": lines})
    page.goto(f"/app/items/{item['id']}?tab=stock")

    value = rows(page).get_by_text("3.70", exact=True)
    expect(value).to_have_attribute("title", "3.7035")
    shoot(page, "stock-value")


def test_a_minus_is_one_everywhere_and_a_hyphen_in_fields(counter, shop, page, goods, scan):
    shop.api.patch(shop.depot, allow_negative_stock=True)
    sale = {"store_id": shop.depot["id"], "lines": [{"item_id": goods[0]["id"], "quantity": 30}]}
    sold = shop.api.post("/sales", sale)

    page.goto(f"/app/scan?mode=adjustment&store={shop.depot['id']}")
    expect(page.get_by_text("Adjust · Depot")).to_be_visible()
    scan(page, goods[0]["barcodes"][0])
    quantity(page, "Candle").fill("\u22121")
    expect(page.locator(".panel")).to_contain_text("\u22121 on this document")
    quantity(page, "Candle").blur()
    expect(quantity(page, "Candle")).to_have_value("-1")

    for path in (
        f"movements/{sold['id']}",
        f"items/{goods[0]['id']}?tab=movements",
        f"items/{goods[0]['id']}?tab=stock",
    ):
        page.goto(f"/app/{path}")
        expect(rows(page).get_by_text("\u221230", exact=True).first).to_be_visible()
        expect(page.get_by_text("-30", exact=True)).to_have_count(0)
