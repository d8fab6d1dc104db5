"""What was done to a row, in the words of its form."""

import pytest
from looking import rows
from playwright.sync_api import expect


def entries(page):
    return page.get_by_role("region", name="History").get_by_role("listitem")


def told(entry, label):
    """Return what an entry says of a field."""
    return entry.locator(".changes > div").filter(has=entry.page.locator("dt", has_text=label)).locator("dd")


@pytest.fixture
def lamp(shop):
    attributes = {"colour": "red", "kilos": 1.5}
    item = shop.new_item("Lamp", price="1234.50", cost="3.00", attributes=attributes, category_id=shop.hand["id"])
    changes = {"price": None, "category_id": shop.garden["id"], "attributes": {"colour": "blue", "fragile": True}}
    shop.api.patch(item, name="Desk lamp", **changes)
    return item


def test_an_items_history_tells_before_and_after_in_words(page, shop, lamp, shoot):
    page.goto(f"/app/items/{lamp['id']}")
    page.get_by_role("navigation", name="Parts of this item").get_by_role("link", name="History").click()

    expect(entries(page)).to_have_count(2)
    changed, added = entries(page).first, entries(page).last
    expect(changed).to_contain_text("Changed by mara")
    expect(told(changed, "Name")).to_have_text("from Lamp →  to Desk lamp", use_inner_text=False)
    expect(told(changed, "Price")).to_contain_text("1,234.50")
    expect(told(changed, "Price")).to_contain_text("nothing")
    expect(told(changed, "Category")).to_contain_text("Tools / Hand tools")
    expect(told(changed, "Category")).to_contain_text("Garden")
    expect(told(changed, "Attributes: colour")).to_contain_text("blue")
    expect(told(changed, "Attributes: fragile")).to_contain_text("yes")
    expect(told(changed, "Barcodes")).to_have_count(0)
    expect(added).to_contain_text("Added by mara")
    expect(told(added, "Counted in")).to_have_text("Each (whole pieces)")
    expect(told(added, "Cost")).to_have_text("3.00")
    expect(added).to_contain_text("127.0.0.1")
    shoot(page, "item-history")


def test_archiving_and_restoring_are_told_without_fields(page, shop):
    item = shop.new_item("Old radio")
    page.goto(f"/app/items/{item['id']}")
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Name")).to_be_visible()
    page.goto(f"/app/items/{item['id']}?tab=history")

    expect(entries(page).locator("strong")).to_have_text(["Restored", "Archived", "Added"])
    expect(entries(page).nth(1).locator(".changes")).to_have_count(0)


def test_a_clerk_reads_no_cost_and_no_address(open_page, service, shop, lamp):
    page = open_page(service.url, "cleo", base_url=service.url)
    page.goto(f"/app/items/{lamp['id']}?tab=history")

    expect(entries(page)).to_have_count(2)
    expect(told(entries(page).last, "Price")).to_have_text("1,234.50")
    expect(told(entries(page).last, "Cost")).to_have_count(0)
    expect(page.get_by_text("127.0.0.1")).to_have_count(0)


def test_a_long_history_is_shown_a_part_at_a_time(page, shop):
    item = shop.new_item("Candle holder")
    for number in range(24):
        shop.api.patch(item, description=f"Number {number}")
    page.goto(f"/app/items/{item['id']}?tab=history")
    expect(entries(page)).to_have_count(20)
    expect(entries(page).first).to_contain_text("Number 23")

    page.get_by_role("button", name="Show more entries").click()

    expect(entries(page)).to_have_count(25)
    expect(entries(page).last).to_contain_text("Added")
    expect(page.get_by_role("button", name="Show more entries")).to_be_hidden()


def test_a_movements_history_names_what_reversed_it(page, shop, shoot):
    receipt = shop.receive([(shop.new_item("Vase"), 4)], reference="H-1", note="Two are chipped")
    reversal = shop.api.post(f"/movements/{receipt['id']}/reversal")
    page.goto(f"/app/movements/{receipt['id']}")

    expect(entries(page)).to_have_count(2)
    expect(entries(page).first).to_contain_text("Reversed by mara")
    expect(entries(page).last).to_contain_text("Recorded by mara")
    # What it says stands above already, and never changes.
    expect(page.get_by_text("Two are chipped")).to_have_count(1)
    shoot(page, "movement-history", full=True)
    entries(page).first.get_by_role("link", name=f"Movement {reversal['id']}").click()
    expect(page.get_by_role("heading", name=f"Reversal {reversal['id']}")).to_be_visible()


def test_a_store_and_a_category_lead_to_their_history(page, shop, shoot):
    store = shop.api.post("/stores", {"code": "QU", "name": "Quay", "timezone": "Europe/Berlin"})
    shop.api.patch(store, allow_negative_stock=True)
    page.goto("/app/stores")
    page.get_by_role("link", name="History of Quay").click()
    expect(page.get_by_role("heading", name="History of Quay")).to_be_focused()
    expect(told(entries(page).first, "Stock may go below zero")).to_contain_text("yes")
    shoot(page, "store-history")
    page.get_by_role("link", name="All stores").click()
    expect(page.get_by_role("button", name="New store")).to_be_visible()

    inner = shop.api.post("/categories", {"name": "Lamps", "parent_id": shop.tools["id"]})
    shop.api.patch(inner, parent_id=shop.garden["id"])
    page.goto("/app/categories")
    page.get_by_role("link", name="History of Lamps").click()
    expect(page.get_by_role("heading", name="History of Garden / Lamps")).to_be_visible()
    expect(told(entries(page).first, "Inside of")).to_contain_text("Tools")
    expect(told(entries(page).first, "Inside of")).to_contain_text("Garden")


def test_a_users_history_tells_that_a_password_changed_and_not_what_it_is(page, shop, shoot):
    person = shop.new_user("hilda", "clerk", name="Hilda Ost", store_ids=[shop.depot["id"]])
    shop.api.patch(person, role="manager", store_ids=[])
    shop.api.patch(person, active=False)
    answer = page.request.put(f"/api/v1/users/{person['id']}/password", data={"password": "nine blue buckets"})
    assert answer.ok
    page.goto(f"/app/users/{person['id']}?tab=history")

    expect(entries(page).locator("strong")).to_have_text(["New password", "Deactivated", "Changed", "Added"])
    expect(told(entries(page).first, "Password")).to_have_text("changed; the record does not tell it")
    expect(told(entries(page).nth(2), "Role")).to_contain_text("Manager")
    expect(told(entries(page).nth(2), "Stores")).to_contain_text("Depot")
    expect(told(entries(page).nth(2), "Stores")).to_contain_text("All stores")
    shoot(page, "user-history")


def test_a_history_of_nothing_that_is_there_is_missing(page, watch):
    watch.expect(404, "/api/v1/stores/")
    page.goto("/app/stores/999999/history")

    expect(page.get_by_text("There is no such store")).to_be_visible()


def test_a_history_that_fails_says_so_and_can_be_tried_again(page, shop, watch):
    watch.expect(500, "/history")
    page.route("**/history?*", lambda route: route.fulfill(status=500, json={"title": "Broken", "status": 500}))
    page.goto(f"/app/items/{shop.items[3]['id']}?tab=history")
    expect(page.get_by_role("alert").filter(has_text="Broken")).to_be_visible()

    page.unroute("**/history?*")
    page.get_by_role("button", name="Try again").click()
    expect(entries(page).first).to_be_visible()


def test_fields_are_called_as_their_forms_call_them(page, shop):
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)
    base = page.locator("script[type=module]").get_attribute("src").removesuffix("main.js")
    ask = """async ([base, view, make, entity]) => {
      const [words, form] = await Promise.all([import(`${base}views/record-words.js`), import(`${base}views/${view}`)]);
      const labels = words.labelsOf(entity);
      return form[make]().map(({ name, label }) => [name, label, labels[name]]);
    }"""
    for form in (["item-fields.js", "itemFields", "items"], ["user-fields.js", "userFields", "users"]):
        said = page.evaluate(ask, [base, *form])
        assert [name for name, typed, recorded in said if typed != recorded] == []

    for noun, title in (("stores", "store"), ("categories", "category")):
        page.goto(f"/app/{noun}")
        page.get_by_role("button", name=f"New {title}").click()
        typed = page.get_by_role("dialog").locator("label").all_inner_texts()
        script = f"async (base) => (await import(`${{base}}views/record-words.js`)).labelsOf('{noun}')"
        recorded = page.evaluate(script, base)
        assert {label.removesuffix(" *").strip() for label in typed} <= set(recorded.values())
