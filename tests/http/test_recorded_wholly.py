"""What vouches for all of a row is told to those who see all of it: from a digest the rest is found by trying."""

from __future__ import annotations

import hashlib

import orjson
import pytest

RECEIPT = {"store_id": 1, "lines": [{"item_id": 1, "quantity": 3, "unit_cost": "88.4321"}]}


@pytest.fixture
def received(fresh):
    return fresh.made("receipts", RECEIPT, role="manager")["id"]


def entry(service, path, role):
    return service.get(path, role=role).json["data"][0]


def test_who_sees_costs_and_all_stores_sees_what_vouches_for_them(fresh, received):
    for role in ("manager", "admin"):
        told = entry(fresh, f"movements/{received}/history", role)

        assert told["changes"]["lines_digest"][1]
        assert len(told["hash"]) == len(told["previous_hash"]) == 64


@pytest.mark.parametrize("role", ["viewer", "clerk"])
def test_who_sees_no_costs_does_not_find_them_from_a_digest(fresh, received, role):
    told = entry(fresh, f"movements/{received}/history", role)
    of_item = entry(fresh, "items/1/history", role)

    assert "lines_digest" not in told["changes"]
    assert [of[name] for of in (told, of_item) for name in ("hash", "previous_hash")] == [None] * 4


def test_a_manager_of_some_stores_does_not_find_the_levels_of_others(fresh):
    sent = fresh.made("transfers", {"store_id": 1, "to_store_id": 2, "lines": [{"item_id": 1, "quantity": 1}]})["id"]
    user = fresh.get("users?username=limited").json["data"][0]["id"]
    fresh.send("PATCH", f"users/{user}", body={"role": "manager", "store_ids": [2], "sees_all_stores": False})
    fresh.sign_in("limited")

    line = fresh.get(f"movements/{sent}", role="limited").json["lines"][0]
    told = entry(fresh, f"movements/{sent}/history", "limited")

    assert line["on_hand_after"] is None
    assert "lines_digest" not in told["changes"]
    assert told["hash"] is told["previous_hash"] is None


def test_what_is_told_is_the_digest_of_the_lines(fresh, received):
    """So that the tests above speak of what could be tried."""
    [line] = fresh.get(f"movement-lines?movement_id={received}").json["data"]
    after = round(line["on_hand_after"] * 1000)
    whole = [[0, "on_hand", 1, 1, 3000, 3000 * 884321, 884321, None, after]]

    digest = entry(fresh, f"movements/{received}/history", "admin")["changes"]["lines_digest"][1]

    assert hashlib.sha256(orjson.dumps(whole)).hexdigest() == digest
