"""Each row leads to what was done to it, whoever may read that."""

from __future__ import annotations

import pytest

from common.settings_schema import Access

ROWS = ["stores/1", "stores/1/listings/1", "categories/1", "items/1", "movements/1"]


@pytest.mark.parametrize("role", ["viewer", "clerk", "manager", "admin"])
@pytest.mark.parametrize("path", ROWS)
def test_a_row_leads_to_its_history(served, path, role):
    link = served.get(path, role=role).json["links"]["history"]

    assert link["method"] == "GET"
    assert served.get(link["href"], role=role).status_code == 200


def test_a_users_history_is_for_administrators(served):
    link = served.get("users/1").json["links"]["history"]

    assert served.get(link["href"]).status_code == 200
    assert "history" not in served.get("session", role="manager").json["links"]


@pytest.mark.parametrize("path", ["stores/1", "categories/1", "items/1"])
def test_an_open_catalogue_leads_nobody_to_what_was_done(opened, path):
    service = opened(access=Access(public_catalogue=True))

    assert "history" not in service.get(path, role=None).json["links"]
    assert service.get(f"{path}/history", role=None).status_code == 401
