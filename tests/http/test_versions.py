"""A second version of the API stands beside the first."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from refusals import assert_problem
from sqlalchemy import Select

import resources
from common.access import Role
from common.http import Resource, mount
from common.http.api import resources_of
from models.item import Item
from resources import items, root


class ItemList(Resource):
    """The second version's own list, under the same class name as the first's."""

    shape = items.ITEM
    roles: ClassVar = {"get": Role.ADMIN}

    def get(self) -> Select[Any]:
        return Item.visible_to(self.caller)


@pytest.fixture
def fresh(template):
    """With an app of its own, since routes are added to it."""
    with template.copy() as service:
        yield service


def v2(api):
    api.add_resource(root.Root, "")
    api.add_resource(items.ItemDetail, "/items/<id:id>")
    api.add_resource(ItemList, "/items")


def test_each_version_has_its_own_routes_roles_and_links(fresh):
    mount(fresh.app, "/api/v2", v2)

    first, second = fresh.get("/api/v1/items"), fresh.get("/api/v2/items")

    assert first.status_code == second.status_code == 200
    assert [row["id"] for row in first.json["data"]] == [row["id"] for row in second.json["data"]]
    assert first.json["data"][0]["links"]["self"]["href"] == "/api/v1/items/1"
    assert second.json["data"][0]["links"]["self"]["href"] == "/api/v2/items/1"
    assert fresh.get("/api/v1/items", role="viewer").status_code == 200
    assert_problem(fresh.get("/api/v2/items", role="viewer"), 403, "not-allowed")


def test_what_one_version_has_the_other_need_not_have(fresh):
    mount(fresh.app, "/api/v2", v2)

    assert_problem(fresh.get("/api/v2/stores"), 404, "not-found")
    assert fresh.get("/api/v1/stores").status_code == 200
    assert fresh.get("/api/v2").json["links"].keys() == {"self", "items"}
    assert len(resources_of(fresh.app, "/api/v2")) == 3
    assert resources_of(fresh.app, "/api/v1")[0][1] is resources.root.Root


def test_a_change_through_one_version_is_seen_through_the_other(fresh):
    mount(fresh.app, "/api/v2", v2)

    answer = fresh.send("PATCH", "/api/v2/items/1", body={"name": "Green tea"}, headers={"If-Match": '"1"'})

    assert answer.status_code == 200
    assert fresh.get("/api/v1/items/1").json["name"] == "Green tea"
    assert fresh.get("/api/v1/items/1").headers["ETag"] == answer.headers["ETag"]
