"""Posting documents by scanner: each scan counts, and each kind of document asks for what it needs."""

from looking import line, posted, quantity
from playwright.sync_api import expect
from running import gtin


def test_each_scan_counts_one_and_posting_says_what_is_on_hand(counter, shop, goods, scan, shoot):
    for code in (goods[0], goods[1], goods[0], goods[0]):
        scan(counter, code["barcodes"][0])
    expect(quantity(counter, "Candle")).to_have_value("3")
    expect(quantity(counter, "Match box")).to_have_value("1")
    expect(counter.locator(".panel")).to_have_attribute("data-state", "good")
    shoot(counter, "scan")

    counter.get_by_role("button", name="Post receipt").click()

    expect(posted(counter)).to_contain_text("3 on hand")
    expect(posted(counter)).to_contain_text("1 on hand")
    expect(counter.get_by_role("list", name="Lines").get_by_role("listitem")).to_have_count(0)
    expect(counter.get_by_label("Barcode or SKU")).to_be_focused()
    assert (shop.on_hand(goods[0]), shop.on_hand(goods[1])) == (3, 1)
    shoot(counter, "scan-posted")


def test_a_number_after_a_scan_is_its_quantity_and_a_star_the_next_ones(counter, goods, scan):
    scan(counter, goods[0]["barcodes"][0])
    expect(counter.get_by_text("type how many of Candle")).to_be_visible()
    counter.keyboard.type("25", delay=90)
    counter.keyboard.press("Enter")
    expect(quantity(counter, "Candle")).to_have_value("25")

    counter.keyboard.type("*12", delay=90)
    counter.keyboard.press("Enter")
    expect(counter.get_by_text("The next scan counts 12.")).to_be_visible()
    scan(counter, goods[1]["barcodes"][0])

    expect(quantity(counter, "Match box")).to_have_value("12")


def test_a_typed_sku_is_a_scan_too(counter, goods):
    counter.keyboard.type(goods[0]["sku"].lower(), delay=80)
    counter.keyboard.press("Enter")

    expect(quantity(counter, "Candle")).to_have_value("1")


def test_a_scan_while_a_quantity_has_the_focus_does_not_spoil_it(counter, goods, scan):
    scan(counter, goods[0]["barcodes"][0])
    quantity(counter, "Candle").fill("7")

    scan(counter, goods[1]["barcodes"][0])

    expect(quantity(counter, "Match box")).to_have_value("1")
    expect(quantity(counter, "Candle")).to_have_value("7")


def test_an_unknown_code_stays_and_does_not_stop_the_run(counter, shop, goods, scan, shoot):
    scan(counter, "NO-SUCH-CODE")
    expect(counter.locator(".panel")).to_have_attribute("data-state", "bad")
    expect(counter.locator(".panel")).to_contain_text("Not found")
    scan(counter, goods[0]["barcodes"][0])
    shoot(counter, "scan-unknown")

    counter.get_by_role("button", name="Post receipt").click()
    expect(posted(counter)).to_contain_text("1 on hand")
    expect(line(counter, "NO-SUCH-CODE")).to_be_visible()
    counter.get_by_role("link", name="Create item").click()

    expect(counter.get_by_label("Barcode", exact=True)).to_have_value("NO-SUCH-CODE")


def test_a_hundred_scans_without_a_pause_lose_none_and_double_none(counter, shop, goods, scan):
    for number in range(100):
        scan(counter, goods[number % 2]["barcodes"][0])

    expect(quantity(counter, "Candle")).to_have_value("50")
    expect(quantity(counter, "Match box")).to_have_value("50")


def test_too_little_stock_is_said_at_its_line_and_mended_by_one_press(counter, shop, goods, scan, watch, shoot):
    watch.expect(409, "/api/v1/sales")
    shop.receive([(goods[0], 4), (goods[1], 9)])
    counter.get_by_role("radio", name="Sell").check()
    scan(counter, goods[0]["barcodes"][0])
    expect(quantity(counter, "Candle")).to_have_value("1")
    quantity(counter, "Candle").fill("6")
    scan(counter, goods[1]["barcodes"][0])
    expect(quantity(counter, "Match box")).to_have_value("1")

    counter.keyboard.press("Control+Enter")
    expect(line(counter, "Candle").get_by_role("alert")).to_contain_text("4 available")
    expect(line(counter, "Match box").get_by_role("alert")).to_have_count(0)
    shoot(counter, "scan-refused")
    counter.get_by_role("button", name="Take 4").click()
    counter.keyboard.press("Control+Enter")

    expect(posted(counter)).to_contain_text("0 on hand")
    assert (shop.on_hand(goods[0]), shop.on_hand(goods[1])) == (0, 8)


def test_a_transfer_names_both_stores_and_arrives(counter, shop, goods, scan, shoot):
    shop.receive([(goods[0], 5)])
    counter.get_by_role("radio", name="Transfer").check()
    scan(counter, goods[0]["barcodes"][0])
    expect(counter.get_by_text("Choose where it goes.")).to_be_visible()
    counter.get_by_label("To store").select_option("Depot")
    shoot(counter, "scan-transfer")
    counter.get_by_role("button", name="Post transfer").click()
    expect(posted(counter)).to_contain_text("4 on hand")

    counter.get_by_role("link", name="Show the document").click()
    counter.get_by_role("button", name="Arrived").click()
    counter.get_by_role("dialog").get_by_role("button", name="It arrived").click()

    expect(counter.get_by_role("heading", name="Arrival")).to_be_visible()
    rows = shop.api.get(f"/stock?item_id={goods[0]['id']}&store_id={shop.depot['id']}")["data"]
    assert rows[0]["on_hand"] == 1


def test_an_adjustment_is_signed_and_wants_a_reason(counter, shop, goods, scan):
    shop.receive([(goods[0], 5)])
    counter.get_by_role("radio", name="Adjust").check()
    scan(counter, goods[0]["barcodes"][0])
    quantity(counter, "Candle").fill("-2")
    expect(counter.get_by_text("Give a reason.")).to_be_visible()

    counter.get_by_label("Reason").fill("Counted")
    counter.keyboard.press("Control+Enter")

    expect(posted(counter)).to_contain_text("3 on hand")


def test_a_receipt_takes_what_it_cost_and_its_paper(counter, shop, goods, scan):
    scan(counter, goods[0]["barcodes"][0])
    counter.get_by_label("Unit cost of Candle").fill("1,25")
    counter.get_by_text("Reference and note").click()
    counter.get_by_label("Reference", exact=True).fill("DN-77")
    counter.get_by_role("button", name="Post receipt").click()
    expect(posted(counter)).to_contain_text("1 on hand")

    document = shop.api.get("/movements?reference=DN-77")["data"][0]

    assert document["lines"][0]["unit_cost"] == "1.25"


def test_sounds_can_be_switched_off_where_they_are_made(counter):
    counter.get_by_role("button", name="Sound").click()
    counter.reload()

    expect(counter.get_by_role("button", name="Sound")).to_have_attribute("aria-pressed", "false")


def test_an_item_page_leads_here_with_the_item_on_the_document(page, shop):
    page.goto(f"/app/items/{shop.items[2]['id']}?tab=stock")
    page.get_by_role("link", name="Adjust").click()

    expect(quantity(page, shop.items[2]["name"])).to_have_value("1")
    expect(page.get_by_text("Adjust · High Street")).to_be_visible()
    page.reload()
    expect(quantity(page, shop.items[2]["name"])).to_have_value("1")


def test_a_scanned_leading_zero_form_is_the_same_item(counter, goods, scan):
    scan(counter, goods[0]["barcodes"][0])
    expect(quantity(counter, "Candle")).to_have_value("1")

    scan(counter, f"0{goods[0]['barcodes'][0]}")

    expect(quantity(counter, "Candle")).to_have_value("2")
    expect(counter.get_by_role("list", name="Lines").get_by_role("listitem")).to_have_count(1)
    assert goods[0]["barcodes"][0] == gtin(int(goods[0]["barcodes"][0][2:12]))


def test_a_scanned_case_counts_what_it_holds_and_joins_its_pieces(counter, shop, scan):
    packs = [{"barcode": "case-of-lamps", "quantity": 12, "name": "case"}]
    lamp = shop.new_item("Lamp", packs=packs)
    for code in ("case-of-lamps", lamp["barcodes"][0], "case-of-lamps"):
        scan(counter, code)
    expect(quantity(counter, "Lamp")).to_have_value("25")

    counter.get_by_role("button", name="Post receipt").click()

    expect(posted(counter)).to_contain_text("25 on hand")
    assert shop.on_hand(lamp) == 25
