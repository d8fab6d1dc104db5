"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

import shutil

import orjson
from flask import Flask, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from common import errors
from common.database import reading
from common.http.context import settings
from common.http.negotiation import JSON
from common.http.server import state
from common.schema import is_current

LEAST_FREE_BYTES = 50 * 1024 * 1024


def install(app: Flask) -> None:
    """Add `/healthz` and `/readyz`."""

    @app.get("/healthz")
    def healthz() -> Response:
        return _say({"status": "ok"}, 200)

    @app.get("/readyz")
    def readyz() -> Response:
        checks = {"serving": not state.draining, "database": _database(), "disk": _disk()}
        return _say(
            {"status": "ready" if all(checks.values()) else "not ready", "checks": checks},
            200 if all(checks.values()) else 503,
        )


def _database() -> bool:
    try:
        with reading() as connection:
            connection.execute(text("SELECT 1"))
            return is_current(connection)
    except (SQLAlchemyError, errors.StorekeeperError):
        return False


def _disk() -> bool:
    return shutil.disk_usage(settings().storage.path).free >= LEAST_FREE_BYTES


def _say(members: dict[str, object], status: int) -> Response:
    response = Response(orjson.dumps(members), status, content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    if status == 503:  # noqa: PLR2004
        response.headers["Retry-After"] = "2"
    return response
