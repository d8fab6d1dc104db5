"""Posting documents by scanner: nothing lost, nothing doubled, whatever the network does."""

import json
import re

from looking import keys_of, line, posted, quantity
from playwright.sync_api import expect
from running import PASSWORD


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


def test_codes_scanned_without_the_server_are_looked_up_when_it_is_back(counter, shop, goods, scan, watch, shoot):
    watch.expect(0, "/api/v1/")
    counter.context.set_offline(True)
    for item in goods:
        scan(counter, item["barcodes"][0])
    scan(counter, "NO-SUCH-CODE")
    expect(counter.get_by_text("Could not be looked up yet:")).to_have_count(3)
    expect(counter.get_by_text("The server cannot be reached.")).to_be_visible()
    expect(counter.get_by_role("button", name="Post receipt")).to_be_disabled()
    shoot(counter, "scan-without-server")

    counter.context.set_offline(False)

    expect(quantity(counter, "Candle")).to_have_value("1")
    expect(quantity(counter, "Match box")).to_have_value("1")
    expect(counter.get_by_text("No item has this code.")).to_be_visible()
    expect(counter.get_by_text("The server cannot be reached.")).to_have_count(0)
    expect(counter.locator(".panel")).to_contain_text("NO-SUCH-CODE")
    expect(counter.locator(".panel")).to_contain_text("Not found")
    expect(counter.get_by_label("Barcode or SKU")).to_be_focused()


def test_the_panel_is_green_again_once_the_last_code_is_known(counter, goods, scan, watch):
    watch.expect(0, "/api/v1/")
    counter.context.set_offline(True)
    scan(counter, goods[0]["barcodes"][0])
    expect(counter.locator(".panel")).to_have_attribute("data-state", "bad")

    counter.context.set_offline(False)

    expect(counter.locator(".panel")).to_have_attribute("data-state", "good")
    expect(counter.locator(".panel")).to_contain_text("Candle")


def test_a_server_that_was_away_is_found_without_a_sign_from_the_browser(counter, goods, scan, watch):
    watch.expect(0, "/api/v1/")
    counter.route("**/api/v1/**", lambda route: route.abort())
    scan(counter, goods[0]["barcodes"][0])
    expect(counter.get_by_text("Could not be looked up yet:")).to_be_visible()

    counter.unroute("**/api/v1/**")

    expect(quantity(counter, "Candle")).to_have_value("1", timeout=20_000)
    expect(counter.get_by_text("The server cannot be reached.")).to_have_count(0)


def test_trying_again_by_hand_mends_everything_at_once(counter, goods, scan, watch):
    watch.expect(0, "/api/v1/")
    counter.clock.install()
    counter.route("**/api/v1/**", lambda route: route.abort())
    scan(counter, goods[0]["barcodes"][0])
    scan(counter, goods[1]["barcodes"][0])
    for _ in range(40):
        counter.clock.run_for(200)
    expect(counter.get_by_text("Could not be looked up yet:")).to_have_count(2)
    counter.get_by_role("button", name="Try again").first.focus()
    counter.keyboard.press("Enter")
    expect(counter.get_by_text("Asked last at")).to_be_visible()
    expect(counter.get_by_role("button", name="Try again").first).to_be_focused()

    counter.unroute("**/api/v1/**")
    counter.keyboard.press("Enter")
    expect(counter.get_by_text("The server cannot be reached.")).to_have_count(0)
    counter.clock.run_for(1_000)

    expect(quantity(counter, "Candle")).to_have_value("1")
    expect(quantity(counter, "Match box")).to_have_value("1")
    expect(counter.get_by_label("Barcode or SKU")).to_be_focused()


def test_the_keyboard_stays_at_work_when_a_line_goes_or_is_asked_for_again(counter, goods, scan, watch):
    watch.expect(500, "/api/v1/barcodes")
    counter.route("**/api/v1/barcodes/*", lambda route: route.fulfill(status=500, body="{}"))
    scan(counter, goods[0]["barcodes"][0])
    expect(counter.get_by_text("Could not be looked up yet:")).to_be_visible()
    entry = counter.get_by_label("Barcode or SKU")

    again = line(counter, goods[0]["barcodes"][0]).get_by_role("button", name="Try again")
    again.focus()
    counter.keyboard.press("Enter")
    expect(entry).to_be_focused()
    counter.unroute("**/api/v1/barcodes/*")
    expect(quantity(counter, "Candle")).to_have_value("1", timeout=20_000)

    counter.get_by_role("button", name="Remove Candle").focus()
    counter.keyboard.press("Enter")
    expect(counter.get_by_role("list", name="Lines").get_by_role("listitem")).to_have_count(0)
    expect(entry).to_be_focused()


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
