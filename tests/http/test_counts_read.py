"""Stocktakes as they are read: tags that move with what is shown, sums that fit each other."""

from __future__ import annotations

import pytest
from refusals import assert_problem

UNLISTED = "NEW-1"


@pytest.fixture
def opened(fresh):
    """A stocktake of the whole first store, in which something was counted."""
    count = fresh.made("counts", {"store_id": 1}, role="clerk")
    tally(fresh, count, 3)
    return count


def tally(service, count, quantity, item=1):
    return service.made(f"counts/{count['id']}/tallies", {"item_id": item, "quantity": quantity}, role="clerk")


def tags(service, paths, role="manager"):
    return {path: service.get(path, role=role).headers["ETag"] for path in paths}


def told_anew(service, before, role="manager"):
    """Return which of the paths have something new for who has read them."""
    answers = {path: service.get(path, role=role, headers={"If-None-Match": tag}) for path, tag in before.items()}
    assert {answer.status_code for answer in answers.values()} <= {200, 304}
    return [path for path, answer in answers.items() if answer.status_code == 200]


def test_a_tally_moves_the_tags_of_its_stocktake_and_no_version(fresh, opened):
    before = tags(fresh, [f"counts/{opened['id']}", "counts", f"counts/{opened['id']}?fields=items_counted"])
    assert told_anew(fresh, before) == []

    tally(fresh, opened, 1, item=2)

    assert told_anew(fresh, before) == list(before)
    assert fresh.get(f"counts/{opened['id']}").json["version"] == opened["version"]


def test_the_answer_to_a_tally_has_the_tag_that_it_is_read_by(fresh, opened):
    body = {"item_id": 2, "quantity": 1}
    answer = fresh.post(f"counts/{opened['id']}/tallies", body, role="clerk")

    read = fresh.get(f"counts/{opened['id']}/tallies/{answer.json['id']}", role="clerk")
    assert read.headers["ETag"] == answer.headers["ETag"]


def test_who_read_it_before_a_tally_may_still_end_it(fresh, opened):
    path = f"counts/{opened['id']}"
    tag = fresh.get(path, role="manager").headers["ETag"]
    tally(fresh, opened, 1, item=2)

    answer = fresh.post(f"{path}/approval", {}, role="manager", headers={"If-Match": tag})

    assert answer.status_code == 201
    assert_problem(fresh.send("DELETE", path, headers={"If-Match": tag}), 412, "stale")


@pytest.mark.parametrize("change", [{"name": "Renamed"}, {"sku": "RENAMED"}])
def test_an_items_new_name_moves_the_tags_of_what_shows_it(fresh, opened, change):
    path = f"counts/{opened['id']}"
    own = fresh.get(f"{path}/tallies").json["data"][0]["id"]
    before = tags(fresh, [f"{path}/variances", f"{path}/variances/1", f"{path}/tallies", f"{path}/tallies/{own}"])

    fresh.send("PATCH", "items/1", body=change)

    assert told_anew(fresh, before) == list(before)


def test_what_a_clerk_is_told_once_a_blind_one_has_ended_is_new(fresh):
    count = fresh.made("counts", {"store_id": 1, "blind": True}, role="clerk")
    tally(fresh, count, 3)
    before = tags(fresh, [f"counts/{count['id']}/variances", f"counts/{count['id']}/variances/1"], role="clerk")

    fresh.made(f"counts/{count['id']}/approval", {}, role="manager")

    assert told_anew(fresh, before, role="clerk") == list(before)


def test_what_was_counted_besides_is_listed_too(fresh, opened):
    item = fresh.made("items", {"sku": UNLISTED, "name": "Found behind the shelf"})["id"]
    tally(fresh, opened, 2, item=item)

    seen = fresh.get(f"counts/{opened['id']}").json
    rows = fresh.get(f"counts/{opened['id']}/variances?limit=200").json["data"]

    assert (seen["items_listed"], seen["items_counted"]) == (len(rows), 2)
    assert seen["items_listed"] == opened["items_listed"] + 1
    assert [row["listed"] for row in rows if row["item_id"] == item] == [False]
