"""Clients over real connections, and a small shop for them to trade in."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Self

from processes import PASSWORD

BASE = "/api/v1"


class Answer(NamedTuple):
    status: int
    headers: Any
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Caller:
    """What every client can do; `send` is its own."""

    cookie = ""

    def sign_in(self) -> Self:
        answer = self.post("/session", {"username": "mara", "password": PASSWORD})
        assert answer.status == 201, answer.body
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        return self

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None, key: str | None = None) -> Answer:
        return self.send("POST", path, body, {"Idempotency-Key": key} if key else {})

    def made(self, path: str, body: Any) -> Any:
        """Post what must succeed; return the row."""
        answer = self.post(path, body)
        assert answer.status == 201, answer.body
        return answer.json

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        raise NotImplementedError


class Local(Caller):
    """A client of an app in this process."""

    def __init__(self, app: Any, cookie: str = "") -> None:
        self.app, self.cookie = app, cookie

    def shop(self) -> Shop:
        return Shop(self.sign_in())

    def another(self) -> Local:
        return Local(self.app)

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        began = time.monotonic()
        sent = {"Cookie": self.cookie} | (headers or {})
        got = self.app.test_client(use_cookies=False).open(BASE + path, method=method, json=body, headers=sent)
        return Answer(got.status_code, got.headers, got.data, time.monotonic() - began)


class Client(Caller):
    """One connection, kept alive; made anew where it ended. Not for two threads at once."""

    everyone: ClassVar[list[Client]] = []

    def __init__(self, port: int, cookie: str = "", *, seconds: float = 60) -> None:
        self.port, self.cookie, self.seconds = port, cookie, seconds
        self.connection: http.client.HTTPConnection | None = None
        self.everyone.append(self)

    def another(self, port: int | None = None) -> Client:
        return Client(port or self.port, self.cookie, seconds=self.seconds)

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """Raise OSError or HTTPException where no whole answer comes; the request may have been carried out."""
        began = time.monotonic()
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.seconds)
        sent = {"Cookie": self.cookie} | ({} if body is None else {"Content-Type": "application/json"})
        content = None if body is None else json.dumps(body).encode()
        path = path if path.endswith("z") else BASE + path
        try:
            self.connection.request(method, path, content, sent | (headers or {}))
            got = self.connection.getresponse()
            whole = got.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if got.will_close:
            self.close()
        return Answer(got.status, got.headers, whole, time.monotonic() - began)

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


SEED = 20_261_120


def seeded(number: int = 0) -> random.Random:
    """Return chance that is the same in every run."""
    return random.Random(SEED + number)  # noqa: S311 - what clients do is no secret


def at_once(work: Callable[[Any], Any], givens: Iterable[Any]) -> list[Any]:
    """Do a piece of work for each of the givens, all beginning at the same moment, each in a thread of its own."""
    givens = list(givens)
    barrier = threading.Barrier(len(givens))

    def begin(given: Any) -> Any:
        barrier.wait(30)
        return work(given)

    with ThreadPoolExecutor(len(givens)) as pool:
        return list(pool.map(begin, givens))


@dataclass
class Shop:
    """Stores and items of plain pieces."""

    client: Caller
    stores: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)

    def fill(self, *, stores: int, items: int, stock: int = 0) -> Shop:
        """Make the rows, and receive that many pieces of each item in each store."""
        for number in range(stores):
            row = {"code": f"S{number}", "name": f"Store {number}", "timezone": "UTC"}
            self.stores.append(self.client.made("/stores", row)["id"])
        for number in range(items):
            row = {"sku": f"I{number}", "name": f"Item {number}", "cost": "1.25"}
            self.items.append(self.client.made("/items", row)["id"])
        for store in self.stores if stock else ():
            lines = [(item, stock) for item in self.items]
            self.client.made("/receipts", self.document(store, *lines, reference=f"opening {store}"))
        return self

    @staticmethod
    def document(store: int, *lines: tuple[int, int], **more: Any) -> dict[str, Any]:
        return {"store_id": store, "lines": [{"item_id": i, "quantity": q} for i, q in lines], **more}
