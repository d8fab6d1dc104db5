"""What the record tells over HTTP: to whom, of whom, and nothing that is not theirs to know."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import shop_data
from refusals import assert_problem
from service import KEY
from sqlalchemy import update

from common import clock
from common.database import again, db
from common.http import refused
from common.settings_schema import Security
from models.sign_in import SignIn

ITEM = {"sku": "X1", "name": "Thing", "price": "3.5", "cost": "1", "attributes": {"weight": 1.25}}


@pytest.fixture
def telling(opened):
    """A service that records what it refuses, too."""
    return opened(security=Security(secret_key=KEY, sign_in_attempts=0))


def newest(service, query=""):
    return service.get(f"audit?limit=1{query}").json["data"][0]


def test_a_change_is_told_with_who_through_what_and_from_where(fresh):
    item = fresh.made("items", ITEM, role="manager")
    asked = {"X-Request-Id": "my-request"}
    fresh.send("PATCH", f"items/{item['id']}", role="manager", body={"price": "4"}, headers=asked)

    entry = newest(fresh)
    me = fresh.get("session", role="manager").json
    mine = fresh.get("sessions?sort=-id", role="manager").json["data"][0]
    assert (entry["entity"], entry["row_id"], entry["version"], entry["kind"]) == ("items", item["id"], 2, "changed")
    assert (entry["by"], entry["by_name"], entry["session_id"]) == (me["id"], "manager", mine["id"])
    assert (entry["place"], entry["request_id"]) == ("127.0.0.1", "my-request")
    assert entry["changes"] == {"price": ["3.50", "4.00"]}


def test_each_entry_names_the_hash_of_the_one_before(fresh):
    fresh.made("items", ITEM)

    entries = fresh.get("audit?limit=200").json["data"]
    assert [entry["position"] for entry in entries] == list(range(len(entries), 0, -1))
    assert [entry["previous_hash"] for entry in entries[:-1]] == [entry["hash"] for entry in entries[1:]]
    assert entries[-1]["previous_hash"] == "0" * 64


def test_a_token_is_named_where_it_is_what_was_used(fresh):
    made = fresh.made("tokens", {"name": "till", "role": "manager"}, role="manager")
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert fresh.post("items", ITEM, role=None, headers=bearer).status_code == 201

    entry = newest(fresh)
    assert (entry["by_name"], entry["token_id"], entry["session_id"]) == ("manager", made["id"], None)


def test_a_history_shows_of_a_change_what_the_caller_sees_of_the_row(fresh):
    item = fresh.made("items", ITEM)
    fresh.send("PATCH", f"items/{item['id']}", body={"cost": "2", "name": "Better thing"})

    path = f"items/{item['id']}/history"
    changed, created = fresh.get(path, role="viewer").json["data"]
    assert changed["changes"] == {"name": ["Thing", "Better thing"]}
    assert "cost" not in created["changes"]
    assert created["changes"]["attributes"] == [None, {"weight": 1.25}]
    assert not {"place", "session_id", "token_id", "request_id"} & changed.keys()
    assert fresh.get(path, role="manager").json["data"][0]["changes"]["cost"] == ["1.00", "2.00"]


def test_a_history_tells_of_its_row_alone(fresh):
    one, other = (fresh.made("items", ITEM | {"sku": sku}) for sku in ("X1", "X2"))

    (entry,) = fresh.get(f"items/{one['id']}/history").json["data"]
    assert entry["row_id"] == one["id"] != other["id"]


def test_a_document_tells_when_it_is_reversed(fresh):
    item = fresh.made("items", ITEM)
    lines = [{"item_id": item["id"], "quantity": 3}]
    receipt = fresh.made("receipts", {"store_id": 1, "lines": lines}, role="clerk")
    reversal = fresh.made(f"movements/{receipt['id']}/reversal", {}, role="clerk")

    changed, created = fresh.get(f"movements/{receipt['id']}/history").json["data"]
    assert changed["changes"] == {"reversed_by_id": [None, reversal["id"]]}
    assert changed["version"] == fresh.get(f"movements/{receipt['id']}").json["version"] == 2
    assert created["changes"]["lines_digest"][1]


def test_how_a_store_lists_an_item_has_its_history_from_the_first_listing_on(fresh):
    item = fresh.made("items", ITEM)
    path = f"stores/1/listings/{item['id']}"
    assert_problem(fresh.get(f"{path}/history"), 404)

    fresh.send("PUT", path, body={"price": "9", "reorder_point": 2.0})
    fresh.send("PUT", path, body={"price": "8", "reorder_point": 2.0})

    changed, created = fresh.get(f"{path}/history").json["data"]
    assert created["changes"]["reorder_point"] == [None, 2]
    assert changed["changes"] == {"price": ["9.00", "8.00"]}


def test_no_secret_is_told(fresh):
    token = fresh.made("tokens", {"name": "till", "role": "viewer"})
    fresh.send("PUT", "users/1/password", body={"password": "a-fresh-wicker-basket"})

    whole = fresh.get("audit?limit=200").text
    assert token["token"] not in whole
    assert "argon2" not in whole
    assert newest(fresh, "&entity=users")["changes"] == {"password": ["***", "***"]}


def test_signing_in_and_out_is_told(fresh):
    fresh.sign_in("spare")
    fresh.send("DELETE", "session", role="spare")

    ended, begun = fresh.get("audit?entity=sessions&limit=2").json["data"]
    assert (begun["kind"], begun["by_name"], begun["place"]) == ("created", "spare", "127.0.0.1")
    assert (ended["kind"], ended["by_name"], ended["row_id"]) == ("deleted", "spare", begun["row_id"])


def test_a_sign_in_that_fails_is_told_and_names_whom_it_was_about_if_there_is_such_an_account(telling):
    for username in ("clerk", "nobody-of-ours"):
        telling.post("session", {"username": username, "password": "not this one"}, role=None)

    unknown, known = telling.get("audit?kind=refused&entity=sessions").json["data"]
    assert (known["by"], known["changes"]) == (None, {"username": [None, "clerk"]})
    assert (unknown["by"], unknown["changes"]) == (None, {})


def test_passkeys_that_anybody_can_send_do_not_fill_it(telling):
    response = {"clientDataJSON": "AAAA", "authenticatorData": "AAAA", "signature": "AAAA"}
    junk = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": response}
    before = newest(telling)
    for _ in range(3):
        assert_problem(telling.post("session", {"passkey": junk}, role=None), 401, "wrong-second-factor")
    assert newest(telling) == before

    known = {"username": "viewer", "password": shop_data.PASSWORD}
    assert_problem(telling.post("session", known | {"passkey": junk}, role=None), 401, "wrong-second-factor")
    assert newest(telling)["changes"] == {"username": [None, "viewer"]}


def test_what_is_refused_to_somebody_is_told(telling):
    assert_problem(telling.get("users", role="clerk"), 403)
    assert_problem(telling.get("users", role=None), 401)

    (entry,) = telling.get("audit?entity=requests").json["data"]
    assert (entry["by_name"], entry["kind"]) == ("clerk", "refused")
    assert entry["changes"] == {"request": [None, "GET /api/v1/users"]}


def test_nobody_buries_the_record_under_refusals(telling, monkeypatch):
    monkeypatch.setattr(refused, "MOST", 3)
    began = clock.now()
    for _ in range(5):
        assert_problem(telling.get("users", role="clerk"), 403)
    assert_problem(telling.get("users", role="viewer"), 403)

    others, last, *first = telling.get("audit?entity=requests").json["data"]
    assert [entry["by_name"] for entry in (others, last, *first)] == ["viewer", *["clerk"] * 3]
    until = datetime.fromisoformat(last["changes"].pop("left_out_until")[1])
    assert until - began >= timedelta(hours=1)
    assert all(entry["changes"] == {"request": [None, "GET /api/v1/users"]} for entry in (others, last, *first))

    monkeypatch.setattr(clock, "now", lambda: until)
    assert_problem(telling.get("users", role="clerk"), 403)
    assert newest(telling)["by_name"] == "clerk"
    assert len(telling.get("audit?entity=requests").json["data"]) == 5


def test_a_current_password_that_is_wrong_is_told(telling):
    me = telling.get("session", role="clerk").json["id"]
    wrong = {"password": "a new one of mine", "current_password": "not the old one"}
    assert_problem(telling.send("PUT", f"users/{me}/password", role="clerk", body=wrong), 400)

    (entry,) = telling.get("audit?entity=requests").json["data"]
    assert (entry["by_name"], entry["changes"]) == ("clerk", {"request": [None, f"PUT /api/v1/users/{me}/password"]})


@pytest.mark.parametrize("end", ["sign out", "idle too long"])
def test_a_session_that_is_over_is_no_session_and_keeps_its_history(fresh, end):
    fresh.sign_in("spare")
    mine = fresh.get("sessions?sort=-id", role="spare").json["data"][0]["id"]
    if end == "sign out":
        fresh.send("DELETE", "session", role="spare")
    else:
        over = update(SignIn).where(SignIn.id == mine).values(idle_until=clock.now() - timedelta(seconds=1))
        with fresh.app.app_context():
            again(db.session(), lambda session: session.execute(over))

    assert mine not in [session["id"] for session in fresh.get("sessions?limit=200").json["data"]]
    assert_problem(fresh.get(f"sessions/{mine}"), 404)
    history = fresh.get(f"sessions/{mine}/history").json["data"]
    assert [entry["kind"] for entry in history][-1] == "created"
    assert_problem(fresh.get(f"sessions/{mine + 100}/history"), 404)


def test_who_may_not_read_the_record_learns_nothing(fresh):
    for path in ("audit", "audit/1", "users/1/history", "sessions/1/history", "tokens/1/history"):
        assert_problem(fresh.get(path, role="manager"), 403)


def test_a_refused_change_is_not_told(fresh):
    before = newest(fresh)
    assert_problem(fresh.post("items", {"sku": "", "name": ""}), 400)
    assert_problem(fresh.post("items", ITEM | {"category_id": 999}), 400)

    assert newest(fresh) == before
