"""Tags that move when, and only when, what is shown does; and races that one alone wins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from refusals import assert_problem


def test_of_many_who_read_the_same_version_one_changes_it(fresh):
    tag = fresh.get("items/1").headers["ETag"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda n: fresh.send("PATCH", "items/1", body={"name": f"Tea {n}"}, headers={"If-Match": tag}), range(8)
            )
        )

    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    for answer in answers:
        if answer.status_code == 412:
            assert_problem(answer, 412, "stale")
    assert fresh.get("items/1").json["version"] == 2


def test_many_without_a_tag_change_it_one_after_the_other(fresh):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: fresh.send("PATCH", "items/1", body={"name": f"Tea {n}"}), range(8)))

    won = [answer for answer in answers if answer.status_code == 200]
    assert {answer.status_code for answer in answers} <= {200, 412}
    assert fresh.get("items/1").json["version"] == 1 + len(won)


def test_a_stale_change_is_told_the_version_in_force(fresh):
    fresh.send("PATCH", "items/1", body={"name": "Green tea"})

    answer = fresh.send("PATCH", "items/1", body={"name": "Black tea"}, headers={"If-Match": '"1"'})

    assert_problem(answer, 412, "stale")
    assert answer.headers["ETag"] == '"2"'
    assert fresh.get("items/1").json["name"] == "Green tea"


@pytest.mark.parametrize(
    "path", ["items", "items?sort=-name&limit=3", "items?q=tea", "items?fields=id,name", "items?total=true"]
)
def test_a_lists_tag_moves_with_any_row_it_shows(fresh, path):
    before = fresh.get(path).headers["ETag"]
    assert fresh.get(path, headers={"If-None-Match": before}).status_code == 304

    fresh.send("PATCH", "items/10", body={"name": "zzz tea"})

    answer = fresh.get(path, headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != before
    assert answer.headers["ETag"].startswith('W/"')


def test_what_is_expanded_moves_the_tag_too(fresh):
    paths = ["items/1?expand=category", "items?expand=category", "stock?expand=item"]
    before = [fresh.get(path).headers["ETag"] for path in paths]

    fresh.send("PATCH", "categories/1", body={"name": "Foods"})
    fresh.send("PATCH", "items/1", body={"description": "x"})

    assert all(fresh.get(path).headers["ETag"] != tag for path, tag in zip(paths, before, strict=True))


def test_the_tag_of_a_list_differs_where_more_is_shown(served):
    viewer, manager = (served.get("items", role=role) for role in ("viewer", "manager"))

    assert "cost" not in viewer.json["data"][0]
    assert "cost" in manager.json["data"][0]
    assert viewer.headers["ETag"] != manager.headers["ETag"]


def test_a_sale_moves_the_tag_of_the_stock(fresh):
    before = fresh.get("stock").headers["ETag"]

    fresh.made("sales", {"store_id": 1, "lines": [{"item_id": 2, "quantity": 1}]})

    assert fresh.get("stock", headers={"If-None-Match": before}).status_code == 200


def test_a_documents_tag_moves_when_it_is_reversed(fresh):
    before = fresh.get("movements/12")

    fresh.made("movements/12/reversal", {})

    after = fresh.get("movements/12")
    assert (before.headers["ETag"], after.headers["ETag"]) == ('"1"', '"2"')
    assert "reversal" in before.json["links"]
    assert "reversal" not in after.json["links"]
