"""Everybody can use it: axe on every screen in both themes, 320 px, the keyboard alone, contrast of every token."""

import pytest
from access_screens import ACCESS_SCREENS
from axe_playwright_python.sync_playwright import Axe
from looking import items
from playwright.sync_api import expect
from running import gtin
from stock_screens import STOCK_SCREENS

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def no_items(page, shop):
    page.goto("/app/items?q=unobtainium")
    expect(page.get_by_text("No items match")).to_be_visible()


def item(page, shop):
    page.goto(f"/app/items/{shop.items[0]['id']}")
    expect(page.get_by_label("Name")).to_be_visible()


def item_dirty_and_refused(page, shop):
    item(page, shop)
    page.get_by_label("Name").fill("")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Please look at this again")).to_be_visible()


def item_stock(page, shop):
    page.goto(f"/app/items/{shop.items[1]['id']}?tab=stock")
    expect(page.get_by_role("row").filter(has_text="High Street")).to_be_visible()


def item_movements(page, shop):
    page.goto(f"/app/items/{shop.items[1]['id']}?tab=movements")
    expect(page.get_by_role("row").filter(has_text="Receipt")).to_be_visible()


def item_new(page, shop):
    page.goto("/app/items/new")
    expect(page.get_by_label("Name")).to_be_visible()


def scanning(page, shop):
    page.goto(f"/app/scan?mode=receipt&store={shop.street['id']}")
    expect(page.get_by_text("Receive \u00b7 High Street")).to_be_visible()
    for code in (gtin(3), "NO-SUCH"):
        page.get_by_label("Barcode or SKU").fill(code)
        page.keyboard.press("Enter")
    expect(page.get_by_text("No item has this code")).to_be_visible()
    expect(page.get_by_label("Quantity", exact=True)).to_have_count(2)


def movements(page, shop):
    page.goto("/app/movements")
    expect(page.locator("tbody tr[data-key]").first).to_be_visible()


def movement(page, shop):
    page.goto(f"/app/movements/{shop.receipt['id']}")
    expect(page.get_by_text("DN-1001")).to_be_visible()


def reversing(page, shop):
    movement(page, shop)
    page.get_by_role("button", name="Reverse").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def stores(page, shop):
    page.goto("/app/stores")
    expect(page.get_by_role("button", name="Edit Depot")).to_be_visible()


def store_dialog(page, shop):
    stores(page, shop)
    page.get_by_role("button", name="New store").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def categories(page, shop):
    page.goto("/app/categories")
    expect(page.get_by_role("button", name="Edit Tools")).to_be_visible()


def keys(page, shop):
    items(page, shop)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def account(page, shop):
    items(page, shop)
    page.get_by_role("button", name="mara").click()
    expect(page.get_by_label("Dark")).to_be_visible()


def not_found(page, shop):
    page.goto("/app/nowhere")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()


def sign_in(page, shop):
    page.context.clear_cookies()
    page.goto("/app/")
    expect(page.get_by_label("Username")).to_be_visible()


def set_up(page, shop):
    page.context.clear_cookies()
    page.goto("/app/setup")
    expect(page.get_by_role("heading", name="Set-up is done")).to_be_visible()


def set_up_first(page, shop):
    page.context.clear_cookies()
    page.route("**/api/v1/setup", lambda route: route.fulfill(status=400, body="{}"))
    page.goto("/app/setup")
    expect(page.get_by_label("Set-up code")).to_be_visible()


SCREENS = [
    account, categories, item, item_dirty_and_refused, item_movements, item_new, item_stock, items, keys, movement,
    movements, no_items, not_found, reversing, scanning, set_up, set_up_first, sign_in, store_dialog, stores,
    *ACCESS_SCREENS, *STOCK_SCREENS,
]  # fmt: skip


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_in_either_theme(open_page, service, shop, screen, shoot):
    page = open_page(service.url, "mara", base_url=service.url, color_scheme="light")
    screen(page, shop)

    grounds = set()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        grounds.add(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
        results = Axe().run(page, options=RULES)
        found = [(v["id"], [node["html"] for node in v["nodes"]]) for v in results.response["violations"]]
        assert found == [], theme
    assert len(grounds) == 2
    shoot(page, f"dark-{screen.__name__}")


def test_axe_would_find_something(page, shop):
    items(page, shop)
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")

    results = Axe().run(page, options=RULES)

    assert [violation["id"] for violation in results.response["violations"]] == ["image-alt"]


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_of_320_pixels_shows_everything_without_scrolling_sideways(open_page, service, shop, screen, shoot):
    page = open_page(service.url, "mara", base_url=service.url, viewport={"width": 320, "height": 640})
    screen(page, shop)
    shoot(page, f"narrow-{screen.__name__}")

    wide = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
          .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > innerWidth + 1)
          .filter((node) => !node.closest(".visually-hidden, .skip, .tabs, svg"))
          .map((node) => node.outerHTML.slice(0, 120))""",
    )

    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_twice_the_text_still_fits(open_page, service, shop, shoot):
    page = open_page(service.url, "mara", base_url=service.url, viewport={"width": 640, "height": 800})
    items(page, shop)

    page.evaluate("document.documentElement.style.fontSize = '200%'")

    shoot(page, "text-200")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_forced_colours_keep_states_apart(open_page, service, shop, shoot):
    page = open_page(service.url, "mara", base_url=service.url, forced_colors="active")
    scanning(page, shop)
    shoot(page, "forced-colours")

    chosen = page.locator(".mode:has(:checked)").evaluate("node => getComputedStyle(node).outlineStyle")

    assert chosen == "solid"
