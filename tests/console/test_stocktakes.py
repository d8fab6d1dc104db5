"""A stocktake in the browser: begun, scanned shelf by shelf, counted again, approved; also while the server is away."""

import re

import pytest
from looking import line, quantity, rows
from playwright.sync_api import expect


@pytest.fixture
def wares(shop):
    """A category with two items in it that stand in the store: six and four of them."""
    category = shop.api.post("/categories", {"name": f"Counted {len(shop.items)}"})
    made = [shop.new_item(name, category_id=category["id"]) for name in ("Kettle", "Teapot")]
    shop.receive(list(zip(made, (6, 4), strict=True)))
    return category, *made


@pytest.fixture
def count(shop, wares):
    """An open stocktake of them."""
    yield (count := begin(shop, wares[0]))
    end(shop, count)


def begin(shop, category, **more):
    return shop.api.post("/counts", {"store_id": shop.street["id"], "category_id": category["id"], **more})


def end(shop, count):
    count = shop.api.get(f"/counts/{count['id']}")
    if count["state"] == "open":
        shop.api._send("DELETE", f"/counts/{count['id']}", headers={"If-Match": "*"})


def tally(page, scan, item, number=None):
    scan(page, item["barcodes"][0])
    expect(line(page, item["name"])).to_be_visible()
    if number is not None:
        quantity(page, item["name"]).fill(str(number))


def row_of(page, item):
    return rows(page).filter(has_text=item["name"])


def test_a_category_is_counted_and_what_differs_is_posted(page, shop, wares, scan, shoot):
    category, kettle, teapot = wares
    page.goto("/app/counts")
    expect(page.get_by_role("button", name="New stocktake").first).to_be_visible()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New stocktake")
    dialog.get_by_label("Store").select_option("High Street")
    dialog.get_by_label("What").select_option(category["name"])
    shoot(page, "count-new")
    dialog.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name=re.compile(r"Stocktake \d+"))).to_be_visible()
    expect(page.get_by_text("0 of 2 items")).to_be_visible()
    expect(row_of(page, kettle)).to_contain_text("\u2013")

    tally(page, scan, kettle, 5)
    tally(page, scan, teapot)
    shoot(page, "count-shelf")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".panel")).to_contain_text("2 items added to the stocktake.")
    expect(page.get_by_text("2 of 2 items")).to_be_visible()
    expect(row_of(page, kettle)).to_contain_text("\u22121")
    tally(page, scan, teapot, 3)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".panel")).to_contain_text("4 counted so far.")
    shoot(page, "count-counted", full=True)
    page.get_by_role("button", name="Approve…").click()
    shoot(page, "count-approve")
    page.get_by_role("dialog").get_by_role("button", name="Approve and post").click()

    expect(page.get_by_text("The differences were posted.")).to_be_visible()
    expect(page.locator(".facts").get_by_text("Approved")).to_be_visible()
    expect(page.get_by_role("link", name="Adjustment")).to_be_visible()
    expect(page.get_by_label("Barcode or SKU")).to_have_count(0)
    assert (shop.on_hand(kettle), shop.on_hand(teapot)) == (5, 4)


def test_an_item_is_counted_again(page, shop, wares, count, scan):
    _, kettle, _ = wares
    shop.api.post(f"/counts/{count['id']}/tallies", {"item_id": kettle["id"], "quantity": 9})
    page.goto(f"/app/counts/{count['id']}")
    expect(row_of(page, kettle)).to_contain_text("+3")

    page.get_by_role("button", name="Count Kettle again").click()

    expect(row_of(page, kettle)).to_contain_text("To be counted again")
    page.get_by_label("Recount").select_option("To be counted again")
    expect(rows(page)).to_have_count(1)
    tally(page, scan, kettle, 6)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("No items match")).to_be_visible()


def test_counting_goes_on_while_the_server_is_away(page, shop, wares, count, scan, watch):
    watch.expect(0, "/api/v1/")
    _, kettle, teapot = wares
    page.goto(f"/app/counts/{count['id']}")
    tally(page, scan, kettle, 2)
    tally(page, scan, teapot, 4)
    page.route("**/api/v1/**", lambda route: route.abort())
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="2 waiting")).to_be_visible()

    page.unroute("**/api/v1/**")
    page.get_by_role("button", name="Try again").click()

    expect(page.locator(".panel")).to_contain_text("2 items added to the stocktake.")
    tallies = shop.api.get(f"/counts/{count['id']}/tallies")["data"]
    assert sorted(one["quantity"] for one in tallies) == [2, 4]


def test_what_another_stocktake_counts_goes_back_to_the_shelf(page, shop, wares, count, scan, watch):
    watch.expect(409, "/tallies$")
    other = shop.new_item("Whisk")
    page.goto(f"/app/counts/{count['id']}")
    tally(page, scan, other)
    tally(page, scan, wares[1], 6)
    page.keyboard.press("Control+Enter")

    expect(page.locator(".panel")).to_contain_text("not in the category")
    expect(line(page, "Whisk").get_by_role("alert")).to_contain_text("not in the category")
    expect(line(page, "Kettle")).to_have_count(0)
    expect(row_of(page, wares[1])).to_contain_text("6")


def test_of_a_blind_one_a_clerk_is_not_told_what_is_expected(open_page, service, shop, wares, shoot):
    count = begin(shop, wares[0], blind=True)
    page = open_page(service.url, "cleo", base_url=service.url)

    page.goto(f"/app/counts/{count['id']}")

    expect(row_of(page, wares[1])).to_be_visible()
    expect(page.get_by_role("columnheader", name="Expected")).to_have_count(0)
    expect(page.get_by_role("button", name="Approve…")).to_have_count(0)
    shoot(page, "count-blind")
    end(shop, count)


def test_one_is_abandoned_after_a_question(page, shop, count):
    page.goto(f"/app/counts/{count['id']}")
    page.get_by_role("button", name="Abandon").click()
    page.get_by_role("dialog").get_by_role("button", name="Abandon it").click()

    expect(page.locator(".facts").get_by_text("Abandoned")).to_be_visible()
    page.goto("/app/counts")
    expect(rows(page).first).to_contain_text("Abandoned")


def test_an_item_that_cannot_be_posted_is_told_by_its_name(page, shop, wares, count, watch, shoot):
    watch.expect(409, "/approval$")
    _, kettle, _ = wares
    shop.api.post(f"/counts/{count['id']}/tallies", {"item_id": kettle["id"], "quantity": 0})
    sold = [{"item_id": kettle["id"], "quantity": 1}]
    shop.api.post("/sales", {"store_id": shop.street["id"], "lines": sold})
    page.goto(f"/app/counts/{count['id']}")
    page.get_by_role("button", name="Approve…").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve and post").click()

    told = page.get_by_role("dialog").get_by_role("alert")
    expect(told).to_contain_text("Of some items less is left than was missing.")
    expect(told).to_contain_text(f"Kettle ({kettle['sku']}): 6 fewer than expected were counted, and only 5 are left.")
    shoot(page, "count-refused")
