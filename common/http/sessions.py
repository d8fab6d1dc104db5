"""Flask-Login on server-side sessions: the cookie carries a secret reference and nothing else.

The reference is 256 random bits that the database knows by their hash, so there is nothing to sign, and nothing in the
cookie that could be read or planted. It is Secure, and bears the `__Host-` prefix, where the client really uses https;
on a shop's plain LAN it can be neither, and signing in still works.
"""

from __future__ import annotations

import logging
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
from common.http import access_tokens
from common.http.observe import is_private
from common.settings import Settings

logger = logging.getLogger("storekeeper.sessions")

NAME = "storekeeper"
_REFERENCE = "_user_id"  # Flask-Login's name for what `Caller.get_id` returns
_LONGEST = 128

Whose = Callable[[Connection, str], "tuple[Caller, bool] | None"]
TokenOf = Callable[..., "tuple[Caller, bool] | None"]
Touch = Callable[[Session, Caller, timedelta], None]
_JWT_DOTS = 2


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
        if "Authorization" in request.headers:
            return session  # it alone says who asks: a bad one is not made good by a cookie
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
            if not is_private(current_request.environ):
                logger.warning("a sign-in over plain http is not private: others on that network can read along")


def _cookie_name(request: Request) -> str:
    return f"__Host-{NAME}" if request.is_secure else NAME


def install(app: Flask, settings: Settings, *, whose: Whose, token_of: TokenOf, touch: Touch) -> None:
    """Let callers sign in; `whose` finds who holds a reference, `token_of` a token, `touch` notes its use."""
    app.session_interface = ReferenceInterface(timedelta(hours=settings.security.session_absolute_hours))
    # Not by `init_app`, which would look for a remembered user's cookie at the end of each request: there are none.
    app.login_manager = manager = LoginManager()  # type: ignore[attr-defined]
    # Session protection trusts a header; the reference is what is checked. The identifier would be hashed all the same.
    manager.session_protection = None
    manager._session_identifier_generator = lambda: ""  # noqa: SLF001 - there is no public way
    manager.anonymous_user = lambda: ANONYMOUS
    idle = timedelta(minutes=settings.security.session_idle_minutes)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def _load(reference: str) -> Caller | None:
        return _noted(whose(g.connection, reference))

    @manager.request_loader  # type: ignore[untyped-decorator]
    def _load_by_token(request: Request) -> Caller | None:
        if "Authorization" not in request.headers:
            return None
        found = _by_token(request, token_of)
        if found is None:
            raise errors.NotSignedIn("The token is unknown, revoked or over, or the header Authorization is malformed.")
        return _noted(found)

    @app.after_request
    def _note_use(response: Response) -> Response:
        caller = g.pop("touch", None)
        if caller is not None:
            # No reading waits for somebody else's writing; where this cannot be noted now, the next request does.
            with suppress(errors.Busy), unit_of_work(db.session(), write=True, wait=0) as session:
                touch(session, caller, idle)
        return response


def _noted(found: tuple[Caller, bool] | None) -> Caller | None:
    """Return the caller; a use that is worth noting is noted once the answer stands."""
    if found is None:
        return None
    caller, stale = found
    if stale:
        g.touch = caller
    return caller


def _by_token(request: Request, token_of: TokenOf) -> tuple[Caller, bool] | None:
    sent = request.authorization
    if sent is None:
        return None
    if sent.type == "basic":  # spreadsheets: the token in place of the password
        found = token_of(g.connection, secret=sent.password or "")
        return found if found and found[0].username.casefold() == (sent.username or "").casefold() else None
    if sent.type != "bearer" or not sent.token:
        return None
    if sent.token.count(".") != _JWT_DOTS:
        return token_of(g.connection, secret=sent.token)
    token_id = access_tokens.token_id_of(sent.token)
    found = None if token_id is None else token_of(g.connection, token_id=token_id)
    if found is not None:
        found[0].for_minutes = True
    return found
