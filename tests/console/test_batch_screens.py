"""Batches on the screen: a receipt's line asks for lot and day, documents and items show them."""

from looking import line, posted, rows
from playwright.sync_api import expect


def test_a_receipt_of_what_tracks_batches_asks_for_lot_and_day(counter, shop, goods, scan, shoot):
    milk = shop.new_item("Oat milk", tracks_batches=True)
    scan(counter, goods[0]["barcodes"][0])
    scan(counter, milk["barcodes"][0])
    expect(line(counter, "Candle").get_by_label("Lot of")).to_have_count(0)
    expect(counter.get_by_text("Name the lot or the day of expiry.")).to_be_visible()
    expect(counter.get_by_role("button", name="Post receipt")).to_be_disabled()

    line(counter, "Oat milk").get_by_label("Lot of Oat milk").fill("L-77")
    line(counter, "Oat milk").get_by_label("Day of expiry of Oat milk").fill("2031-05-31")
    shoot(counter, "scan-batch")
    counter.get_by_role("button", name="Post receipt").click()
    expect(posted(counter)).to_contain_text("1 on hand")

    (row,) = shop.api.get(f"/movements?item_id={milk['id']}")["data"]
    told = [one["batches"] for one in row["lines"] if one["item_id"] == milk["id"]]
    assert told == [[{"lot": "L-77", "expires_on": "2031-05-31", "quantity": 1}]]
    counter.goto(f"/app/movements/{row['id']}")
    noted = counter.locator("td .note, th .note").filter(has_text="lot L-77")
    expect(noted).to_have_count(1)
    expect(noted).to_contain_text("2031")


def test_a_lot_that_was_typed_stays_over_a_reload(counter, shop, scan):
    milk = shop.new_item("Rice milk", tracks_batches=True)
    scan(counter, milk["barcodes"][0])
    counter.get_by_label("Lot of Rice milk").fill("R-1")
    counter.wait_for_timeout(400)
    counter.reload()

    expect(counter.get_by_label("Lot of Rice milk")).to_have_value("R-1")


def test_an_item_lists_its_batches_what_expires_first_at_the_top(page, shop, shoot):
    milk = shop.new_item("Soy milk", tracks_batches=True)
    for lot, day in (("late", "2031-05-31"), ("old", "2026-01-31")):
        line_ = {"item_id": milk["id"], "quantity": 2, "lot": lot, "expires_on": day}
        shop.api.post("/receipts", {"store_id": shop.street["id"], "lines": [line_]})
    page.goto(f"/app/items/{milk['id']}?tab=batches")

    expect(rows(page).locator("td, th").get_by_text("Expired")).to_have_count(1)
    expect(page.locator("tbody tr").first).to_contain_text("old")
    expect(page.locator("tbody tr").nth(1)).to_contain_text("late")
    expect(page.get_by_text("2 batches")).to_be_visible()
    shoot(page, "item-batches")


def test_a_manager_has_an_item_track_batches(page, shop):
    item = shop.new_item("Almond milk")
    page.goto(f"/app/items/{item['id']}")
    page.get_by_label("Tracks batches").check()
    page.keyboard.press("Control+s")
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()

    assert shop.api.get(f"/items/{item['id']}")["tracks_batches"] is True
