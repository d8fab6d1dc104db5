"""Flask-Login on server-side sessions: the cookie carries a secret reference and nothing else.

The reference is 256 random bits that the database knows by their hash, so there is nothing to sign, and nothing in the
cookie that could be read or planted. It is Secure, and bears the `__Host-` prefix, where the client really uses https;
on a shop's plain LAN it can be neither, and signing in still works.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, g
from flask import request as current_request
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from common import errors
from common.access import ANONYMOUS, Caller
from common.database import db, unit_of_work
from common.settings import Settings

NAME = "storekeeper"
_REFERENCE = "_user_id"  # Flask-Login's name for what `Caller.get_id` returns
_LONGEST = 128

Whose = Callable[[Connection, str], "tuple[Caller, bool] | None"]
Touch = Callable[[Session, int, timedelta], None]


class ReferenceSession(dict[str, Any], SessionMixin):
    """Flask's session; only the reference outlives the request."""

    before: str | None = None


class ReferenceInterface(SessionInterface):
    """Reads the reference from the cookie, and sets or clears the cookie where signing in or out changed it."""

    def __init__(self, lifetime: timedelta) -> None:
        self.lifetime = lifetime

    def open_session(self, app: Flask, request: Request) -> ReferenceSession:
        """Return what the cookie says."""
        del app
        session = ReferenceSession()
        reference = request.cookies.get(_cookie_name(request))
        if reference and len(reference) <= _LONGEST:
            session.before = session[_REFERENCE] = reference
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Tell the browser the new reference, or to forget the old one."""
        del app
        assert isinstance(session, ReferenceSession)  # noqa: S101 - Flask passes what open_session made
        after = session.get(_REFERENCE)
        if after == session.before:
            return
        name, secure = _cookie_name(current_request), current_request.is_secure
        if after is None:
            response.delete_cookie(name, secure=secure, httponly=True, samesite="Lax")
        else:
            response.set_cookie(name, after, max_age=self.lifetime, secure=secure, httponly=True, samesite="Lax")


def _cookie_name(request: Request) -> str:
    return f"__Host-{NAME}" if request.is_secure else NAME


def install(app: Flask, settings: Settings, *, whose: Whose, touch: Touch) -> None:
    """Let callers sign in; `whose` finds who holds a reference, `touch` notes that it is in use."""
    app.session_interface = ReferenceInterface(timedelta(hours=settings.security.session_absolute_hours))
    manager = LoginManager(app)
    # Session protection trusts a header; the reference is what is checked. The identifier would be hashed all the same.
    manager.session_protection = None
    manager._session_identifier_generator = lambda: ""  # noqa: SLF001 - there is no public way
    manager.anonymous_user = lambda: ANONYMOUS
    idle = timedelta(minutes=settings.security.session_idle_minutes)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def _load(reference: str) -> Caller | None:
        found = whose(g.connection, reference)
        if found is None:
            return None
        caller, stale = found
        if stale:
            g.touch = caller.session_id
        return caller

    @app.after_request
    def _note_use(response: Response) -> Response:
        session_id = g.pop("touch", None)
        if session_id is not None:
            # No reading waits for somebody else's writing; where this cannot be noted now, the next request does.
            with suppress(errors.Busy), unit_of_work(db.session(), write=True, wait=0) as session:
                touch(session, session_id, idle)
        return response
