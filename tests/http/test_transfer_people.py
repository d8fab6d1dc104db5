"""Whose matter it is what becomes of a transfer: that of the people of one of its stores."""

from __future__ import annotations

import pytest
import shop_data
from refusals import assert_problem
from transferring import ACTIONS, act, line, made

from common.database import again, db
from models import password
from models.user import User


@pytest.fixture
def sent(fresh):
    """Ten teas on their way from store 1 to store 2."""
    return fresh.made("transfers", {"store_id": 1, "to_store_id": 2, "lines": [line(1, 10)]})


@pytest.fixture
def people(fresh, sent):
    """Clerks of each of the two stores: `open-1` sees the other store too, for `closed-1` it does not exist."""
    hashed = password.make(shop_data.PASSWORD)
    kinds = [(kind, store) for kind in ("open", "closed") for store in (1, 2)]

    def work(session):
        for kind, store in kinds:
            limits = {"store_ids": [store], "sees_all_stores": kind == "open"}
            User.create(session, password_hash=hashed, username=f"{kind}-{store}", role="clerk", **limits)
            session.flush()

    with fresh.app.app_context():
        again(db.session(), work)
    for kind, store in kinds:
        fresh.sign_in(f"{kind}-{store}")
    return fresh


@pytest.mark.parametrize("action", ACTIONS)
def test_only_the_people_of_its_store_may(people, sent, action):
    own, other = ACTIONS[action], 3 - ACTIONS[action]

    assert_problem(act(people, sent, action, line(1, 1), role=f"open-{other}"), 403, "not-allowed")
    hidden = assert_problem(act(people, sent, action, line(1, 1), role=f"closed-{other}"), 404, "not-found")
    missing = assert_problem(act(people, {"id": 99999}, action, line(1, 1), role=f"closed-{other}"), 404)
    assert hidden["detail"] == missing["detail"]
    document = act(people, sent, action, line(1, 1), role=f"closed-{own}")
    assert document.status_code == 201

    reversal = f"movements/{document.json['id']}/reversal"
    for kind, status in (("open", 403), ("closed", 404)):
        assert_problem(people.post(reversal, {}, role=f"{kind}-{other}"), status)
    assert people.post(reversal, {}, role=f"closed-{own}").status_code == 201


def test_a_transfer_is_taken_back_by_the_people_of_the_store_that_sent_it(people, sent):
    path = f"movements/{sent['id']}/reversal"

    assert_problem(people.post(path, {}, role="open-2"), 403, "not-allowed")
    assert_problem(people.post(path, {}, role="closed-2"), 404, "not-found")
    assert people.post(path, {}, role="closed-1").status_code == 201


def test_who_may_not_is_told_so_before_the_body_is_looked_at(people, sent):
    for action, own in ACTIONS.items():
        answer = people.post(f"transfers/{sent['id']}/{action}", {"nonsense": 1}, role=f"open-{3 - own}")
        assert_problem(answer, 403, "not-allowed")


def test_links_are_offered_to_the_people_of_each_store(people, sent):
    offered = {
        role: ACTIONS.keys() & people.get(f"movements/{sent['id']}", role=role).json["links"].keys()
        for role in ("open-1", "closed-1", "open-2", "closed-2")
    }

    at_1, at_2 = {"recall"}, {"arrival", "loss"}
    assert offered == {"open-1": at_1, "closed-1": at_1, "open-2": at_2, "closed-2": at_2}


def test_who_sent_goods_follows_what_becomes_of_them(people, sent):
    def told(role):
        rows = people.get("changes?limit=200", role=role).json["data"]
        return [row["version"] for row in rows if (row["entity"], row["id"]) == ("movements", sent["id"])]

    made(people, sent, "arrival", line(1, 1))
    made(people, sent, "recall", line(1, 1))

    assert [told(role) for role in ("closed-1", "closed-2")] == [[1, 2, 3], [1, 2, 3]]
