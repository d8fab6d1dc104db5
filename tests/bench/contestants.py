"""Who is measured: each peer with what it is asked, and the ids that a right answer holds."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data import COLUMNS, PAGE, SESSION, ids_by_name
from servers import PEERS, Served, environment, run, served, versions

FIRST, BY_NAME, MIDDLE = "page", "page by name", "middle page"


@dataclass(frozen=True)
class Question:
    """A path, and the ids of the rows of its answer."""

    path: str
    ids: list[int]


@dataclass(frozen=True)
class Contestant:
    """A running server. `member` names the list in its JSON, empty when the list is all of it."""

    name: str
    server: Served
    questions: dict[str, Question]
    member: str = "data"
    headers: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def url(self, question: str) -> str:
        """Return the address of a question."""
        return f"http://127.0.0.1:{self.server.port}{self.questions[question].path}"

    def verify(self, question: str) -> None:
        """Ask once; SystemExit unless the answer is 200 with the right rows, every column in each."""
        answer = self.get(self.questions[question].path)
        rows = answer[self.member] if self.member else answer
        ids, lacking = [row["id"] for row in rows], [set(COLUMNS) - row.keys() for row in rows]
        if ids != self.questions[question].ids or len(ids) != PAGE or any(lacking):
            raise SystemExit(f"{self.name}, {question}: not the right rows: {ids} lacking {lacking[:1]}")

    def get(self, path: str) -> Any:
        """Return the JSON at a path; urllib raises HTTPError for anything but success."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.server.port}{path}", headers=self.headers)
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)


def pages(file: Path, rows: int, first: str, by_name: str, middle: str) -> dict[str, Question]:
    """Return the three questions that everyone is asked, at the paths given."""
    return {
        FIRST: Question(first, list(range(1, PAGE + 1))),
        BY_NAME: Question(by_name, ids_by_name(file)),
        MIDDLE: Question(middle, list(range(rows // 2 + 1, rows // 2 + PAGE + 1))),
    }


@contextmanager
def handwritten(file: Path, rows: int, arrangement: str) -> Iterator[Contestant]:
    """Flask, sqlite3 and orjson by hand: the bar."""
    python = environment("handwritten", own_server=True)
    questions = pages(file, rows, "/items?limit=50", "/items?limit=50&sort=name", f"/items?limit=50&after={rows // 2}")
    with _wsgi("handwritten", python, file, arrangement) as (name, server):
        yield Contestant(name, server, questions, versions=versions(python, ["flask", "orjson", "waitress"]))


@contextmanager
def fastapi(file: Path, rows: int) -> Iterator[Contestant]:
    """FastAPI with SQLAlchemy and pydantic on one uvicorn worker."""
    python = environment("fastapi_sqlalchemy")
    questions = pages(file, rows, "/items?limit=50", "/items?limit=50&sort=name", f"/items?limit=50&after={rows // 2}")
    command = [python, "-m", "uvicorn", "app:app", "--port", "0", "--workers", "1", "--no-access-log"]
    with served("fastapi", command, {"BENCH_DATABASE": str(file)}, PEERS / "fastapi_sqlalchemy") as server:
        yield Contestant(
            "fastapi", server, questions, member="", headers={"Cookie": f"session_key={SESSION}"},
            versions=versions(python, ["fastapi", "pydantic", "sqlalchemy", "uvicorn", "uvloop"]),
        )  # fmt: skip


@contextmanager
def drf(file: Path, rows: int, arrangement: str) -> Iterator[Contestant]:
    """Django REST framework, signed in by Django's session."""
    python = environment("drf", own_server=True)
    cookie = run(python, "sign_in.py", folder=PEERS / "drf", BENCH_DATABASE=str(file)).strip()
    # Its cursor is the position, URL-encoded and then in base64; `p` is the last value of the ordering field.
    cursor = base64.b64encode(f"p={rows // 2}".encode("ascii")).decode("ascii").rstrip("=")
    cursor += "=" * (-len(cursor) % 4)
    questions = pages(
        file, rows, "/items?limit=50", "/items?limit=50&ordering=name", f"/items?limit=50&cursor={cursor}"
    )
    with _wsgi("drf", python, file, arrangement) as (name, server):
        yield Contestant(
            name, server, questions, member="results", headers={"Cookie": cookie},
            versions=versions(python, ["django", "djangorestframework", "waitress"]),
        )  # fmt: skip


@contextmanager
def _wsgi(peer: str, python: Path, file: Path, arrangement: str) -> Iterator[tuple[str, Served]]:
    name = peer if arrangement == "storekeeper" else f"{peer}, plain waitress"
    command = [python, PEERS / "serve.py", PEERS / peer, "app:app", arrangement]
    with served(name.replace(", ", "-").replace(" ", "-"), command, {"BENCH_DATABASE": str(file)}) as server:
        yield name, server
