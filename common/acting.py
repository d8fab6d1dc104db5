"""Who acts, through what and from where: bound once by the pipeline or a command, read by what records changes."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from common.access import Caller


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever is behind a change; all None where the service itself is."""

    user_id: int | None = None
    username: str | None = None
    session_id: int | None = None
    token_id: int | None = None
    place: str | None = None
    request_id: str | None = None


_NOBODY = Actor()
_actor: ContextVar[Actor] = ContextVar("actor", default=_NOBODY)


def act_as(caller: Caller, *, place: str | None = None, request_id: str | None = None) -> None:
    """Say who is behind what is changed from now on in this thread."""
    who = (caller.user_id, caller.username or None, caller.session_id, caller.token_id)
    _actor.set(Actor(*who, place, request_id))


def act_from(place: str) -> None:
    """Say that a command is behind what is changed from now on."""
    _actor.set(Actor(place=place))


def rest() -> None:
    """Forget who acted: a server's thread goes on to somebody else's request."""
    _actor.set(_NOBODY)


def acting() -> Actor:
    """Return who is behind what is changed now."""
    return _actor.get()
