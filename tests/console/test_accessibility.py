"""Everybody can use it: axe on every screen in both themes, 320 px, the keyboard alone, contrast of every token."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from running import PASSWORD, gtin

TOKENS = Path(__file__).resolve().parents[2] / "console" / "css" / "tokens.css"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def items(page, shop):
    page.goto("/app/items")
    expect(page.locator("tbody tr[data-key]")).to_have_count(50)


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
    expect(page.get_by_label("Set-up code")).to_be_visible()


SCREENS = [
    account, categories, item, item_dirty_and_refused, item_movements, item_new, item_stock, items, keys, movement,
    movements, no_items, not_found, reversing, scanning, set_up, sign_in, store_dialog, stores,
]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing(open_page, service, shop, screen, theme, shoot):
    page = open_page(service.url, "mara", base_url=service.url, color_scheme=theme)
    screen(page, shop)

    results = Axe().run(page, options=RULES)

    if theme == "dark":
        shoot(page, f"dark-{screen.__name__}")
    found = [(v["id"], [node["html"] for node in v["nodes"]]) for v in results.response["violations"]]
    assert found == []


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


def test_the_keyboard_alone_signs_in_finds_edits_and_receives(open_page, service, shop, shoot):
    page = open_page(service.url, base_url=service.url)
    thing = shop.new_item("Compass", price="10.00")
    page.goto("/app/")
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type("mara")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr[data-key]")).to_have_count(50)

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("compass", delay=90)
    expect(page.get_by_text("1 item", exact=True)).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.locator("a.row-link:focus").count():
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Compass")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.get_by_label("Price").evaluate("node => node === document.activeElement"):
            break
    page.keyboard.press("Control+a")
    page.keyboard.type("12.00", delay=90)
    page.keyboard.press("Control+s")
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    page.keyboard.press("F8")
    expect(page.get_by_label("Barcode or SKU")).to_be_focused()
    expect(page.get_by_label("Store")).to_be_visible()
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.get_by_label("Store").evaluate("node => node === document.activeElement"):
            break
    page.keyboard.type("High", delay=90)
    for _ in range(5):
        page.keyboard.press("Shift+Tab")
        if page.get_by_label("Barcode or SKU").evaluate("node => node === document.activeElement"):
            break
    page.keyboard.type(thing["sku"], delay=90)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Quantity", exact=True)).to_have_value("1")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("region", name="Posted")).to_contain_text("1 on hand")
    assert shop.api.get(f"/items/{thing['id']}")["price"] == "12.00"


def test_the_focus_is_always_to_be_seen(page, shop):
    items(page, shop)
    seen = 0

    for _ in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle",
        )
        assert style != "none", page.evaluate("document.activeElement.outerHTML")
        seen += 1

    assert seen == 25


def test_the_focus_is_not_hidden_behind_the_header(page, shop):
    items(page, shop)
    page.set_viewport_size({"width": 1280, "height": 420})
    links = page.locator("a.row-link")
    links.nth(30).focus()

    for _ in range(25):
        page.keyboard.press("ArrowUp")

    header = page.locator("thead").evaluate("node => node.querySelector('th').getBoundingClientRect().bottom")
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= header


def test_the_skip_link_leads_to_the_content(page, shop):
    items(page, shop)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()


def test_forced_colours_keep_states_apart(open_page, service, shop, shoot):
    page = open_page(service.url, "mara", base_url=service.url, forced_colors="active")
    scanning(page, shop)
    shoot(page, "forced-colours")

    chosen = page.locator(".mode:has(:checked)").evaluate("node => getComputedStyle(node).outlineStyle")

    assert chosen == "solid"


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


PAIRS = [
    *((text, ground, 4.5) for text in ("text", "muted") for ground in ("bg", "surface", "raised", "hover")),
    *(("accent", ground, 4.5) for ground in ("bg", "surface", "raised", "hover", "accent-bg")),
    ("text", "accent-bg", 4.5),
    ("muted", "accent-bg", 4.5),
    ("accent-strong", "bg", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-strong", 4.5),
    ("ok", "ok-bg", 4.5),
    ("ok", "bg", 4.5),
    ("warn", "warn-bg", 4.5),
    ("bad", "bad-bg", 4.5),
    ("bad", "bg", 4.5),
    ("bad", "raised", 4.5),
    *(("border", ground, 3) for ground in ("bg", "surface", "raised")),
    *(("focus", ground, 3) for ground in ("bg", "surface", "raised")),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_every_pair_of_colours_can_be_told_apart(front, ground, least, theme):
    pattern = r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
    tokens = {name: (light, dark) for name, light, dark in re.findall(pattern, TOKENS.read_text(encoding="utf-8"))}

    assert contrast(tokens[front][theme], tokens[ground][theme]) >= least
