"""Storekeeper as a contestant: its own commands make the database and serve it, its own models say what a row is."""

from __future__ import annotations

import hashlib
import http.client
import json
import shutil
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path

import data
from bars import FREQUENT_WORD, LAST, RARE_WORD, US
from contestants import Contestant, Question, pages
from data import PAGE
from servers import HERE, PEERS, ROOT, WORK, run, served, versions

USER, PASSWORD = "bench", "wicker-basket-on-the-stairs"
ITEMS = "/api/v1/items"
_STEP = 200  # the largest page
_SAYS_WHAT_A_ROW_IS = ("tests/bench/fill.py", "models/search.py", "models/text.py", "models/migrations/versions/*.py")


@contextmanager
def storekeeper(file: Path, rows: int, arrangement: str) -> Iterator[Contestant]:
    """Serve the same rows as in the peers' `file`; `plain` puts it on plain waitress instead of its own server."""
    settings = variables(data_folder(rows))
    own = arrangement == "storekeeper"
    command = [ROOT / "wsgi.py", "serve"] if own else [PEERS / "serve.py", ROOT, "wsgi:application", arrangement]
    with served(US if own else f"{US}-plain", [sys.executable, *command], settings) as server:
        headers = {"Cookie": _sign_in(server.port)}
        middle, last = _walk(server.port, headers, rows)
        questions = pages(
            file, rows, f"{ITEMS}?limit=50", f"{ITEMS}?limit=50&sort=name", f"{ITEMS}?limit=50&cursor={middle}"
        )
        if own:
            questions |= {
                LAST: Question(f"{ITEMS}?limit=50&cursor={last}", list(range(rows - PAGE + 1, rows + 1))),
                RARE_WORD: Question(f"{ITEMS}?limit=50&q={data.RARE}", data.rare_ids(rows)),
                FREQUENT_WORD: Question(f"{ITEMS}?limit=50&q={data.FREQUENT}", _first_frequent(rows)),
            }
        name = US if own else f"{US}, plain waitress"
        found = versions(sys.executable, ["flask", "flask-restful", "sqlalchemy", "orjson", "waitress", "pysqlite3"])
        yield Contestant(name, server, questions, headers=headers, versions=found)


def _first_frequent(rows: int) -> list[int]:
    return list(islice(filter(data.is_frequent, range(1, rows + 1)), PAGE))


def variables(folder: Path) -> dict[str, str]:
    """Return the settings that make Storekeeper serve a data folder on a free port."""
    return {"STOREKEEPER_STORAGE_FOLDER": str(folder), "STOREKEEPER_SERVER_PORT": "0"}


@cache
def data_folder(rows: int) -> Path:
    """Return a data folder with the rows and one administrator; made again when what a row is has changed.

    Decided once a run, so that nobody who edits meanwhile pulls it from under a server.
    """
    sources = [Path(data.__file__), *(path for glob in _SAYS_WHAT_A_ROW_IS for path in sorted(ROOT.glob(glob)))]
    mark = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    folder = WORK / f"storekeeper-{rows}-{mark}"
    if not folder.exists():
        print("filling Storekeeper's database", flush=True)
        for old in WORK.glob(f"storekeeper-{rows}-*"):
            shutil.rmtree(old)
        part = WORK / "storekeeper-part"
        shutil.rmtree(part, ignore_errors=True)
        run(sys.executable, ROOT / "wsgi.py", "migrate", **variables(part))
        run(sys.executable, HERE / "fill.py", part / "storekeeper.db", str(rows), PYTHONPATH=str(ROOT))
        add = ("user", "add", USER, "--role", "admin")
        run(sys.executable, ROOT / "wsgi.py", *add, STOREKEEPER_PASSWORD=PASSWORD, **variables(part))
        part.replace(folder)
    return folder


def _sign_in(port: int) -> str:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/session",
        json.dumps({"username": USER, "password": PASSWORD}).encode("utf-8"),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.headers["Set-Cookie"].split(";")[0]


def _walk(port: int, headers: dict[str, str], rows: int) -> tuple[str, str]:
    """Read the whole list by cursor; returns the cursors to the middle page and to the last.

    SystemExit unless every row was there, once and in order.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    cursors, seen, cursor = {0: ""}, 0, ""
    while cursor is not None:
        limit = _STEP if rows - seen > _STEP else PAGE
        connection.request(
            "GET", f"{ITEMS}?fields=id&limit={limit}&cursor={cursor}".removesuffix("&cursor="), headers=headers
        )
        page = json.loads(connection.getresponse().read())
        if [row["id"] for row in page["data"]] != list(range(seen + 1, seen + limit + 1)):
            raise SystemExit(f"after {seen} rows the list goes on with {page}")
        seen, cursor = seen + limit, page["page"]["next"]
        cursors[seen] = cursor
    connection.close()
    if seen != rows:
        raise SystemExit(f"the list ends after {seen} rows of {rows}")
    return cursors[rows // 2], cursors[rows - PAGE]
