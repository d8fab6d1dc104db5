"""Flask-Login on server-side sessions: the cookie carries a secret reference, signed, and nothing else.

The cookie is Secure, and bears the `__Host-` prefix, where the client really uses https; on a shop's plain LAN it
cannot be either, and signing in still works.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, request
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager
from sqlalchemy.orm import Session

from common import errors
from common.access import ANONYMOUS, Caller
from common.database import again, db
from common.settings import Settings

NAME = "storekeeper"

Whose = Callable[[Session, str], "tuple[Caller, bool] | None"]
Touch = Callable[[Session, int, timedelta], None]


class CookieInterface(SecureCookieSessionInterface):
    """Flask's signed cookie, as safe as the connection allows."""

    def get_cookie_name(self, app: Flask) -> str:
        """Return the name; `__Host-` where the browser takes it."""
        del app
        return f"__Host-{NAME}" if request.is_secure else NAME

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return whether the cookie is for https alone."""
        del app
        return request.is_secure


def install(app: Flask, settings: Settings, *, whose: Whose, touch: Touch) -> None:
    """Let callers sign in; `whose` finds who holds a reference, `touch` notes that it is in use."""
    app.session_interface = CookieInterface()
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.security.session_absolute_hours),
    )
    manager = LoginManager(app)
    manager.session_protection = None  # it trusts a header; the reference is what is checked
    manager.anonymous_user = lambda: ANONYMOUS
    idle = timedelta(minutes=settings.security.session_idle_minutes)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def _load(reference: Any) -> Caller | None:
        found = whose(db.session(), reference) if isinstance(reference, str) else None
        if found is None:
            return None
        caller, stale = found
        g.touch = caller.session_id if stale else None
        return caller

    @app.after_request
    def _note_use(response: Response) -> Response:
        session_id = g.pop("touch", None)
        if session_id is not None:
            with suppress(errors.Busy):  # the next request notes it
                again(db.session(), lambda session: touch(session, session_id, idle))
        return response
