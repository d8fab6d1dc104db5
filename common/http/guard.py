"""Step 1, who: the signed-in caller against the verb's role, and no change on behalf of another site."""

from __future__ import annotations

from flask import request
from flask_login import current_user

from common import errors, log
from common.access import ANONYMOUS, Caller, Role
from common.http.context import settings

_SAFE = {"GET", "HEAD", "OPTIONS"}


def admit(role: Role | None, *, public: bool) -> Caller:
    """Return the caller; raises NotSignedIn, NotAllowed, CrossSite. `role` None lets anybody in."""
    caller: Caller = current_user._get_current_object()  # noqa: SLF001 - the object behind the proxy
    log.bind(user_id=caller.user_id)
    if request.method not in _SAFE and (role is None or caller.is_authenticated):
        refuse_cross_site()
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
