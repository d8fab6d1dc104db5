"""The screens of stocktakes and of goods on their way, for whoever looks at all screens."""

from playwright.sync_api import expect
from running import gtin


def counts(page, shop):
    _count(shop)
    page.goto("/app/counts")
    expect(page.get_by_role("row").filter(has_text="Garden").first).to_be_visible()


def count_new(page, shop):
    counts(page, shop)
    page.keyboard.press("c")
    expect(page.get_by_role("dialog").get_by_label("Tolerance")).to_be_visible()


def counting(page, shop):
    page.goto(f"/app/counts/{_count(shop)['id']}")
    for code in (gtin(3), "NO-SUCH"):
        page.get_by_label("Barcode or SKU").fill(code)
        page.keyboard.press("Enter")
    expect(page.get_by_text("No item has this code")).to_be_visible()


def approving(page, shop):
    page.goto(f"/app/counts/{_count(shop)['id']}")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("dialog").get_by_label("Reference")).to_be_visible()


def transfer_arriving(page, shop):
    lines = [{"item_id": shop.items[1]["id"], "quantity": 1}]
    if not hasattr(shop, "sent"):
        body = {"store_id": shop.street["id"], "to_store_id": shop.depot["id"], "lines": lines}
        shop.sent = shop.api.post("/transfers", body)
    page.goto(f"/app/movements/{shop.sent['id']}")
    page.get_by_role("button", name="Arrived").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="It arrived")).to_be_visible()


def _count(shop):
    """One stocktake for all who look; whatever else is counted lies in other categories."""
    if not hasattr(shop, "counting"):
        shop.counting = shop.api.post("/counts", {"store_id": shop.street["id"], "category_id": shop.garden["id"]})
    return shop.counting


STOCK_SCREENS = [approving, count_new, counting, counts, transfer_arriving]
