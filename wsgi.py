"""The composition root: the app from settings and routes. `python wsgi.py` serves it; importing builds nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from flask import Flask

import resources
from common import secret
from common.database import db
from common.http import console, context, health, mount, observe, openapi, pages, problems, sessions
from common.settings import Settings, load
from models import sign_in

ROOT = Path(__file__).resolve().parent


def create_app(settings: Settings | None = None) -> Flask:
    """Return the app; settings that are wrong raise SettingsInvalid."""
    settings = settings or load(ROOT)
    settings.storage.create()
    app = Flask("storekeeper", static_folder=None, root_path=str(ROOT))
    app.config.update(
        SECRET_KEY=secret.secret_key(settings),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
    )
    context.install(app, settings)
    db.init_app(app)
    problems.install(app)
    observe.install(app, settings.security.trusted_origins)
    sessions.install(app, settings, whose=sign_in.whose, touch=sign_in.SignIn.touch)
    mount(app, "/api/v1", resources.v1)
    openapi.install(app, "/api/v1")
    pages.install(app, "/api/v1", ROOT / "console")
    health.install(app)
    console.mount(app, ROOT / "console")
    return app


def _engine_options(settings: Settings) -> dict[str, Any]:
    threads, database = settings.server.threads, settings.database
    return {
        "pool_size": database.pool_size or threads,
        "max_overflow": 4,
        "write_wait": database.write_wait_seconds,
        "patient": max(1, threads - 2),
    }


_built: dict[str, Flask] = {}


def __getattr__(name: str) -> Flask:
    """Build `app` and `application` on first use, for any WSGI server."""
    if name not in {"app", "application"}:
        raise AttributeError(name)
    return _built.setdefault("app", create_app())


if __name__ == "__main__":
    from commands import main

    sys.exit(main(create_app, ROOT))
