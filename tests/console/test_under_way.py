"""Goods on their way, in the browser: they arrive in parts, are lost by name, and are called back."""

import pytest
from looking import rows
from playwright.sync_api import expect


@pytest.fixture
def transfer(shop):
    """Ten ropes and two nets on their way to the depot."""
    rope, net = shop.new_item("Rope ladder"), shop.new_item("Net")
    shop.receive([(rope, 12), (net, 2)])
    lines = [{"item_id": rope["id"], "quantity": 10}, {"item_id": net["id"], "quantity": 2}]
    body = {"store_id": shop.street["id"], "to_store_id": shop.depot["id"], "lines": lines}
    return shop.api.post("/transfers", body)


def say(page, what, **quantities):
    page.get_by_role("button", name=f"{what}\u2026").click()
    dialog = page.get_by_role("dialog")
    for name, number in quantities.items():
        dialog.get_by_label(name.replace("_", " ")).fill(number)
    return dialog


def progress(page):
    return page.get_by_role("region", name="Progress")


def test_goods_arrive_in_parts_and_what_is_lost_is_named(page, transfer, shoot):
    page.goto(f"/app/movements/{transfer['id']}")
    dialog = say(page, "Arrived", Rope_ladder="6", Net="")
    shoot(page, "transfer-arrival")
    dialog.get_by_role("button", name="It arrived").click()
    expect(page.get_by_role("heading", name="Arrival")).to_be_visible()
    page.get_by_role("link", name=f"Transfer {transfer['id']}").click()
    expect(progress(page).get_by_role("row").filter(has_text="Rope ladder")).to_contain_text("Rope ladder1064")

    dialog = say(page, "Lost", Rope_ladder="1")
    dialog.get_by_role("button", name="It is lost").click()
    expect(dialog.get_by_text("This is needed.").first).to_be_visible()
    dialog.get_by_label("Reason").fill("Fell off the van")
    dialog.get_by_role("button", name="It is lost").click()
    expect(page.get_by_role("heading", name="Loss")).to_be_visible()
    page.get_by_role("link", name=f"Transfer {transfer['id']}").click()
    expect(progress(page).get_by_role("row").filter(has_text="Rope ladder")).to_contain_text("Rope ladder10631")
    shoot(page, "transfer-progress")


def test_what_is_called_back_is_on_its_shelf_again(page, shop, transfer):
    page.goto(f"/app/movements/{transfer['id']}")
    say(page, "Call back").get_by_role("button", name="Call it back").click()

    expect(page.get_by_role("heading", name="Recall")).to_be_visible()
    page.goto(f"/app/movements/{transfer['id']}")
    expect(progress(page).get_by_role("row").filter(has_text="Net")).to_contain_text("Net20002")
    expect(page.get_by_role("button", name="Arrived")).to_have_count(0)
    (rope, _) = transfer["lines"]
    assert shop.on_hand({"id": rope["item_id"]}) == 12


def test_more_than_is_on_its_way_is_said_at_its_field(page, transfer, watch):
    watch.expect(409, "/arrival$")
    page.goto(f"/app/movements/{transfer['id']}")
    dialog = say(page, "Arrived", Rope_ladder="11")
    dialog.get_by_role("button", name="It arrived").click()

    expect(dialog.get_by_label("Rope ladder")).to_have_attribute("aria-invalid", "true")
    expect(rows(page).first).to_be_visible()
