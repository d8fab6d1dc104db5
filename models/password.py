"""Passwords at rest: argon2id with OWASP's parameters (19 MiB, two passes, one lane).

Hashing takes 30 ms of a core on purpose, so it runs outside every transaction and at most twice at once: a storm of
sign-ins must not starve the people who are working.
"""

from __future__ import annotations

import threading

from argon2 import PasswordHasher, exceptions

from common import errors, gate
from common.errors import FieldError
from models.text import key

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_at_once = threading.BoundedSemaphore(2)
# What an unknown name is checked against, so that it takes as long as a known one.
_nobody = _hasher.hash("the password of nobody")


def make(password: str) -> str:
    """Return the hash to keep."""
    with gate.outside(), _at_once:
        return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Tell whether the password is the right one; takes as long where `kept` is None."""
    with gate.outside(), _at_once:
        try:
            return _hasher.verify(kept or _nobody, password) and kept is not None
        except (exceptions.VerifyMismatchError, exceptions.InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Tell whether the parameters have risen since it was made."""
    return _hasher.check_needs_rehash(kept)


def refuse_weak(password: str, *, minimum: int, username: str) -> None:
    """Raise Invalid for a password that is too short or says no more than the name."""
    if len(password) < minimum:
        raise _weak("too_short", f"A password has at least {minimum} characters.")
    if key(username) in key(password) and len(password) < len(username) + minimum:
        raise _weak("common", "A password must not be the username with a little added.")


def _weak(code: str, message: str) -> errors.Invalid:
    return errors.Invalid(message, errors=[FieldError("password", code, message)])
