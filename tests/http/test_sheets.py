"""Lists as CSV: whole, streamed, safe to open, and never a part that looks like the whole."""

from __future__ import annotations

import csv
import io
import json
import socket
import time
from contextlib import contextmanager
from itertools import islice

import pytest
from refusals import assert_problem
from serving import running
from sqlalchemy.exc import OperationalError

from common.database import db
from common.http import listing, sheets
from common.settings_schema import Server

PATH = "/api/v1/reports/valuation"


def rows_of(answer):
    with answer:
        return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8"), newline="")))


def kind_of(answer):
    with answer:
        return answer.mimetype


@pytest.mark.parametrize("way", [{"headers": {"Accept": "text/csv"}}, {"query": "&format=csv"}])
def test_a_file_holds_what_the_pages_hold(served, way):
    answer = served.get(f"{PATH}?by=item{way.get('query', '')}", headers=way.get("headers"))

    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="valuation.csv"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    pages = served.get(f"{PATH}?by=item&limit=200").json["data"]
    names = [name for name in pages[0] if name != "links"]
    assert rows_of(answer) == [{name: "" if row[name] is None else str(row[name]) for name in names} for row in pages]
    assert answer.data.count(b"\r\n") == answer.data.count(b"\n") == len(pages) + 1


def test_fields_and_orders_are_heeded_and_pages_are_refused(served):
    chosen = served.get(f"{PATH}?by=item&fields=value,sku&sort=-value&format=csv")

    assert chosen.text.splitlines()[0] == "sku,value"
    values = [float(row["value"]) for row in rows_of(chosen)]
    assert values == sorted(values, reverse=True)
    for query in ("limit=5", "per_page=5", "page=1", "cursor=x", "total=true"):
        name = query.partition("=")[0]
        problem = assert_problem(served.get(f"{PATH}?format=csv&{query}"), 400, "invalid")
        assert [error["field"] for error in problem["errors"]] == [name]


def test_a_list_that_is_no_report_answers_in_json_alone_so_far(served):
    assert_problem(served.get("items?format=csv"), 400, "invalid")
    assert_problem(served.get("items", headers={"Accept": "text/csv"}), 406)
    assert_problem(served.get(f"{PATH}?format=pdf"), 400, "invalid")
    assert_problem(served.get(PATH, headers={"Accept": "text/csv;q=0, application/json;q=0"}), 406)
    for accept in ("text/csv, */*;q=0.1", "text/csv", "application/json;q=0.5, text/csv", "application/json;q=0, */*"):
        assert kind_of(served.get(PATH, headers={"Accept": accept})) == "text/csv"
    for accept in ("*/*", "text/html, */*;q=0.8", "application/json, text/csv;q=0.9", "text/csv;q=0, */*"):
        assert kind_of(served.get(PATH, headers={"Accept": accept})) == "application/json"


def test_no_cell_is_run_by_a_spreadsheet_and_numbers_stay_numbers():
    shown = {value: sheets.cell(value) for value in ("=1+1", "+1", "-2+3", "@SUM(A1)", "\tx", "\rx", "\nx", "\uff1d1")}

    assert all(cell == f"'{value}" for value, cell in shown.items())
    for value in ("-15.99", "-3", "a=b", "", " =1", "it's"):
        assert sheets.cell(value) == value
    assert [sheets.cell(value) for value in (None, -1.5, 3, True, {"a": [1]})] == [None, -1.5, 3, "true", '{"a":[1]}']


def test_a_name_with_commas_quotes_and_lines_comes_back(fresh):
    name = 'Tea, "loose"; 100 g'
    fresh.send("PATCH", "items/1", body={"name": name}, headers={"If-Match": "*"})

    found = rows_of(fresh.get(f"{PATH}?by=item&item_id=1&format=csv"))

    assert [row["name"] for row in found] == [name]


@contextmanager
def asked(port, cookie, *, path=f"{PATH}?by=item&format=csv"):
    """Ask on a connection that reads nothing by itself."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
        yield client


def read_all(client):
    pieces = []
    while piece := client.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def test_a_part_never_looks_like_the_whole(fresh, monkeypatch):
    """The rows are sent one by one; the database is gone before the third."""
    monkeypatch.setattr(listing, "ROWS_AT_ONCE", 1)

    def interrupted(*asked):
        result, batches = whole(*asked)
        return result, _cut(batches)

    whole = sheets.whole
    with running(fresh.app) as port:
        with asked(port, fresh.cookies["admin"]) as client:
            assert read_all(client).endswith(b"\r\n0\r\n\r\n")
        monkeypatch.setattr(sheets, "whole", interrupted)
        with asked(port, fresh.cookies["admin"]) as client:
            cut = read_all(client)

    assert cut.startswith(b"HTTP/1.1 200")
    assert b"Transfer-Encoding: chunked" in cut
    assert b"SKU-2" in cut
    assert not cut.endswith(b"\r\n0\r\n\r\n")
    with fresh.app.app_context():
        assert not _held(db.engine)


def _cut(batches):
    yield from islice(batches, 2)
    raise OperationalError("", None, Exception("gone"))


def test_who_goes_away_gives_the_database_back_and_holds_nobody_up(fresh, monkeypatch):
    """The file has no end, so that only the client's leaving ends it."""
    going = []

    def endless(names, batches):
        row = next(iter(batches))
        going.append(True)
        while True:
            yield from real(names, [row])

    real = sheets.lines
    monkeypatch.setattr(sheets, "lines", endless)
    with fresh.app.app_context():
        engine = db.engine
    with running(fresh.app) as port:
        with asked(port, fresh.cookies["admin"]) as client:
            client.recv(1000)
            assert going
            began = time.monotonic()
            with asked(port, fresh.cookies["admin"], path="/api/v1/stores") as other:
                assert b'"data"' in other.recv(65536)
            assert time.monotonic() - began < 5
            assert engine.pool.checkedout() >= 1
        until = time.monotonic() + 20
        while _held(engine) and time.monotonic() < until:
            time.sleep(0.05)

        assert not _held(engine)
        with asked(port, fresh.cookies["admin"], path="/api/v1/receipts") as client:
            assert b"200" in client.recv(100)
    receipt = fresh.post("receipts", {"store_id": 1, "lines": [{"item_id": 1, "quantity": 1}]})
    assert receipt.status_code == 201


def _held(engine):
    """Tell whether a reading transaction is open: SQLite's readers at hand stay checked out, but not in one."""
    readers = getattr(engine.reading, "__self__", None)
    if readers is not None and hasattr(readers, "_idle"):
        return engine.pool.checkedout() > len(readers._idle)
    return engine.pool.checkedout() > 0


def test_head_asks_for_nothing_and_holds_nothing(fresh):
    with fresh.app.app_context():
        engine = db.engine
    answer = fresh.send("HEAD", f"{PATH}?format=csv")
    answer.close()

    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"", "text/csv")
    assert not _held(engine)
    assert json.loads(fresh.get(PATH).data)["data"]


def test_files_leave_threads_for_everybody_else(opened):
    service = opened(server=Server(threads=4))
    sent = [service.get(f"{PATH}?format=csv") for _ in range(2)]

    refused = assert_problem(service.get("reports/replenishment?format=csv"), 503)
    assert refused["type"] == "/problems/busy"
    assert served_again(service, sent.pop()) == 200
    for answer in sent:
        answer.close()


def served_again(service, answer):
    answer.close()
    with service.get(f"{PATH}?format=csv") as again:
        return again.status_code
