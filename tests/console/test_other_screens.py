"""Movements, stores and categories."""

import re

from playwright.sync_api import expect


def rows(page):
    return page.locator("tbody tr[data-key]")


def test_movements_stand_newest_first_and_narrow_by_kind_and_store(page, shop, shoot):
    item = shop.new_item("Rope")
    shop.receive([(item, 3)], reference="R-1")
    shop.api.post("/sales", {"store_id": shop.street["id"], "lines": [{"item_id": item["id"], "quantity": 1}]})
    page.goto("/app/movements")
    expect(rows(page).first).to_contain_text("Sale")
    expect(rows(page).first).to_contain_text("1 \u00d7 Rope")
    shoot(page, "movements")

    page.get_by_label("Kind").select_option("Receipt")
    page.get_by_label("Store", exact=True).select_option("High Street")

    expect(page).to_have_url(re.compile(r"kind=receipt&store_id=\d+"))
    expect(rows(page).filter(has_text="Sale")).to_have_count(0)
    expect(rows(page).first).to_contain_text("R-1")


def test_a_movement_is_reversed_once_and_both_stay(page, shop, shoot):
    item = shop.new_item("Lantern")
    receipt = shop.receive([(item, 6)], reference="R-2", note="By van")
    page.goto(f"/app/movements/{receipt['id']}")
    expect(page.get_by_role("heading", name=f"Receipt {receipt['id']}")).to_be_visible()
    expect(page.get_by_text("By van")).to_be_visible()

    page.get_by_role("button", name="Reverse").click()
    shoot(page, "movement-reverse")
    page.get_by_role("dialog").get_by_role("button", name="Reverse it").click()
    expect(page.get_by_role("heading", name="Reversal")).to_be_visible()
    page.get_by_role("link", name=f"Movement {receipt['id']}").click()

    expect(page.locator(".facts").get_by_text("Reversed by")).to_be_visible()
    expect(page.get_by_role("button", name="Reverse")).to_have_count(0)
    assert shop.on_hand(item) == 0


def test_a_reversal_whose_answer_was_lost_is_not_done_twice(page, shop, watch):
    watch.expect(0, "/reversal$")
    item = shop.new_item("Torch")
    receipt = shop.receive([(item, 6)])
    lost = []

    def lose(route):
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    page.route("**/reversal", lose)
    page.goto(f"/app/movements/{receipt['id']}")
    page.get_by_role("button", name="Reverse").click()
    page.get_by_role("dialog").get_by_role("button", name="Reverse it").click()

    expect(page.get_by_role("alert").filter(has_text="cannot be reached").first).to_be_visible()
    expect(page.locator(".facts").get_by_text("Reversed by")).to_be_visible()
    assert shop.on_hand(item) == 0


def test_a_store_is_added_changed_archived_and_restored(page, shop, shoot):
    page.goto("/app/stores")
    expect(page.get_by_role("button", name="New store")).to_be_visible()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New store")
    expect(dialog.get_by_label("Name")).to_be_focused()
    shoot(page, "store-new")

    dialog.get_by_label("Name").fill("Harbour")
    dialog.get_by_label("Code").fill("HB")
    dialog.get_by_role("button", name="Add").click()
    expect(page.get_by_role("row").filter(has_text="Harbour")).to_be_visible()
    page.get_by_role("button", name="Edit Harbour").click()
    page.get_by_label("Stock may go below zero").check()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("row").filter(has_text="Harbour")).to_contain_text("Allowed")
    page.get_by_role("button", name="Archive Harbour").click()
    expect(page.get_by_role("row").filter(has_text="Harbour")).to_have_count(0)
    page.get_by_label("Status").select_option("Archived")
    page.get_by_role("button", name="Restore Harbour").click()

    expect(page.get_by_text("Nothing is archived").or_(page.get_by_text("No stores match"))).to_be_visible()
    store = shop.api.get("/stores?code=HB")["data"][0]
    assert (store["allow_negative_stock"], store["version"]) == (True, 4)


def test_a_code_that_is_taken_is_said_at_its_field(page, shop, watch):
    watch.expect(409, "/api/v1/stores")
    page.goto("/app/stores")
    page.get_by_role("button", name="New store").click()

    page.get_by_role("dialog").get_by_label("Name").fill("Second High Street")
    page.get_by_role("dialog").get_by_label("Code").fill("hs")
    page.get_by_role("dialog").get_by_role("button", name="Add").click()

    expect(page.get_by_role("dialog").get_by_label("Code")).to_have_attribute("aria-invalid", "true")


def test_a_store_with_goods_in_it_says_why_it_stays(page, shop, watch):
    watch.expect(409, "/api/v1/stores/")
    page.goto("/app/stores")

    page.get_by_role("button", name="Archive High Street").click()

    expect(page.get_by_role("alert").filter(has_text="Goods are in this store")).to_be_visible()


def test_a_category_stands_inside_another_and_is_offered_at_once(page, shop, shoot):
    page.goto("/app/categories")
    page.get_by_role("button", name="New category").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Pruning")
    dialog.get_by_label("Inside of").select_option("Garden")
    dialog.get_by_role("button", name="Add").click()
    expect(page.get_by_role("row").filter(has_text="Garden \u203a Pruning")).to_be_visible()
    shoot(page, "categories")

    page.get_by_role("link", name="Items", exact=True).first.click()

    expect(page.get_by_label("Category").locator("option", has_text="Garden / Pruning")).to_have_count(1)


def test_a_category_is_not_offered_to_stand_inside_itself(page, shop):
    page.goto("/app/categories")

    page.get_by_role("button", name="Edit Tools").click()

    options = page.get_by_role("dialog").get_by_label("Inside of").locator("option").all_inner_texts()
    assert "Garden" in options
    assert not [option for option in options if option.startswith("Tools")]


def test_the_help_lists_the_keys_of_this_screen(page, shoot):
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)
    page.keyboard.press("?")

    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("New item")
    shoot(page, "keys")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_letters_lead_to_screens_and_can_be_switched_off(page):
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)
    page.keyboard.press("g")
    page.wait_for_timeout(150)
    page.keyboard.press("m")
    expect(page.get_by_role("heading", name="Movements")).to_be_visible()

    page.get_by_role("button", name="mara").click()
    page.get_by_label("Single letters as shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_timeout(200)

    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("F8")
    expect(page.get_by_role("heading", name="Scan")).to_be_visible()


def test_the_theme_is_kept_without_a_flash(page, shoot):
    page.goto("/app/items")
    page.get_by_role("button", name="mara").click()
    expect(page.get_by_label("Dark")).to_be_visible()
    page.get_by_label("Dark").check()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    shoot(page, "account-menu")

    page.goto("/app/stores", wait_until="commit")

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(20, 23, 28)"


def test_a_browser_without_the_navigation_api_loads_pages_instead(page, shop):
    page.add_init_script("delete window.navigation")
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)
    assert page.evaluate("typeof window.navigation") == "undefined"

    page.get_by_role("searchbox").fill("hammer blue")
    expect(page.get_by_text("4 items")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_be_focused()
    rows(page).first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Hammer blue")).to_be_visible()
    page.go_back()

    expect(page.get_by_text("4 items")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("hammer blue")


def test_a_page_from_before_a_release_loads_the_new_one(page, watch):
    watch.expect(404, "views/stores.js")
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)
    gone = [True]
    page.route("**/views/stores.js", lambda route: route.fulfill(status=404) if gone.pop() else route.continue_())
    gone.insert(0, False)

    page.get_by_role("link", name="Stores").click()

    expect(page.get_by_role("button", name="New store")).to_be_visible()
    expect(page).to_have_url(re.compile("/app/stores$"))


def test_going_on_before_a_page_has_loaded_leaves_nothing_behind(page, shop):
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)
    held = []
    page.route(
        f"**/api/v1/items/{shop.items[0]['id']}",
        lambda route: held.append(route),  # noqa: PLW0108 - Playwright marks the function
    )
    page.get_by_role("searchbox").fill(shop.items[0]["sku"])
    with page.expect_request(f"**/api/v1/items/{shop.items[0]['id']}"):
        rows(page).first.get_by_text(shop.items[0]["name"]).click()
    page.get_by_role("link", name="Stores").click()
    expect(page.get_by_role("button", name="New store")).to_be_visible()

    held[0].continue_()
    page.wait_for_timeout(300)

    expect(page).to_have_title("Stores \u00b7 Storekeeper")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("heading", name="Stores")).to_be_visible()


def test_the_menu_under_the_name_leads_to_my_account(page, shop):
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)
    page.get_by_role("button", name="mara").click()
    page.get_by_role("link", name="My account").click()

    expect(page).to_have_url(re.compile("/app/account$"))
    expect(page.get_by_role("heading", name="My account")).to_be_focused()
    expect(page.get_by_role("link", name="My account")).to_be_hidden()
