"""What browsers keep of answers, and that the next person is not shown it."""

from __future__ import annotations

import pytest
import shop_data


def test_signing_in_and_out_clears_the_browsers_cache_and_no_scanned_document(fresh):
    into = fresh.post("session", {"username": "spare", "password": shop_data.PASSWORD}, role=None)
    fresh.sign_in("spare")
    out = fresh.send("DELETE", "session", role="spare")

    assert (into.status_code, out.status_code) == (201, 204)
    assert [answer.headers["Clear-Site-Data"] for answer in (into, out)] == ['"cache"'] * 2
    assert "Clear-Site-Data" not in fresh.get("session").headers


@pytest.mark.parametrize(("host", "kept"), [("shop.lan:8080", "no-store"), ("localhost", "private, no-cache")])
def test_browsers_keep_nothing_where_nothing_would_clear_it(served, host, kept):
    for path in ("items", "items/1", "session"):
        assert served.get(path, headers={"Host": host}).headers["Cache-Control"] == kept
