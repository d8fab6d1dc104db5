"""The screens for access and the record, each in a state worth looking at."""

from playwright.sync_api import expect


def my_account(page, shop):
    page.goto("/app/account")
    expect(page.get_by_role("row").filter(has_text="This one")).to_be_visible()
    expect(page.get_by_role("heading", name="Tokens")).to_be_visible()


def token_new(page, shop):
    my_account(page, shop)
    page.get_by_role("button", name="New token").click()
    page.get_by_role("radio", name="Only these").check()
    expect(page.get_by_label("Depot")).to_be_visible()


def token_refused(page, shop):
    token_new(page, shop)
    page.get_by_role("button", name="Make token").click()
    expect(page.get_by_text("Please look at this again")).to_be_visible()


def token_made(page, shop):
    my_account(page, shop)
    page.get_by_role("button", name="New token").click()
    page.get_by_role("textbox", name="Name").fill("Price tags")
    page.get_by_role("button", name="Make token").click()
    expect(page.get_by_label("Token", exact=True)).to_be_visible()


def password(page, shop):
    my_account(page, shop)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_label("Current password")).to_be_visible()


def users(page, shop):
    page.goto("/app/users")
    expect(page.get_by_role("row").filter(has_text="cleo")).to_be_visible()


def user(page, shop):
    person = shop.api.get("/users?username=vic")["data"][0]
    page.goto(f"/app/users/{person['id']}")
    expect(page.get_by_label("Username")).to_have_value("vic")


def user_limited(page, shop):
    user(page, shop)
    page.get_by_role("radio", name="Only these").check()
    page.get_by_label("High Street").check()
    expect(page.get_by_label("Sees the other stores too")).to_be_visible()


def deactivating(page, shop):
    user(page, shop)
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def user_access(page, shop):
    person = shop.api.get("/users?username=mara")["data"][0]
    page.goto(f"/app/users/{person['id']}?tab=access")
    expect(page.get_by_role("row").filter(has_text="This one")).to_be_visible()


def user_history(page, shop):
    person = shop.api.get("/users?username=vic")["data"][0]
    page.goto(f"/app/users/{person['id']}?tab=history")
    expect(page.get_by_role("region", name="History")).to_contain_text("Viewer")


def user_new(page, shop):
    page.goto("/app/users/new")
    expect(page.get_by_role("button", name="Add user")).to_be_visible()


def audit(page, shop):
    page.goto("/app/audit?entity=items&kind=created")
    expect(page.locator("tbody tr[data-key]").first).to_be_visible()


def audit_opened(page, shop):
    audit(page, shop)
    page.locator("tbody .row-link").first.click()
    expect(page.get_by_text("Hash of the entry before")).to_be_visible()


def item_history(page, shop):
    page.goto(f"/app/items/{shop.items[0]['id']}?tab=history")
    expect(page.get_by_role("region", name="History")).to_contain_text("Added")


def store_history(page, shop):
    page.goto(f"/app/stores/{shop.street['id']}/history")
    expect(page.get_by_role("region", name="History")).to_contain_text("Europe/Berlin")


def category_history(page, shop):
    page.goto(f"/app/categories/{shop.hand['id']}/history")
    expect(page.get_by_role("region", name="History")).to_contain_text("Inside of")


def movement_history(page, shop):
    page.goto(f"/app/movements/{shop.receipt['id']}")
    expect(page.get_by_role("region", name="History")).to_contain_text("Recorded by mara")


ACCESS_SCREENS = [
    audit, audit_opened, category_history, deactivating, item_history, movement_history, my_account, password,
    store_history, token_made, token_new, token_refused, user, user_access, user_history, user_limited, user_new, users,
]  # fmt: skip
