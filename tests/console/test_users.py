"""Users: who may what, and what administrators do about it."""

import re

import pytest
from looking import names, rows
from playwright.sync_api import expect
from running import PASSWORD, Service

NEW_PASSWORD = "nine blue buckets"


def saved(page):
    return page.get_by_role("status").filter(has_text="Saved")


def status(page, username, password=PASSWORD):
    """Tell how signing in is answered."""
    answer = page.request.post("/api/v1/session", data={"username": username, "password": password})
    return answer.status


@pytest.fixture
def person(page, shop, request):
    """Somebody of this test's own, opened by an administrator."""
    username = request.node.name.removeprefix("test_")[:60]
    row = shop.new_user(username, "clerk", name="Pia Lund", store_ids=[shop.street["id"]])
    page.goto(f"/app/users/{row['id']}")
    expect(page.get_by_label("Username")).to_have_value(username)
    return row


@pytest.fixture
def stranger(open_page, service):
    """A browser that nobody has signed in with."""
    return open_page(service.url, base_url=service.url)


def test_the_list_says_role_stores_and_who_is_out(page, shop, shoot):
    shop.new_user("lena", "manager", name="Lena Falk", store_ids=[shop.depot["id"]], email="lena@shop.example")
    shop.new_user("luis", "viewer", active=False)
    page.goto("/app/users")

    expect(rows(page).filter(has_text="Lena Falk")).to_contain_text("Manager")
    expect(rows(page).filter(has_text="Lena Falk")).to_contain_text("Depot")
    expect(rows(page).filter(has_text="luis")).to_contain_text("Deactivated")
    expect(rows(page).filter(has_text="mara")).to_contain_text("You")
    shoot(page, "users")

    page.get_by_label("Role").select_option("Manager")
    expect(page).to_have_url(re.compile("role=manager"))
    expect(rows(page).filter(has_text="mara")).to_have_count(0)
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_label("Status").select_option("Deactivated")
    expect(names(page).filter(has_text="luis")).to_be_visible()
    expect(rows(page).filter(has_text="mara")).to_have_count(0)


def test_a_user_is_added_and_can_sign_in(page, shop, stranger, watch, shoot):
    watch.expect(400, "/api/v1/users$")
    page.goto("/app/users")
    expect(rows(page).first).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.get_by_label("Name", exact=True).fill("Nora Vik")
    page.get_by_label("Username").fill("nora")
    page.get_by_label("E-mail").fill("nora@shop.example")
    page.get_by_label("Role").select_option("Manager")
    page.get_by_role("radio", name="Only these").check()
    page.get_by_label("Depot").check()
    page.get_by_label("Sees the other stores too").uncheck()
    page.get_by_label("Password").fill("short")
    page.keyboard.press("Control+s")
    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    shoot(page, "user-new-refused")

    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Add user").click()

    expect(page.get_by_role("heading", name="Nora Vik")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/app/users/\d+$"))
    row = shop.api.get("/users?username=nora")["data"][0]
    assert (row["role"], row["store_ids"], row["sees_all_stores"]) == ("manager", [shop.depot["id"]], False)
    assert status(stranger, "nora") == 201


def test_only_what_was_changed_is_sent_with_the_version_it_was_read_in(page, shop, person, shoot):
    sent = []
    page.on("request", lambda request: request.method == "PATCH" and sent.append(request))
    page.get_by_label("Depot").check()
    expect(page.get_by_role("group", name="Unsaved changes")).to_contain_text("Unsaved: stores")
    shoot(page, "user-dirty")

    page.keyboard.press("Control+s")

    expect(saved(page)).to_be_visible()
    assert [request.post_data_json for request in sent] == [{"store_ids": [shop.street["id"], shop.depot["id"]]}]
    assert sent[0].headers["if-match"] == '"1"'


def test_a_new_role_signs_them_out(page, stranger, person):
    assert status(stranger, person["username"]) == 201
    page.get_by_label("Role").select_option("Manager")
    page.keyboard.press("Control+s")
    expect(saved(page)).to_be_visible()

    assert stranger.request.get("/api/v1/session").status == 401


def test_what_two_administrators_change_is_merged_or_chosen_between(page, shop, person, watch, shoot):
    watch.expect(412, "/api/v1/users/")
    page.get_by_label("Name", exact=True).fill("Pia Lund-Berg")
    page.get_by_label("Role").select_option("Viewer")
    shop.api.patch(person, role="manager", email="pia@shop.example")

    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Somebody else changed this too")
    expect(dialog.get_by_role("group", name="Role")).to_contain_text("Manager")
    shoot(page, "user-conflict")
    dialog.get_by_label("Theirs").check()
    dialog.get_by_role("button", name="Save").click()

    expect(saved(page)).to_contain_text("Changed elsewhere meanwhile: E-mail.")
    row = shop.api.get(f"/users/{person['id']}")
    assert (row["name"], row["role"], row["email"]) == ("Pia Lund-Berg", "manager", "pia@shop.example")


def test_a_name_that_is_taken_is_said_at_its_field(page, person, watch):
    watch.expect(409, "/api/v1/users/")
    page.get_by_label("Username").fill("Mara")
    page.keyboard.press("Control+s")

    expect(page.get_by_label("Username")).to_have_attribute("aria-invalid", "true")


def test_anothers_password_is_set(page, stranger, person):
    page.get_by_role("button", name="Set a password").click()
    dialog = page.get_by_role("dialog", name="New password for Pia Lund")
    expect(dialog).to_contain_text("signed out everywhere")
    dialog.get_by_label("New password").fill(NEW_PASSWORD)
    dialog.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("status").filter(has_text="has a new password")).to_be_visible()

    assert status(stranger, person["username"], NEW_PASSWORD) == 201
    page.get_by_label("Name", exact=True).fill("Pia")
    page.keyboard.press("Control+s")
    expect(saved(page)).to_be_visible()


def test_deactivating_asks_and_can_be_taken_back(page, stranger, person, shoot):
    page.get_by_role("button", name="Deactivate").click()
    dialog = page.get_by_role("dialog", name="Deactivate Pia Lund?")
    expect(dialog).to_contain_text("their tokens stop working")
    dialog.get_by_role("button", name="Cancel").click()
    assert status(stranger, person["username"]) == 201

    page.get_by_role("button", name="Deactivate").click()
    dialog.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("Deactivated", exact=True)).to_be_visible()
    shoot(page, "user-deactivated")
    assert stranger.request.get("/api/v1/session").status == 401

    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("button", name="Deactivate")).to_be_visible()
    assert status(stranger, person["username"]) == 201


def test_their_sessions_and_tokens_are_ended_from_here(page, stranger, person, shoot):
    assert status(stranger, person["username"]) == 201
    answer = stranger.request.post("/api/v1/tokens", data={"name": "Old till", "role": "clerk"})
    token = {"Authorization": f"Bearer {answer.json()['token']}"}
    page.get_by_role("link", name="Sessions and tokens").click()
    session = page.get_by_role("region", name="Sessions").get_by_role("table").locator("tbody tr")
    expect(session).to_have_count(1)
    shoot(page, "user-access")

    session.get_by_role("button", name="End").click()
    expect(page.get_by_text("Not signed in anywhere")).to_be_visible()
    assert stranger.request.get("/api/v1/session").status == 401
    assert stranger.request.get("/api/v1/session", headers=token).status == 200
    page.get_by_role("button", name="Revoke Old till").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke token").click()
    expect(page.get_by_text("There are no tokens")).to_be_visible()
    assert stranger.request.get("/api/v1/session", headers=token).status == 401


def test_whoever_is_no_administrator_is_offered_none_of_it(open_page, service, shop, shoot):
    page = open_page(service.url, "cleo", base_url=service.url)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/app/items")
    expect(rows(page)).to_have_count(50)
    expect(page.get_by_role("link", name="Users")).to_have_count(0)
    expect(page.get_by_role("link", name="Audit")).to_have_count(0)

    for path in ("users", "users/1", "users/new", "audit"):
        page.goto(f"/app/{path}")
        expect(page.get_by_text("This page is for administrators")).to_be_visible()
    shoot(page, "users-clerk")
    assert not [url for url in asked if "/api/v1/users" in url or "/api/v1/audit" in url]


def test_a_user_that_is_not_there_is_said_to_be_missing(page, watch):
    watch.expect(404, "/api/v1/users/")
    page.goto("/app/users/999999")

    expect(page.get_by_text("There is no such user")).to_be_visible()


@pytest.fixture
def small_service(tmp_path):
    service = Service(tmp_path / "data")
    service.add_user("olga", "admin")
    service.start()
    yield service
    service.stop()


def test_the_last_administrator_stays_one_and_a_second_may_step_back(open_page, small_service, watch):
    watch.expect(409, "/api/v1/users/")
    page = open_page(small_service.url, "olga", base_url=small_service.url)
    page.goto("/app/users/1")
    page.get_by_label("Role").select_option("Clerk")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("alert").filter(has_text="Make another administrator first.")).to_be_visible()
    page.get_by_role("button", name="Discard").click()
    page.get_by_label("Name", exact=True).fill("Olga Berg")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name="Olga Berg")).to_be_visible()

    second = {"username": "otto", "role": "admin", "password": PASSWORD}
    assert page.request.post("/api/v1/users", data=second).status == 201
    page.get_by_label("Role").select_option("Clerk")
    page.keyboard.press("Control+s")

    expect(page.get_by_text("What you may do was changed. Sign in again.")).to_be_visible()
    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This page is for administrators")).to_be_visible()
