"""Posting documents by scanner: nothing lost, nothing doubled, whatever the network does."""

import json
import re

import pytest
from playwright.sync_api import expect
from running import PASSWORD, gtin


@pytest.fixture
def counter(page, shop):
    """The scanning page of High Street, ready to receive."""
    page.goto(f"/app/scan?mode=receipt&store={shop.street['id']}")
    expect(page.get_by_text("Receive · High Street")).to_be_visible()
    expect(page.get_by_label("Barcode or SKU")).to_be_focused()
    return page


@pytest.fixture
def goods(shop):
    """Two items that no other test moves: their barcodes."""
    return [shop.new_item(name) for name in ("Candle", "Match box")]


def line(page, name):
    return page.get_by_role("listitem").filter(has=page.get_by_role("group", name=f"Quantity of {name}"))


def quantity(page, name):
    return line(page, name).get_by_label("Quantity", exact=True)


def posted(page):
    return page.get_by_role("region", name="Posted")


def keys_of(page, path):
    """Collect the Idempotency-Key and the body of everything that is posted there."""
    sent = []
    page.on(
        "request",
        lambda request: (
            request.method == "POST"
            and request.url.endswith(path)
            and sent.append((request.headers["idempotency-key"], request.post_data))
        ),
    )
    return sent


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


def test_a_document_whose_answer_was_lost_is_sent_again_and_recorded_once(counter, shop, goods, scan, watch, shoot):
    watch.expect(0, "/api/v1/")
    sent = keys_of(counter, "/receipts")
    cut = [True]

    def line_is_down(route):
        if not cut[0]:
            route.continue_()
            return
        if route.request.url.endswith("/receipts"):
            route.fetch()
        route.abort()

    counter.route("**/api/v1/**", line_is_down)
    cut[0] = False
    scan(counter, goods[0]["barcodes"][0])
    expect(quantity(counter, "Candle")).to_have_value("1")
    cut[0] = True
    counter.get_by_role("button", name="Post receipt").click()
    expect(counter.get_by_role("alert").filter(has_text="1 document kept on this device")).to_be_visible()
    expect(posted(counter)).to_contain_text("Waiting for the server")
    shoot(counter, "scan-offline")
    cut[0] = False

    expect(posted(counter)).to_contain_text("1 on hand", timeout=20_000)
    assert len(sent) >= 2
    assert len(set(sent)) == 1
    assert shop.on_hand(goods[0]) == 1


def test_a_document_survives_a_reload_and_is_sent_then(counter, shop, goods, scan, watch):
    watch.expect(0, "/api/v1/receipts")
    sent = keys_of(counter, "/receipts")
    counter.route("**/api/v1/receipts", lambda route: route.abort())
    scan(counter, goods[0]["barcodes"][0])
    expect(quantity(counter, "Candle")).to_have_value("1")
    counter.keyboard.press("Control+Enter")
    expect(counter.get_by_role("button", name="1 waiting")).to_be_visible()

    counter.unroute("**/api/v1/receipts")
    counter.reload()

    expect(counter.get_by_role("status").filter(has_text="Receipt of 1 line, High Street was sent.")).to_be_visible()
    expect(counter.get_by_role("list", name="Lines").get_by_role("listitem")).to_have_count(0)
    assert len(set(sent)) == 1
    assert shop.on_hand(goods[0]) == 1


def test_a_document_refused_behind_ones_back_can_be_corrected(counter, shop, goods, scan, watch, shoot):
    watch.expect(0, "/api/v1/sales")
    watch.expect(409, "/api/v1/sales")
    shop.receive([(goods[0], 2)])
    counter.get_by_role("radio", name="Sell").check()
    counter.route("**/api/v1/sales", lambda route: route.abort())
    scan(counter, goods[0]["barcodes"][0])
    quantity(counter, "Candle").fill("3")
    counter.keyboard.press("Control+Enter")
    expect(counter.get_by_role("button", name="1 waiting")).to_be_visible()
    counter.get_by_role("link", name="Stores").click()
    expect(counter.get_by_role("heading", name="Stores")).to_be_visible()

    counter.unroute("**/api/v1/sales")
    counter.get_by_role("button", name="1 refused").click(timeout=20_000)
    shoot(counter, "outbox")
    counter.get_by_role("button", name="Correct").click()

    expect(quantity(counter, "Candle")).to_have_value("3")
    expect(line(counter, "Candle").get_by_role("alert")).to_contain_text("2 available")
    counter.get_by_role("button", name="Take 2").click()
    counter.keyboard.press("Control+Enter")
    expect(posted(counter)).to_contain_text("0 on hand")
    expect(counter.get_by_role("button", name="1 refused")).to_have_count(0)


def test_who_signs_out_hears_of_what_is_still_to_be_sent(counter, shop, goods, scan, watch):
    watch.expect(0, "/api/v1/receipts")
    counter.route("**/api/v1/receipts", lambda route: route.abort())
    scan(counter, goods[0]["barcodes"][0])
    counter.keyboard.press("Control+Enter")
    expect(counter.get_by_role("button", name="1 waiting")).to_be_visible()

    counter.get_by_role("button", name="mara").click()
    counter.get_by_role("button", name="Sign out").click()
    expect(counter.get_by_text("1 document on this device will be sent")).to_be_visible()
    counter.unroute("**/api/v1/receipts")
    counter.get_by_label("Username").fill("mara")
    counter.get_by_label("Password").fill(PASSWORD)
    counter.get_by_role("button", name="Sign in").click()

    expect(counter.get_by_role("status").filter(has_text="was sent.")).to_be_visible()
    assert shop.on_hand(goods[0]) == 1


def test_what_was_scanned_and_not_posted_survives_a_reload(counter, goods, scan):
    scan(counter, goods[0]["barcodes"][0])
    scan(counter, "UNKNOWN-1")
    expect(quantity(counter, "Candle")).to_have_value("1")
    counter.wait_for_timeout(500)

    counter.reload()

    expect(quantity(counter, "Candle")).to_have_value("1")
    expect(line(counter, "UNKNOWN-1")).to_be_visible()


def test_a_code_that_could_not_be_asked_for_is_asked_again(counter, goods, scan, watch):
    watch.expect(0, "/api/v1/")
    counter.route("**/api/v1/barcodes/*", lambda route: route.abort())
    scan(counter, goods[0]["barcodes"][0])
    expect(counter.get_by_text("Could not be looked up: the server")).to_be_visible(timeout=15_000)
    expect(counter.get_by_role("button", name="Post receipt")).to_be_disabled()

    counter.unroute("**/api/v1/barcodes/*")
    line(counter, goods[0]["barcodes"][0]).get_by_role("button", name="Try again").click()

    expect(quantity(counter, "Candle")).to_have_value("1")


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
    counter.get_by_role("dialog").get_by_role("button", name="All of it arrived").click()

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


def test_the_key_is_made_of_sixteen_random_bytes(counter, goods, scan):
    sent = keys_of(counter, "/receipts")
    for _ in range(2):
        scan(counter, goods[0]["barcodes"][0])
        expect(quantity(counter, "Candle")).to_have_value("1")
        counter.keyboard.press("Control+Enter")
        expect(counter.get_by_role("list", name="Lines").get_by_role("listitem")).to_have_count(0)
        expect(counter.get_by_text("Waiting for the server")).to_have_count(0)

    assert all(re.fullmatch("[0-9a-f]{32}", key) for key, _ in sent)
    assert len({key for key, _ in sent}) == 2
    assert json.loads(sent[0][1]) == json.loads(sent[1][1])


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
