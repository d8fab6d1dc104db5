"""The composition root: the app from settings and routes. `python wsgi.py` serves it; importing builds nothing."""

from __future__ import annotations

import signal
import sys

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    # Ctrl+C while all the rest is imported ends the process as the system does it: there is nothing to tell yet.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Request
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property

import resources
from common import readers, secret
from common.access import Caller
from common.anchors import Anchors
from common.database import db
from common.http import console, context, health, mount, observe, openapi, pages, problems, refused, sessions, sign_on
from common.settings import Settings, load
from models import audit, token
from models.sign_in import SignIn, whose

ROOT = Path(__file__).resolve().parent


class _Request(Request):
    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """As Werkzeug's, without looking through all headers for the one that bears them."""
        return parse_cookie(self.environ.get("HTTP_COOKIE"), cls=ImmutableMultiDict)  # type: ignore[return-value]


class _App(Flask):
    request_class = _Request

    def ensure_sync(self, func: Any) -> Any:
        """Return the function as it is: none here is a coroutine, and Flask looks six times a request."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Return the app; settings that are wrong raise SettingsInvalid."""
    settings = settings or load(ROOT)
    settings.storage.create()
    app = _App("storekeeper", static_folder=None, root_path=str(ROOT))
    app.config.update(
        SECRET_KEY=secret.secret_key(settings),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
    )
    context.install(app, settings)
    db.init_app(app)
    problems.install(app)
    observe.install(app, settings.security.trusted_origins)
    sessions.install(app, settings, whose=whose, token_of=token.whose, touch=_touch)
    refused.install(app, audit.note)
    sign_on.install(app, settings, resources.session.sign_on)
    mount(app, "/api/v1", resources.v1)
    openapi.install(app, "/api/v1")
    pages.install(app, "/api/v1", ROOT / "console")
    health.install(app)
    console.mount(app, ROOT / "console")
    return app


def _touch(session: Session, caller: Caller, idle: timedelta) -> None:
    if caller.token_id is not None:
        token.Token.touch(session, caller.token_id)
    elif caller.session_id is not None:
        SignIn.touch(session, caller.session_id, idle)


def _engine_options(settings: Settings) -> dict[str, Any]:
    threads, database = settings.server.threads, settings.database
    return {
        "pool_size": database.pool_size or threads,
        "max_overflow": 4 + readers.KEPT,
        "write_wait": database.write_wait_seconds,
        "patient": max(1, threads - 2),
        "anchors": Anchors(settings.storage.path),
    }


_built: dict[str, Flask] = {}


def __getattr__(name: str) -> Flask:
    """Build `app` and `application` on first use, for any WSGI server."""
    if name not in {"app", "application"}:
        raise AttributeError(name)
    return _built.setdefault("app", create_app())


if __name__ == "__main__":
    from commands import main

    if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main(create_app, ROOT))
