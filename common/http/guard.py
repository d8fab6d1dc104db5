"""Step 1, who: the signed-in caller against the verb's role, and no change on behalf of another site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import request
from flask_login import current_user

from common import acting, errors, log
from common.access import ANONYMOUS, Caller, Role
from common.errors import FieldError
from common.http.context import settings, throttle
from common.http.observe import request_id
from common.throttle import Attempt

_SAFE = {"GET", "HEAD", "OPTIONS"}


def asking() -> Caller:
    """Return who asks."""
    caller: Caller = current_user._get_current_object()  # noqa: SLF001 - the object behind the proxy
    return caller


def admit(role: Role | None, *, public: bool, by_token: bool = True, before_factor: bool = False) -> Caller:
    """Return the caller; raises NotSignedIn, NotAllowed, CrossSite. `role` None lets anybody in.

    `by_token`: whether a token may; `before_factor`: whether it is open to who must set up a second factor first.
    """
    caller = asking()
    log.bind(user_id=caller.user_id)
    if request.method not in _SAFE and (role is None or caller.is_authenticated):
        refuse_cross_site()
    if caller.token_id is not None and not by_token:
        raise errors.NotAllowed("This is for people, not for tokens. Sign in with your password.")
    if role is not None and not before_factor and lacks_factor(caller):
        raise _missing()
    if role is None or caller.may(role):
        return caller
    if caller.is_authenticated:
        raise errors.NotAllowed(
            f"This takes the role {role.label}; yours is {caller.role.label if caller.role else 'none'}. "
            "An administrator can grant it."
        )
    if public and settings().access.public_catalogue:
        return ANONYMOUS
    raise errors.NotSignedIn("Sign in first, by POST /api/v1/session.")


def demanded(role: str) -> bool:
    """Tell whether a role must have a second factor."""
    return role in settings().security.second_factor_roles


def demanded_here(role: str) -> bool:
    """Tell whether a role must have one in this session: where a provider let the user in, it is the provider's."""
    return demanded(role) and not current_user.by_sign_on


def lacks_factor(caller: Caller) -> bool:
    """Tell whether a caller's role demands a second factor that they have not set up.

    Tokens go on working; for who came by single sign-on it is the provider's to demand one.
    """
    role = caller.role
    excused = caller.token_id is not None or caller.second_factor or caller.by_sign_on
    return role is not None and not excused and demanded(role.label)


def refuse_others_before_factor(caller: Caller, rows: Iterable[Any]) -> None:
    """Raise SecondFactorMissing where who must set up a factor first is about to touch another's."""
    if lacks_factor(caller) and any(getattr(row, "user_id", row.id) != caller.user_id for row in rows):
        raise _missing()


def refuse_limited(caller: Caller) -> None:
    """Raise NotAllowed for a change that concerns all stores where the caller's role covers some."""
    if caller.store_ids:
        raise errors.NotAllowed("This concerns all stores; your role covers some. An administrator can grant it.")


def refuse_others_where_limited(caller: Caller, user_id: int) -> None:
    """Raise as `refuse_limited`, but for what is the caller's own."""
    if user_id != caller.user_id:
        refuse_limited(caller)


def _missing() -> errors.SecondFactorMissing:
    return errors.SecondFactorMissing("Your role demands a second factor, and you have none yet. Set one up first.")


def answer_for(caller: Caller) -> None:
    """Say who is behind what this request changes."""
    acting.act_as(caller, place=request.remote_addr, request_id=request_id())


def refuse_elsewhere(caller: Caller, rows: Iterable[Any]) -> None:
    """Raise NotAllowed for a change of a row that belongs to a store which the caller's role does not cover."""
    for row in rows:
        store_id = getattr(row, "kept_by", None)
        if store_id is not None and not caller.may_write_store(store_id):
            raise errors.NotAllowed("Your role does not cover this store. An administrator can grant it.")


@contextmanager
def attempt(username_key: str) -> Iterator[None]:
    """Let a password be tried from where the request comes; it counts as wrong unless the body ends without an error.

    Raises TooManyAttempts.
    """
    one = Attempt.of(username_key, request.remote_addr or "")
    throttle().enter(one)
    yield
    throttle().succeed(one)


@contextmanager
def attempt_with_code(username_key: str) -> Iterator[None]:
    """Let a code be tried, as `attempt` does a password, but counted wherever it comes from.

    Who tries one knows the password. A code has six digits, and from many addresses they would soon be all tried; so
    here nobody but who knows the password can hold the user back, and a passkey is not held back at all.
    """
    account = f"code of {username_key}"
    one = Attempt.of(account, account)
    throttle().enter(one)
    yield
    throttle().succeed(one)


def confirm(username_key: str, is_right: Callable[[], bool]) -> None:
    """Raise Invalid for a wrong current password; whoever holds another's session must not find it out here."""
    with attempt(username_key):
        if not is_right():
            message = "This is not your current password."
            raise errors.Invalid(message, errors=[FieldError("current_password", "wrong", message)])


def refuse_cross_site() -> None:
    """Raise CrossSite where the browser says that another site sends this; programs send neither header."""
    origin = request.headers.get("Origin")
    if origin is not None and origin in settings().security.trusted_origins:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        foreign = site not in {"same-origin", "none"}
    else:
        # Either scheme: a proxy that is not declared may speak https to the browser and http to us.
        host = request.host.lower()
        foreign = origin is not None and origin.lower() not in {f"http://{host}", f"https://{host}"}
    if foreign:
        raise errors.CrossSite("Your browser says that another site sent this request.")
