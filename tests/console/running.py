"""The real service as a process of its own, and a client of its API for what a test needs to be there."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "seven green ladders"
# Browsers trust 127.0.0.1 as they trust https; under a name of its own the same service is plain http to them.
INSECURE_NAME = "shop.test"
START_SECONDS = 60
STOP_SECONDS = 30


class Service:
    """`python wsgi.py` with a data folder of its own, on a free port."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            **os.environ,
            "STOREKEEPER_STORAGE_FOLDER": str(folder),
            "STOREKEEPER_SERVER_HOST": "127.0.0.1",
            "STOREKEEPER_SERVER_PORT": "0",
            "STOREKEEPER_PASSWORD": PASSWORD,
            "STOREKEEPER_LOG_LEVEL": "warning",
            "PYTHONUTF8": "1",
        }
        self.folder = folder
        self.url = ""
        self.setup_url = ""
        self.process: subprocess.Popen[str] | None = None

    def add_user(self, name: str, role: str) -> None:
        self._command("user", "add", name, "--role", role)

    def _command(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, str(ROOT / "wsgi.py"), *words],
            env=self.environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def start(self, *, wants_setup: bool = False) -> None:
        """Start, and wait until it has said where it serves."""
        # To a file: a pipe that nobody drains would hold the service up.
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-u", str(ROOT / "wsgi.py"), "serve"],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                # Windows sends CTRL_BREAK to a group; without one of its own pytest would get it too.
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        watchdog = threading.Timer(START_SECONDS, self.process.kill)
        watchdog.start()
        try:
            self._read_where(wants_setup=wants_setup)
        finally:
            watchdog.cancel()

    def _read_where(self, *, wants_setup: bool) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if (found := re.search(r"serves at (http://\S+)", line)) and not self.url:
                self.url = found[1]
            if found := re.search(r"http://\S+/app/setup\S+", line):
                self.setup_url = found[0]
            if self.url and (self.setup_url or not wants_setup):
                return
        self.stop()
        raise AssertionError(f"the service ended before it served: {self._log.read_text(encoding='utf-8')}")

    @property
    def _log(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.log")

    def stop(self) -> None:
        if self.process is None:
            return
        # CTRL_BREAK is what ends a process gently on Windows; SIGTERM would cut it off there.
        self.process.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM))
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


class Api:
    """A signed-in client, without a browser."""

    def __init__(self, url: str, username: str = "mara") -> None:
        self.url = url
        opener = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), opener)
        self.post("/session", {"username": username, "password": PASSWORD})

    def get(self, path: str):
        return self._send("GET", path)

    def post(self, path: str, body: dict | None = None):
        return self._send("POST", path, body)

    def patch(self, row: dict, **changes):
        """Change a row, whoever changed it before."""
        return self._send("PATCH", row["links"]["self"]["href"].removeprefix("/api/v1"), changes, {"If-Match": "*"})

    def _send(self, method: str, path: str, body: dict | None = None, headers: dict | None = None):
        content = None if body is None else json.dumps(body).encode()
        every = {"Content-Type": "application/json"} if content else {}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", content, every | (headers or {}), method=method)
        with self.opener.open(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")


def new_user(url: str, role: str = "clerk") -> str:
    """A user of a test's own; made by `mara`, which is faster than the command."""
    name = f"user{time.monotonic_ns()}"
    Api(url).post("/users", {"username": name, "password": PASSWORD, "role": role})
    return name


class Shop:
    """A shop to look at: two stores, a tree of categories, and enough items for three pages."""

    KINDS = ("Hammer", "Saw", "Pliers", "Rake", "Spade", "Bucket")
    SORTS = ("small", "large", "blue", "green", "steel")

    def __init__(self, api: Api) -> None:
        self.api = api
        self.street = api.post("/stores", {"code": "HS", "name": "High Street", "timezone": "Europe/Berlin"})
        self.depot = api.post("/stores", {"code": "DE", "name": "Depot", "timezone": "Europe/Berlin"})
        self.tools = api.post("/categories", {"name": "Tools"})
        self.hand = api.post("/categories", {"name": "Hand tools", "parent_id": self.tools["id"]})
        self.garden = api.post("/categories", {"name": "Garden"})
        self.items = [self._item(number) for number in range(120)]
        self.receipt = self.receive([(item, 10) for item in self.items[:12]], reference="DN-1001")

    def _item(self, number: int) -> dict:
        kind = self.KINDS[number % 6]
        return self.api.post(
            "/items",
            {
                "sku": f"T-{number:03d}",
                "name": f"{kind} {self.SORTS[number // 6 % 5]} {number:03d}",
                "category_id": (self.hand if number % 6 < 3 else self.garden)["id"],
                "price": f"{number + 1}.50",
                "cost": f"{number // 2}.25",
                "tax_rate": 19,
                "barcodes": [gtin(number)],
                "attributes": {"colour": "red", "kilos": 1.5, "fragile": True} if number % 5 == 0 else {},
            },
        )

    def receive(self, lines: list[tuple[dict, int]], **more) -> dict:
        rows = [{"item_id": item["id"], "quantity": quantity, "unit_cost": "2.50"} for item, quantity in lines]
        return self.api.post("/receipts", {"store_id": self.street["id"], "lines": rows, **more})

    def new_item(self, name: str, **more) -> dict:
        """An item that no other test touches."""
        number = 1000 + len(self.items)
        item = self.api.post("/items", {"sku": f"N-{number}", "name": name, "barcodes": [gtin(number)], **more})
        self.items.append(item)
        return item

    def new_user(self, username: str, role: str = "clerk", **more) -> dict:
        """Somebody whom no other test signs in as."""
        return self.api.post("/users", {"username": username, "role": role, "password": PASSWORD, **more})

    def on_hand(self, item: dict) -> float:
        rows = self.api.get(f"/stock?item_id={item['id']}&store_id={self.street['id']}")["data"]
        return rows[0]["on_hand"] if rows else 0


def gtin(number: int) -> str:
    """A valid EAN-13 of the range for use within a shop."""
    digits = f"20{number:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"
