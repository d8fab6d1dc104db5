"""Keys: what is kept, for whom, for how long, and what twins get."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from refusals import assert_problem
from sqlalchemy import select, update

from common.database import again, db, reading
from common.http.idempotency import KEPT_FOR
from common.kept_answers import KeptAnswer

KEY = {"Idempotency-Key": "till-3/0017"}
SALE = {"store_id": 1, "lines": [{"item_id": 2, "quantity": 1}]}


def sell(service, body=SALE, key=KEY, **kwargs):
    return service.post("sales", body, headers=key, **kwargs)


def kept(service):
    with service.app.app_context(), reading() as connection:
        return connection.execute(select(KeptAnswer.status)).scalars().all()


def test_a_refusal_by_the_rules_is_not_kept(fresh):
    too_many = {"store_id": 1, "lines": [{"item_id": 2, "quantity": 1000}]}

    refused = sell(fresh, too_many)

    assert_problem(refused, 409, "insufficient-stock")
    assert kept(fresh) == []
    assert sell(fresh).status_code == 201


def test_twins_that_come_together_sell_once(fresh):
    before = fresh.get("stock?item_id=2&store_id=1").json["data"][0]["on_hand"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sell(fresh), range(8)))

    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert fresh.get("stock?item_id=2&store_id=1").json["data"][0]["on_hand"] == before - 1


def test_the_answer_outlives_what_it_speaks_of(fresh):
    first = fresh.post("items", {"sku": "NEW", "name": "New"}, headers=KEY)
    fresh.send("PATCH", first.headers["Location"], body={"name": "Newer"})

    second = fresh.post("items", {"sku": "NEW", "name": "New"}, headers=KEY)

    assert second.data == first.data
    assert second.headers["ETag"] == first.headers["ETag"] == '"1"'


def test_an_answer_is_kept_for_seven_days_and_no_longer(fresh):
    first = sell(fresh).json
    _age(fresh, KEPT_FOR - timedelta(minutes=1))
    second = sell(fresh).json
    _age(fresh, timedelta(minutes=2))

    third = sell(fresh)

    assert second == first
    assert third.json["id"] != first["id"]
    assert "Idempotent-Replayed" not in third.headers
    assert len(kept(fresh)) == 1


def _age(service, by):
    def work(session):
        (row,) = session.scalars(select(KeptAnswer)).all()
        session.execute(update(KeptAnswer).values(created_at=row.created_at - by))

    with service.app.app_context():
        again(db.session(), work)


def test_a_key_stands_for_one_route_and_one_caller(fresh):
    first = sell(fresh)

    elsewhere = fresh.post("returns", SALE, headers=KEY)
    somebody = sell(fresh, role="clerk")

    assert len({answer.json["id"] for answer in (first, elsewhere, somebody)}) == 3
    assert not any("Idempotent-Replayed" in answer.headers for answer in (first, elsewhere, somebody))


def test_a_replay_is_still_guarded(fresh):
    fresh.post("items", {"sku": "NEW", "name": "New"}, headers=KEY, role="manager")

    answer = fresh.post("items", {"sku": "NEW", "name": "New"}, headers=KEY, role="clerk")

    assert_problem(answer, 403)


def test_a_token_is_not_given_the_links_of_its_owner(fresh):
    user = {"username": "newest", "role": "viewer", "password": "wicker-basket-on-the-stairs-7"}
    token = fresh.made("tokens", {"name": "till", "role": "admin"})["token"]
    first = fresh.post("users", user, headers=KEY)

    by_token = fresh.post("users", user, role=None, headers=KEY | {"Authorization": f"Bearer {token}"})

    assert "password" in first.json["links"]
    assert_problem(by_token, 422)
    assert fresh.post("users", user, headers=KEY).data == first.data


def test_the_longest_key_is_taken(fresh):
    key = {"Idempotency-Key": "~" * 255}

    assert sell(fresh, key=key).data == sell(fresh, key=key).data


def test_the_first_answer_is_not_given_to_somebody_who_may_see_less_by_now(fresh):
    receipt = {"store_id": 1, "lines": [{"item_id": 1, "quantity": 1, "unit_cost": "3.21"}]}
    first = fresh.post("receipts", receipt, headers=KEY, role="manager")
    manager = next(row["id"] for row in fresh.get("users").json["data"] if row["username"] == "manager")
    assert fresh.post(f"users/{manager}/second-factors/removal", {}).status_code == 201
    assert fresh.send("PATCH", f"users/{manager}", body={"role": "clerk"}).status_code == 200
    fresh.sign_in("manager")

    again_ = fresh.post("receipts", receipt, headers=KEY, role="manager")

    assert "3.21" in first.text
    assert_problem(again_, 422)
    assert "3.21" not in again_.text
    assert len(fresh.get("receipts?user_id=" + str(manager)).json["data"]) == 1
