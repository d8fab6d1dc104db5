"""What was refused to somebody, and who could not sign in, for the record."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, g, request
from flask_login import current_user
from sqlalchemy.orm import Session

from common import clock, errors
from common.database import db, unit_of_work
from common.http import guard
from common.http.context import settings

Note = Callable[[Session, str, str, dict[str, Any]], None]
_WAIT_SECONDS = 1.0
_SPAN = timedelta(hours=1)
MOST = 100
"""How many refusals of one account this process records within an hour; an entry stays for ever."""


class _Room:
    """How many more each account has, and until when."""

    def __init__(self) -> None:
        self._of: dict[int | None, tuple[datetime, int]] = {}

    def take(self, user_id: int | None) -> tuple[datetime, int]:
        """Return until when it is counted and how many were left, the one that is taken now included."""
        now = clock.now()
        until, left = self._of.get(user_id, (now, 0))
        if until <= now:
            until, left = now + _SPAN, MOST
        self._of[user_id] = (until, max(0, left - 1))
        return until, left


def remember(error: errors.StorekeeperError) -> None:
    """Keep a refusal in mind until its answer is made."""
    g.refusal = error


def install(app: Flask, note: Note) -> None:
    """Record, by `note`, what is refused to somebody who is signed in, and each sign-in that fails."""
    room = _Room()

    @app.after_request
    def _note(response: Response) -> Response:
        error = g.pop("refusal", None)
        if error is None or not settings().security.record_refusals:
            return response
        if isinstance(error, errors.WrongCredentials) and not _is_anybodys(error):
            _write(note, "refused", "sessions", {"username": [None, error.username]} if error.username else {})
        elif _is_refusal(error) and current_user.is_authenticated:
            until, left = room.take(current_user.user_id)
            if left:
                said = {"request": [None, f"{request.method} {request.path}"[:500]]}
                last = {"left_out_until": [None, clock.wire(until)]} if left == 1 else {}
                _write(note, "refused", "requests", said | last)
        return response


def _is_anybodys(error: errors.WrongCredentials) -> bool:
    """Tell a factor that nobody's password stood beside: anybody can send those for ever, and entries stay for ever."""
    return isinstance(error, errors.WrongFactor) and error.username is None


def _is_refusal(error: errors.StorekeeperError) -> bool:
    """Tell a refusal from a mistake: what the role does not take, and a password that is not the caller's."""
    return isinstance(error, errors.NotAllowed) or any(
        (one.field, one.code) == ("current_password", "wrong") for one in error.errors
    )


def _write(note: Note, kind: str, entity: str, changes: dict[str, Any]) -> None:
    """Where the database is busy, an answer that changes nothing does not wait for long."""
    guard.answer_for(guard.asking())
    with suppress(errors.Busy), unit_of_work(db.session(), write=True, wait=_WAIT_SECONDS) as session:
        note(session, kind, entity, changes)
