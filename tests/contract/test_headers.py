"""What every answer bears, and what a client may ask of it by headers."""

from __future__ import annotations

import re

import pytest
from refusals import assert_problem
from routing import CALLS, CHANGES, ERASED, OWN, READS, ROWS, each, sent_back
from service import ROLES

SANE_IDS = ("a", "7f3c-11.2:b_", "x" * 128)
ODD_IDS = ("", "two words", "x" * 129, "é", "a\tb", "<script>", "{${7*7}}", '"')
SAFETY = ("X-Content-Type-Options", "Referrer-Policy", "Content-Security-Policy", "Permissions-Policy")
JAVAS = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
FITTING = (
    JAVAS,
    "*/*",
    "application/*",
    "application/json",
    "application/json; charset=utf-8",
    "image/png, */*;q=0.1",
    "",
)
UNFITTING = ("image/png", "application/json;q=0", "text/nonsense, application/pdf;q=0.5")
ROW_URLS = {call.url for call in ROWS if getattr(call.resource.shape, "versioned", False)}


def parent(call):
    """Return the address of the row that an action is about; a transfer is read as a movement."""
    return call.url.rsplit("/", 1)[0].replace("/transfers/", "/movements/")


EXACT = [call for call in ROWS if getattr(call.resource.shape, "versioned", False)]


@each(CALLS)
def test_a_sane_request_id_is_kept_on_every_answer(shop, call):
    for sent in SANE_IDS:
        answer = call.send(shop, role=None if call.role else "admin", data=b"", headers={"X-Request-Id": sent})

        assert answer.headers.getlist("X-Request-Id") == [sent]


@each(CALLS)
def test_an_odd_request_id_is_replaced(shop, call):
    for sent in ODD_IDS:
        answer = call.send(shop, role=None if call.role else "admin", data=b"", headers={"X-Request-Id": sent})

        assert re.fullmatch(r"[0-9a-f]{16,}", answer.headers["X-Request-Id"])


@each(CALLS)
def test_every_answer_is_safe_for_browsers_and_for_caches(shop, call):
    answers = [call.send(shop, path=f"{call.path(shop)}?nothing=1"), call.send(shop, role=None, method="OPTIONS")]
    if call in READS:
        answers.append(call.send(shop))

    for answer in answers:
        assert all(answer.headers[name] for name in SAFETY)
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert {"no-store", "private, no-cache"} >= {answer.headers["Cache-Control"]}
        assert {"Accept", "Cookie"} <= set(re.split(", *", answer.headers["Vary"]))


@each(READS)
def test_json_is_made_wherever_it_is_acceptable(shop, call):
    for accept in FITTING:
        answer = call.send(shop, headers={"Accept": accept})

        assert answer.status_code == 200
        assert answer.mimetype == "application/json"
        assert answer.headers["Cache-Control"] == "private, no-cache"


@each(CALLS)
def test_nothing_is_done_where_the_answer_would_not_be_acceptable(shop, call):
    for accept in UNFITTING:
        answer = call.send(shop, headers={"Accept": accept})

        assert_problem(answer, 406, "not-acceptable")


@each(READS)
def test_what_a_client_has_is_not_sent_again(shop, call):
    first = call.send(shop)
    tag = first.headers["ETag"]
    strong = tag.removeprefix("W/")

    for known in (tag, strong, f"W/{strong}", f'"other", {tag}', "*"):
        answer = call.send(shop, headers={"If-None-Match": known})

        assert answer.status_code == 304, known
        assert answer.data == b""
        assert answer.headers["ETag"] == tag
        assert answer.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert answer.headers["Vary"] == first.headers["Vary"]


@each(READS)
def test_what_a_client_has_not_is_sent(shop, call):
    tag = call.send(shop).headers["ETag"]

    for known in ('"other"', tag.replace('"', "'"), tag.strip('W/"'), 'W/""', ""):
        answer = call.send(shop, headers={"If-None-Match": known})

        assert answer.status_code == 200, known


@each(EXACT)
def test_a_rows_tag_is_its_version_alike_for_everybody_or_begins_with_it(shop, call):
    path = call.path(shop, call.least)

    for role in ROLES[ROLES.index(call.least) :]:
        answer = shop.get(path, role=role)

        if answer.status_code == 404 and any(own in path for own in OWN):
            continue
        tag, version = answer.headers["ETag"], answer.json["version"]
        shape = call.resource.shape
        digest = "-[0-9a-f]{24}"  # what it shows of other rows moves it too
        of_others = digest if shape.digested else f"({digest})?" if shape.borrowed is not None else ""
        assert re.fullmatch(f'"{version}{of_others}"', tag) or "session" in path
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT", answer.headers["Last-Modified"])


@each(EXACT)
def test_a_part_of_a_row_has_a_tag_of_its_own(shop, call):
    path = call.path(shop)
    whole = shop.get(path).headers["ETag"]

    part = shop.get(f"{path}?fields=id").headers["ETag"]

    assert part != whole
    assert shop.get(f"{path}?fields=id", headers={"If-None-Match": whole}).status_code == 200
    assert shop.get(f"{path}?fields=id", headers={"If-None-Match": part}).status_code == 304


@each([call for call in CHANGES if call.parameters])
def test_a_change_to_what_has_moved_on_is_refused_with_the_tag_in_force(shop, call):
    for stale in ('"0"', '"99"', 'W/"1"', "1", '"x", "y"', ""):
        answer = call.send(shop, headers={"If-Match": stale})

        assert_problem(answer, 412, "stale")
        assert re.fullmatch(r'"\d+"', answer.headers.get("ETag", "")) or call.url.startswith("/api/v1/sessions")


@each([call for call in CHANGES if call.needs_match])
def test_a_replacement_needs_the_version_that_it_replaces(shop, call):
    answer = shop.send(call.method, call.path(shop), body=call.body())

    assert_problem(answer, 428, "precondition-required")


@pytest.mark.parametrize("how", ["its tag", "one of several", "whatever is there"])
@each([call for call in CHANGES if any(call.url == read.url for read in EXACT) and call.parameters])
def test_a_change_to_what_was_read_moves_the_version_by_one(fresh, call, how):
    path = call.path(fresh)
    before = fresh.get(path)
    tag = before.headers["ETag"]
    sent = {"its tag": tag, "one of several": f'"77", {tag}', "whatever is there": "*"}[how]

    answer = call.send(fresh, path=path, headers={"If-Match": sent})

    assert answer.status_code in {200, 204}, answer.text
    after = fresh.get(path)
    if str(call) in ERASED or any(own in path for own in OWN):
        assert after.status_code == 404
        return
    assert after.json["version"] == before.json["version"] + 1
    assert after.headers["ETag"].strip('"').split("-")[0] == str(after.json["version"])
    assert call.verb == "delete" or answer.headers["ETag"] == after.headers["ETag"]
    assert call.verb == "delete" or answer.json == after.json


@each([call for call in CHANGES if call.verb == "post" and call.parameters and parent(call) in ROW_URLS])
def test_an_action_honours_the_tag_of_its_row(fresh, call):
    path = call.path(fresh)
    row = fresh.get(path.rsplit("/", 1)[0].replace("/transfers/", "/movements/"))

    answer = call.send(fresh, path=path, headers={"If-Match": row.headers["ETag"]})

    assert answer.status_code == 201, answer.text


@each([call for call in CHANGES if (call.verb in {"patch", "put"} and call.needs_match) or call.verb == "patch"])
def test_a_change_that_changes_nothing_moves_no_version(fresh, call):
    path = call.path(fresh)
    row = fresh.get(path).json
    same = {argument.name: sent_back(argument.type, row[argument.name]) for argument in call.parser.args}
    before = fresh.dump()

    answer = call.send(fresh, path=path, body=same)

    assert answer.status_code == 200, answer.text
    assert answer.json == row
    assert fresh.dump() == before
