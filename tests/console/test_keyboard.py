"""Everything by keyboard alone, and the focus always in sight."""

from looking import items
from playwright.sync_api import expect
from running import PASSWORD


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
