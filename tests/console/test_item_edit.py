"""Editing an item while others edit it too."""

import pytest
from playwright.sync_api import expect
from running import PASSWORD


@pytest.fixture
def ladder(page, shop):
    """An item of this test's own, opened for editing."""
    item = shop.new_item("Ladder", price="49.00", cost="20.00", description="Aluminium")
    page.goto(f"/app/items/{item['id']}")
    expect(page.get_by_label("Name")).to_have_value("Ladder")
    return item


def saved(page):
    return page.get_by_role("status").filter(has_text="Saved")


def test_only_what_was_changed_is_sent_with_the_version_it_was_read_in(page, shop, ladder):
    sent = []
    page.on("request", lambda request: request.method == "PATCH" and sent.append(request))

    page.get_by_label("Price").fill("52,50")
    expect(page.get_by_role("group", name="Unsaved changes")).to_contain_text("Unsaved: price")
    page.keyboard.press("Control+s")

    expect(saved(page)).to_be_visible()
    assert [request.post_data_json for request in sent] == [{"price": "52.50"}]
    assert sent[0].headers["if-match"] == '"1"'
    expect(page.get_by_role("group", name="Unsaved changes")).to_be_hidden()
    assert shop.api.get(f"/items/{ladder['id']}")["price"] == "52.50"


def test_discarding_shows_what_is_saved(page, ladder, shoot):
    page.get_by_label("Name").fill("Stepladder")
    page.get_by_label("Description").fill("")
    shoot(page, "item-dirty")

    page.get_by_role("button", name="Discard").click()

    expect(page.get_by_label("Name")).to_have_value("Ladder")
    expect(page.get_by_label("Description")).to_have_value("Aluminium")


def test_changes_of_different_fields_are_merged_without_a_question(page, shop, ladder, watch):
    watch.expect(412, "/api/v1/items/")
    page.get_by_label("Name").fill("Stepladder")
    shop.api.patch(ladder, price="55.00")

    page.keyboard.press("Control+s")

    expect(saved(page)).to_contain_text("Changed elsewhere meanwhile: Price.")
    row = shop.api.get(f"/items/{ladder['id']}")
    assert (row["name"], row["price"], row["version"]) == ("Stepladder", "55.00", 3)
    expect(page.get_by_label("Price")).to_have_value("55.00")


def test_changes_of_the_same_field_are_chosen_between(page, shop, ladder, watch, shoot):
    watch.expect(412, "/api/v1/items/")
    page.get_by_label("Name").fill("Stepladder")
    page.get_by_label("Price").fill("60.00")
    shop.api.patch(ladder, name="Folding ladder", price="55.00", description="Wood")

    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Somebody else changed this too")
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    dialog.get_by_role("group", name="Name").get_by_label("Mine").check()
    dialog.get_by_role("group", name="Price").get_by_label("Theirs").check()
    shoot(page, "item-conflict")
    dialog.get_by_role("button", name="Save").click()

    expect(saved(page)).to_contain_text("Changed elsewhere meanwhile: Description.")
    row = shop.api.get(f"/items/{ladder['id']}")
    assert (row["name"], row["price"], row["description"]) == ("Stepladder", "55.00", "Wood")


@pytest.mark.parametrize("key", ["Enter", "Control+s"])
def test_a_conflict_is_settled_by_the_keyboard_alone(page, shop, ladder, watch, key):
    watch.expect(412, "/api/v1/items/")
    page.get_by_label("Name").fill("Stepladder")
    shop.api.patch(ladder, name="Folding ladder")

    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Somebody else changed this too")
    expect(dialog.get_by_label("Mine")).to_be_focused()
    page.keyboard.press(key)
    expect(dialog).to_be_visible()
    page.keyboard.press("Space")
    page.keyboard.press(key)

    expect(saved(page)).to_be_visible()
    expect(dialog).to_have_count(0)
    assert shop.api.get(f"/items/{ladder['id']}")["name"] == "Stepladder"


def test_going_on_editing_loses_nothing_that_was_typed(page, shop, ladder, watch):
    watch.expect(412, "/api/v1/items/")
    page.get_by_label("Name").fill("Stepladder")
    shop.api.patch(ladder, name="Folding ladder")

    page.keyboard.press("Control+s")
    page.get_by_role("dialog").get_by_role("button", name="Go on editing").click()

    expect(page.get_by_label("Name")).to_have_value("Stepladder")
    assert shop.api.get(f"/items/{ladder['id']}")["name"] == "Folding ladder"


def test_a_lost_answer_is_not_taken_for_a_conflict(page, shop, ladder, watch):
    watch.expect(412, "/api/v1/items/")
    watch.expect(0, "/api/v1/items/")
    lost = []

    def lose(route):
        if route.request.method == "PATCH" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route(f"**/api/v1/items/{ladder['id']}", lose)
    page.get_by_label("Name").fill("Stepladder")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("alert").filter(has_text="cannot be reached").first).to_be_visible()
    page.keyboard.press("Control+s")

    expect(saved(page)).to_be_visible()
    assert lost == [200]
    assert shop.api.get(f"/items/{ladder['id']}")["version"] == 2


def test_two_people_in_two_browsers_lose_nothing(page, open_page, service, shop, ladder, watch):
    watch.expect(412, "/api/v1/items/")
    other = open_page(service.url, "mara", base_url=service.url)
    other.goto(f"/app/items/{ladder['id']}")
    expect(other.get_by_label("Name")).to_have_value("Ladder")

    page.get_by_label("Name").fill("Stepladder")
    other.get_by_label("Description").fill("Beech")
    page.keyboard.press("Control+s")
    expect(saved(page)).to_be_visible()
    other.keyboard.press("Control+s")
    expect(saved(other)).to_be_visible()

    row = shop.api.get(f"/items/{ladder['id']}")
    assert (row["name"], row["description"]) == ("Stepladder", "Beech")


def test_archiving_can_be_undone_from_the_note(page, shop, ladder):
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("until it is restored")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_count(0)

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_label("Name")).to_be_visible()
    assert shop.api.get(f"/items/{ladder['id']}")["archived_at"] is None


def test_an_archived_item_can_be_found_and_restored(page, shop):
    item = shop.new_item("Old kettle")
    page.goto(f"/app/items/{item['id']}")
    page.get_by_role("button", name="Archive").click()
    page.goto("/app/items")
    page.get_by_label("Status").select_option("Archived")

    page.get_by_role("link", name="Old kettle").click()
    page.get_by_role("button", name="Restore").click()

    expect(page.get_by_role("button", name="Archive")).to_be_visible()


def test_the_tabs_show_where_it_stands_and_how_it_moved(page, shop, shoot):
    item = shop.items[0]
    shop.api.post("/sales", {"store_id": shop.street["id"], "lines": [{"item_id": item["id"], "quantity": 1}]})
    page.goto(f"/app/items/{item['id']}")

    page.get_by_role("link", name="Stock by store").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Adjust"))
    expect(row).to_contain_text(str(shop.on_hand(item)))
    shoot(page, "item-stock")
    page.get_by_role("navigation", name="Parts of this item").get_by_role("link", name="Movements").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Sale")
    expect(page.get_by_role("row").last).to_contain_text("Receipt")
    shoot(page, "item-movements")
    page.go_back()

    expect(row).to_be_visible()


def test_switching_tabs_keeps_what_was_typed(page, ladder):
    page.get_by_label("Name").fill("Half a ladder")

    page.get_by_role("link", name="Stock by store").click()
    expect(page.get_by_text("None in stock yet")).to_be_visible()
    page.get_by_role("link", name="Details").click()

    expect(page.get_by_label("Name")).to_have_value("Half a ladder")


def test_a_clerk_reads_it_and_sees_no_cost(open_page, service, shop, shoot):
    page = open_page(service.url, "cleo", base_url=service.url)
    page.goto(f"/app/items/{shop.items[5]['id']}")

    expect(page.get_by_text(shop.items[5]["barcodes"][0])).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)
    expect(page.get_by_text("Cost", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Archive")).to_have_count(0)
    shoot(page, "item-clerk")


def test_the_next_user_of_this_computer_sees_their_own(open_page, service, shop):
    page = open_page(service.url, "cleo", base_url=service.url)
    path = f"/app/items/{shop.items[5]['id']}"
    page.goto(path)
    expect(page.get_by_text(shop.items[5]["sku"], exact=True).first).to_be_visible()

    page.get_by_role("button", name="cleo").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Username").fill("mara")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_label("Cost")).to_have_value(shop.items[5]["cost"])


def test_what_an_item_is_of_its_group_is_told(page, shop):
    sizes = [{"name": "Size", "values": ["Small", "Large"]}]
    group = shop.api.post("/item-groups", {"name": "Jar", "options": sizes})
    jar = shop.new_item("Jar", group_id=group["id"], options={"Size": "Large"})

    page.goto(f"/app/items/{jar['id']}")

    expect(page.get_by_text("Options: Size: Large")).to_be_visible()


def test_packs_are_kept_with_the_item_and_told_to_who_only_reads(page, shop, ladder, scan, open_page, service):
    page.get_by_role("button", name="Add a pack").click()
    scan(page, "ladders-4")
    expect(page.get_by_label("Pack's barcode")).to_have_value("ladders-4")
    page.get_by_label("Pack holds").fill("4")
    page.get_by_label("Pack's name").fill("bundle")
    page.keyboard.press("Control+s")

    expect(saved(page)).to_be_visible()
    assert shop.api.get("/barcodes/ladders-4")["packs"] == [{"barcode": "ladders-4", "quantity": 4, "name": "bundle"}]
    reader = open_page(service.url, "vic", base_url=service.url)
    reader.goto(f"/app/items/{ladder['id']}")
    expect(reader.get_by_text("bundle of 4 (ladders-4)")).to_be_visible()
