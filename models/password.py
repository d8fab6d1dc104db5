"""Passwords at rest: argon2id with OWASP's parameters (19 MiB, two passes, one lane).

Hashing takes 30 ms of a core on purpose, so it runs outside every transaction and at most twice at once: a storm of
sign-ins must not starve the people who are working.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib import import_module

from argon2 import PasswordHasher, exceptions

from common import errors, gate
from common.errors import FieldError
from models.text import key

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
NONE = "-"
"""Kept where somebody has no password and signs in otherwise: no password matches it."""
_at_once = threading.BoundedSemaphore(2)
# What an unknown name is checked against, so that it takes as long as a known one.
_nobody = _hasher.hash("the password of nobody")


def make(password: str) -> str:
    """Return the hash to keep."""
    with gate.outside(), _at_once:
        return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Tell whether the password is the right one; takes as long where `kept` is None, or NONE."""
    kept = None if kept == NONE else kept
    with gate.outside(), _at_once:
        try:
            return _hasher.verify(kept or _nobody, password) and kept is not None
        except (exceptions.VerifyMismatchError, exceptions.InvalidHashError):
            return False


def renewed(kept: str, password: str) -> str | None:
    """Return a new hash of the right password where the parameters have risen since `kept` was made, else None."""
    return make(password) if _hasher.check_needs_rehash(kept) else None


def refuse_weak(password: str, *, minimum: int, username: str) -> None:
    """Raise Invalid for a password that is too short, common, or little more than the name."""
    if len(password) < minimum:
        raise _weak("too_short", f"A password has at least {minimum} characters.")
    if key(username) in key(password) and len(password) < len(username) + minimum:
        raise _weak("common", "A password must not be the username with a little added.")
    if password.strip().lower() in _common():
        raise _weak("common", "A common password, or a single word or name, is guessed first. Use several words.")


@cache
def _common() -> frozenset[str]:
    # zxcvbn's lists, in lower case, each entry in the one where it stands highest; not its estimate, whose time grows
    # with the square of the length. Imported when needed: they take megabytes, and passwords are set rarely.
    return frozenset().union(*import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS.values())


def _weak(code: str, message: str) -> errors.Invalid:
    return errors.Invalid(message, errors=[FieldError("password", code, message)])
