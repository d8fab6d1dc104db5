"""Idempotency-Key: the first answer is kept in the transaction of its effect, and given again, byte for byte.

A twin that arrives while the first one runs waits: on SQLite for its turn to write, on PostgreSQL at the unique key.
Where it waits in vain, it is told that the first is still running, not that the service is busy.
Only answers that had an effect are kept; a refusal may be tried again under the same key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Response, request
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from common import clock, errors
from common.access import Caller
from common.database import insert_first, is_lock_timeout
from common.errors import FieldError
from common.kept_answers import KeptAnswer

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(days=7)
_SANE = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("Content-Type", "ETag", "Location", "Last-Modified")
_RUNNING = "The first request under this key is still running."
_running: dict[str, object] = {}  # the scopes that this process works on, each with its first request


def read_key() -> str | None:
    """Return the request's key; raises Invalid for one that is not 1 to 255 printable ASCII characters."""
    key = request.headers.get(HEADER)
    if key is not None and not _SANE.fullmatch(key):
        message = "An Idempotency-Key is 1 to 255 printable ASCII characters without blanks."
        raise errors.Invalid(message, errors=[FieldError(HEADER, "format", message)])
    return key


@contextmanager
def running(caller: Caller) -> Iterator[None]:
    """Run one request; raises KeyInProgress in place of Busy while an earlier one under its key still runs here."""
    key = request.headers.get(HEADER)
    if key is None:
        yield
        return
    scope, mine = _scope(caller, key), object()
    first = _running.setdefault(scope, mine) is mine
    try:
        yield
    except errors.Busy as error:
        if not first and scope in _running:
            raise errors.KeyInProgress(_RUNNING) from error
        raise
    finally:
        if first:
            del _running[scope]


class Claim:
    """One caller's claim on one key, within the transaction of the effect."""

    def __init__(self, session: Session, caller: Caller, key: str) -> None:
        self.session = session
        self.scope = _scope(caller, key)
        self.fingerprint = _fingerprint(caller)
        self.key = key

    def earlier(self) -> Response | None:
        """Return the first answer where there is one; raises KeyReused for another body, KeyInProgress after 10 s."""
        if self._is_first():
            return None
        kept = self.session.execute(select(KeptAnswer).where(KeptAnswer.scope == self.scope)).scalar_one()
        if kept.fingerprint != self.fingerprint:
            raise errors.KeyReused(
                "This key came with another body before, or when you might see other things. "
                "Use a new key for a new request."
            )
        response = Response(kept.body or b"", kept.status)
        response.headers.update(kept.headers or {})
        response.headers["Idempotent-Replayed"] = "true"
        return response

    def _is_first(self) -> bool:
        moment = clock.now()
        over = KeptAnswer.created_at < moment - KEPT_FOR
        # Looked for first: on MariaDB a DELETE that finds none waits for the next row, which may be under way.
        if self.session.execute(select(KeptAnswer.scope).where(over).limit(1)).first():
            self.session.execute(delete(KeptAnswer).where(over))
        row = {"scope": self.scope, "fingerprint": self.fingerprint, "key": self.key, "created_at": moment}
        try:
            return insert_first(self.session, KeptAnswer, row)
        except OperationalError as error:
            if is_lock_timeout(error):
                raise errors.KeyInProgress(_RUNNING) from error
            raise

    def keep(self, response: Response) -> None:
        """Keep the answer; it is committed with the effect or not at all."""
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        values = {"status": response.status_code, "headers": headers, "body": response.get_data()}
        self.session.execute(update(KeptAnswer).where(KeptAnswer.scope == self.scope).values(**values))


def _fingerprint(caller: Caller) -> str:
    """Return what must be the same for the first answer to be given again: the body, and what the caller may see."""
    by_token = " by token" if caller.token_id is not None else ""  # which is offered other links than its owner
    sees = f"{caller.role} {sorted(caller.store_ids)} {caller.sees_all_stores}{by_token}\0".encode()
    return hashlib.sha256(sees + request.get_data(cache=True)).hexdigest()


def _scope(caller: Caller, key: str) -> str:
    who = f"user {caller.user_id}" if caller.user_id is not None else "anybody"
    text = f"{who}\0{request.method}\0{request.full_path}\0{key}"
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
