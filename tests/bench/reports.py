"""What reports take, in time and memory: `python reports.py FILE [LEVELS] [LINES]`, on a database that it makes.

Levels and the ledger's lines are inserted as they are, for the reports alone: nothing here keeps the ledger's rules.
"""

from __future__ import annotations

import secrets
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from commands.opening import bring_up_to_date
from common.database import db, open_engine, unit_of_work
from common.settings import Settings
from common.settings_schema import Database, Security
from models import password
from models.item import Item
from models.level import Level
from models.listing import Listing
from models.movement import Movement, MovementLine
from models.store import Store
from models.user import User
from wsgi import create_app

STORES, BATCH = 10, 5_000
NOW = datetime.now(UTC)


def rss() -> int:
    """Return this process's memory in KiB, now."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def fill(session: Session, levels: int, lines: int) -> None:
    for number in range(1, STORES + 1):
        Store.create(session, code=f"S{number}", name=f"Store {number}", timezone="Europe/Berlin")
    session.flush()
    items = levels // STORES
    connection = session.connection()
    for start in range(0, items, BATCH):
        rows = [_item(number) for number in range(start + 1, min(start + BATCH, items) + 1)]
        connection.execute(insert(Item), rows)
        levels_of = [_level(store, row["id"]) for row in rows for store in range(1, STORES + 1)]
        connection.execute(insert(Level), levels_of)
        connection.execute(insert(Listing), [one for row in rows for one in _listings(row["id"])])
    for start in range(0, lines, BATCH):
        numbers = range(start + 1, min(start + BATCH, lines) + 1)
        connection.execute(insert(Movement), [_movement(number, lines) for number in numbers])
        connection.execute(insert(MovementLine), [_line(number, items) for number in numbers])
    User.create(session, password_hash=password.make("wicker-basket-on-the-stairs"), username="admin", role="admin")


def _item(number: int) -> dict[str, Any]:
    name = f"Item {number}"
    return {"id": number, "sku": name, "sku_key": name, "name": name, "name_key": name, "unit": "each", "version": 1}


def _level(store: int, item: int) -> dict[str, Any]:
    return {"store_id": store, "item_id": item, "on_hand": 1 + item % 50, "value": 3 * (1 + item % 50)}


def _listings(item: int) -> list[dict[str, Any]]:
    """Of one item in twenty, half of the stores are short, and the others can spare something."""
    if item % 20:
        return []
    short = {"item_id": item, "reorder_point": 60, "reorder_to": 80, "version": 1}
    rich = {"item_id": item, "reorder_point": 1, "reorder_to": 5, "version": 1}
    return [{"store_id": store} | (short if store % 2 else rich) for store in range(1, STORES + 1)]


def _movement(number: int, of: int) -> dict[str, Any]:
    moment = NOW - timedelta(days=365) * (number / of)
    kind = "sale" if number % 4 else "receipt"
    return {"id": number, "kind": kind, "store_id": 1 + number % STORES, "occurred_at": moment, "recorded_at": moment}


def _line(number: int, items: int) -> dict[str, Any]:
    sign = -1 if number % 4 else 1
    return {
        "movement_id": number,
        "position": 0,
        "place": "on_hand",
        "store_id": 1 + number % STORES,
        "item_id": 1 + number * 7919 % items,
        "quantity": 2 * sign,
        "value": 6 * sign,
        "unit_cost": 3,
        "on_hand_after": 5,
    }


ASKED = {
    "valuation by store": "valuation",
    "valuation by category": "valuation?by=category",
    "valuation by item, a page of 50": "valuation?by=item",
    "valuation by item, CSV": "valuation?by=item&format=csv",
    "movements by day and store": "movements?by=day,store",
    "movements by day, store and kind, CSV": "movements?by=day,store,kind&format=csv",
    "movements by day and item, CSV": "movements?by=day,item&format=csv",
    "shrinkage": "shrinkage",
    "slow movers, a page of 50": "slow-movers",
    "low stock": "low-stock",
    "replenishment, a page of 50": "replenishment",
    "replenishment, CSV": "replenishment?format=csv",
}


def ask(app: Any, cookie: str, path: str) -> tuple[int, int, int]:
    """Return how many bytes and lines came, and the most memory that was added while they did."""
    before, most, ended = rss(), [0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.01):
            most[0] = max(most[0], rss())

    watcher = threading.Thread(target=watch)
    watcher.start()
    length = lines = 0
    client = app.test_client(use_cookies=False)
    with client.get(f"/api/v1/reports/{path}", headers={"Cookie": cookie}, buffered=False) as answer:
        assert answer.status_code == 200, answer.text
        for piece in answer.iter_encoded():
            length, lines = length + len(piece), lines + piece.count(b"\r\n")
    ended.set()
    watcher.join()
    return length, lines, most[0] - before


def main(file: Path, levels: int, lines: int) -> None:
    new = not file.exists()
    settings = Settings(
        database=Database(url=f"sqlite:///{file}"), security=Security(secret_key=secrets.token_urlsafe(32))
    )
    app = create_app(settings)
    if new:
        with app.app_context():
            bring_up_to_date(settings, asked=True)
        engine = open_engine(f"sqlite:///{file}")
        with Session(engine, autoflush=False) as session, unit_of_work(session, write=True):
            fill(session, levels, lines)
        engine.dispose()
    sent = {"username": "admin", "password": "wicker-basket-on-the-stairs"}
    answer = app.test_client().post("/api/v1/session", json=sent)
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    print(f"{levels:,} levels, {lines:,} lines, {rss() // 1024} MiB before")
    for name, path in ASKED.items():
        began = time.perf_counter()
        length, rows, more = ask(app, cookie, path)
        seconds = time.perf_counter() - began
        print(f"{name:40} {seconds:6.2f} s {length / 1e6:8.2f} MB {rows:9,} lines {more / 1024:7.1f} MiB more")
    with app.app_context():
        db.engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(number) for number in [*sys.argv[2:], 1_000_000, 1_000_000][:2]))
