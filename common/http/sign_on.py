"""The way of a browser to the OpenID provider and back: `/sign-on` and `/sign-on/return`, where settings name one.

What a sign-on goes out with stands in a cookie that this service alone can sign, that only the browser which began has,
and that opens one return within ten minutes. Whatever goes wrong leads to the sign-in page, with a word that it knows a
sentence for: people come here and not programs.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, redirect, request
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, MethodNotAllowed
from werkzeug.wrappers import Response

from common import clock, errors
from common.access import Caller
from common.database import again, db, reading
from common.http import refused
from common.http.guard import asking
from common.openid.attempt import Attempt
from common.openid.person import Person, person_of
from common.openid.refusal import NoRoom, SignOnRefused
from common.settings import Settings
from common.spent import spend

PATH = "/sign-on"
NAME = "storekeeper-sign-on"
LIFE = timedelta(minutes=10)
_DOOR, _HOME = "/app/sign-in", "/app/"
_LONGEST_NEXT, _SOON = 500, 2
_TWINS = (errors.Stale, errors.Duplicate)  # the same person comes twice at once, and the other was first to be made
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

logger = logging.getLogger("storekeeper.sign_on")

SignOn = Callable[[Session, Caller, Person], None]


def install(app: Flask, settings: Settings, sign_on: SignOn) -> None:
    """Let people sign on; `sign_on` begins the session of who came back. Without an issuer there are no such pages."""
    if not settings.sign_on.issuer:
        return
    routes = _Routes(app, settings, sign_on)
    app.add_url_rule(PATH, "sign_on", routes.leave)
    app.add_url_rule(f"{PATH}/return", "sign_on_return", routes.come_back)


def is_inside(path: str) -> bool:
    """Tell whether a path is one of the console's, so that nobody is sent anywhere else by a link that begins here."""
    if len(path) > _LONGEST_NEXT or not re.fullmatch(r"/app/[!-\[\]-~]*", path):
        return False
    segments = re.split(r"[?#]", path)[0].lower().replace("%2e", ".").split("/")
    return not {".", ".."} & set(segments)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A sign-on that is under way."""

    attempt: Attempt
    until: datetime
    next: str


class _Routes:
    def __init__(self, app: Flask, settings: Settings, sign_on: SignOn) -> None:
        from common.openid.provider import Provider  # noqa: PLC0415 - the client is not needed without one

        self._settings = settings.sign_on
        self._sign_on = sign_on
        self._provider = Provider(settings.sign_on, at_once=max(1, settings.server.threads // 4))
        self._app = app

    @cached_property
    def _cookie(self) -> URLSafeSerializer:
        """Sign under a key that serves nothing else, and for this provider alone."""
        about = f"{self._settings.issuer} {self._settings.client_id}"
        signed_by = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        return URLSafeSerializer(str(self._app.secret_key), salt=f"sign-on {about}", signer_kwargs=signed_by)

    def leave(self) -> Response:
        """Send the browser to the provider. Not from a page of another site: who reads that has not asked for it."""
        if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
            return _to(_DOOR)
        if not request.host:
            raise BadRequest  # nobody could come back to it
        asked = request.args.get("next", "")
        attempt = Attempt(back=f"{request.host_url.rstrip('/')}{PATH}/return")
        begun = _Begun(attempt, clock.now() + LIFE, asked if is_inside(asked) else _HOME)
        try:
            response = _to(self._provider.address_for(attempt))
        except NoRoom as error:
            return _refuse(errors.ProviderAway(str(error)))
        except errors.StorekeeperError as error:
            return _refuse(error)
        return self._remember(response, begun)

    def come_back(self) -> Response:
        """Begin the session of who comes back, and send them where they wanted to go."""
        if request.method == "HEAD":
            raise MethodNotAllowed(["GET"])  # a return is used up by looking at it
        try:
            begun = self._begun()
        except errors.StorekeeperError as error:
            return _refuse(error)
        try:
            self._complete(begun)
        except NoRoom as error:
            return _come_again(error)
        except errors.StorekeeperError as error:
            return self._forget(_refuse(error))
        return self._forget(_to(begun.next))

    def _complete(self, begun: _Begun) -> None:
        with reading() as g.connection:
            caller = asking()
        person = person_of(self._claims(begun), self._settings)
        try:
            again(db.session(), lambda session: self._sign_on(session, caller, person), met=_TWINS)
        except SignOnRefused as error:
            refused.remember(error)  # who it is has been proven; of anybody else the record would fill up
            raise

    def _claims(self, begun: _Begun) -> dict[str, Any]:
        """Use the return up, but not before there is room to ask the provider."""
        said = request.args.get("error")
        if said is None:
            with self._provider.room() as until:
                _use_up(begun)
                return self._provider.claims_for(begun.attempt, request.args, until)
        _use_up(begun)
        if said in {"server_error", "temporarily_unavailable"}:
            raise errors.ProviderAway(f"the provider says {said}")
        raise SignOnRefused(f"the provider says {said!r:.100}", reason="declined")

    def _begun(self) -> _Begun:
        """Return the sign-on that this browser began and that this return answers; raises SignOnRefused."""
        try:
            kept: Any = self._cookie.loads(request.cookies.get(_name(), ""))
            begun = _Begun(Attempt(**kept["attempt"]), datetime.fromisoformat(kept["until"]), kept["next"])
        except (BadData, KeyError, TypeError, ValueError):
            raise _lost("this browser has not begun a sign-on, or a later one") from None
        state = request.args.get("state", "")
        if not hmac.compare_digest(state.encode("utf-8", "replace"), begun.attempt.state.encode("utf-8")):
            raise _lost("the return belongs to another sign-on")
        if not clock.now() < begun.until <= clock.now() + LIFE:
            raise _lost("it took too long")
        return begun

    def _remember(self, response: Response, begun: _Begun) -> Response:
        kept = {"attempt": asdict(begun.attempt), "until": begun.until.isoformat(), "next": begun.next}
        value = self._cookie.dumps(kept)
        text = value.decode("ascii") if isinstance(value, bytes) else value
        secure = request.is_secure
        response.set_cookie(_name(), text, max_age=LIFE, secure=secure, httponly=True, samesite="Lax")
        return response

    def _forget(self, response: Response) -> Response:
        response.delete_cookie(_name(), secure=request.is_secure, httponly=True, samesite="Lax")
        return response


def _name() -> str:
    return f"__Host-{NAME}" if request.is_secure else NAME


def _use_up(begun: _Begun) -> None:
    try:
        was_new = again(db.session(), lambda session: spend(session, begun.attempt.state, until=begun.until))
    except errors.Busy as error:
        raise NoRoom(error.detail) from error
    if not was_new:
        raise _lost("this return has been used before")


def _lost(detail: str) -> SignOnRefused:
    return SignOnRefused(detail, reason="lost")


def _refuse(error: errors.StorekeeperError) -> Response:
    """Lead to the sign-in page; the log has what the page does not tell."""
    otherwise = "away" if isinstance(error, errors.ProviderAway) else "busy"
    reason = getattr(error, "reason", otherwise)
    logger.log(logging.INFO if reason == "lost" else logging.WARNING, "refused (%s): %s", reason, error.detail)
    return _to(f"{_DOOR}?{urlencode({'refused': reason})}")


def _come_again(error: NoRoom) -> Response:
    """Let the browser ask once more by itself: the sign-in page could not, for the return is not known there."""
    logger.warning("put off: %s", error)
    again_soon = {"Retry-After": str(_SOON), "Refresh": str(_SOON)}
    sentence = "Many people sign in at this moment. This page goes on by itself in a moment.\n"
    return Response(sentence, 503, _HEADERS | again_soon, content_type="text/plain; charset=utf-8")


def _to(address: str) -> Response:
    response = redirect(address)
    response.headers.update(_HEADERS)
    return response
