"""The bar: a page by hand, Flask and sqlite3 and orjson and nothing between them; anyone may read.

A connection a thread, kept open: as quick as this stack gets.
"""

from __future__ import annotations

import os
import sqlite3
import threading

import orjson
from flask import Flask, Response, request

COLUMNS = (
    "id", "version", "created_at", "updated_at", "sku", "name", "description",
    "category_id", "unit", "price", "cost", "tax_rate", "archived_at",
)  # fmt: skip
SELECT = f"SELECT {', '.join(COLUMNS)} FROM items WHERE archived_at IS NULL"
BY_ID = f"{SELECT} AND id > ? ORDER BY id LIMIT ?"
BY_NAME = f"{SELECT} ORDER BY name, id LIMIT ?"

app = Flask(__name__)
local = threading.local()


def connection() -> sqlite3.Connection:
    if not hasattr(local, "connection"):
        local.connection = sqlite3.connect(os.environ["BENCH_DATABASE"])
    return local.connection


@app.get("/items")
def items() -> Response:
    limit = min(int(request.args.get("limit", 50)), 200)
    if request.args.get("sort") == "name":
        rows = connection().execute(BY_NAME, (limit,)).fetchall()
    else:
        rows = connection().execute(BY_ID, (int(request.args.get("after", 0)), limit)).fetchall()
    data = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    body = orjson.dumps({"data": data, "next": rows[-1][0] if rows else None})
    return Response(body, content_type="application/json")
