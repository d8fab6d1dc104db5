"""What was refused to somebody, and who could not sign in, for the record."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask, Response, g, request
from flask_login import current_user
from sqlalchemy.orm import Session

from common import errors
from common.database import db, unit_of_work
from common.http import guard
from common.http.context import settings

Note = Callable[[Session, str, str, dict[str, Any]], None]
_WAIT_SECONDS = 1.0


def remember(error: errors.StorekeeperError) -> None:
    """Keep a refusal in mind until its answer is made."""
    g.refusal = error


def install(app: Flask, note: Note) -> None:
    """Record, by `note`, what is refused to somebody who is signed in, and each sign-in that fails."""

    @app.after_request
    def _note(response: Response) -> Response:
        error = g.pop("refusal", None)
        if error is None or not settings().security.record_refusals:
            return response
        if isinstance(error, errors.WrongCredentials) and not _is_anybodys(error):
            _write(note, "refused", "sessions", {"username": [None, error.username]} if error.username else {})
        elif _is_refusal(error) and current_user.is_authenticated:
            _write(note, "refused", "requests", {"request": [None, f"{request.method} {request.path}"[:500]]})
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
