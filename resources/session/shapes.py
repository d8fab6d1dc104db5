"""How who asks is shown to themselves: what a token may, where one asks, and not what its owner may."""

from __future__ import annotations

import orjson

from common.access import Caller, Role
from common.http import Field, Link, Shape
from common.http.conditions import Holds, When
from common.http.guard import asking, demanded_here, lacks_factor
from common.http.offered import to_admitted, to_people
from models.user import User


def _token() -> Caller | None:
    caller = asking()
    return caller if caller.token_id is not None else None


def role_here(role: str) -> str:
    """Return the label of the role that counts for this request."""
    token = _token()
    return role if token is None or token.role is None else token.role.label


def stores_here(store_ids: str) -> list[int]:
    """Return the stores that this request is limited to; none for all."""
    token = _token()
    return orjson.loads(store_ids) if token is None else sorted(token.store_ids)


def sees_all_here(sees_all: int) -> bool:
    """Tell whether this request sees what is in all stores."""
    token = _token()
    return bool(sees_all if token is None else token.sees_all_stores)


def abilities(role: str) -> dict[str, bool]:
    """Return what the caller may do now, for a front end that shows or hides its controls."""
    may = None if lacks_factor(asking()) else Role.named(role_here(role))
    return {
        "post_documents": may is not None and may >= Role.CLERK,
        "keep_catalogue": may is not None and may >= Role.MANAGER,
        "see_costs": may is not None and may >= Role.MANAGER,
        "administer": may is not None and may >= Role.ADMIN,
    }


_PEOPLE = (Holds("id", to_people),)

ME = Shape(
    User,
    "",
    [
        Field("username"),
        Field("name"),
        Field("email"),
        Field("role", wire=role_here),
        Field("store_ids", wire=stores_here, schema={"type": "array", "items": {"type": "integer"}}),
        Field("sees_all_stores", wire=sees_all_here),
        Field("active"),
        Field("second_factor"),
        Field("second_factor_demanded", column=User.role, wire=demanded_here),
        Field("can", column=User.role, wire=abilities),
    ],
    row_path="/session",
    links=[
        Link("sign_out", "/session", "DELETE", None, _PEOPLE),
        Link("second_factors", "/users/%(id)d/second-factors", "GET", None, _PEOPLE),
        Link("totp", "/users/%(id)d/totp", "POST", None, _PEOPLE),
        Link("passkey_challenges", "/users/%(id)d/passkey-challenges", "POST", None, _PEOPLE),
        Link("passkeys", "/users/%(id)d/passkeys", "POST", None, _PEOPLE),
        Link(
            "recovery_codes",
            "/users/%(id)d/recovery-codes",
            "POST",
            None,
            (When("second_factor", value=True), *_PEOPLE),
        ),
        Link("password", "/users/%(id)d/password", "PUT", None, (Holds("id", to_admitted),)),
    ],
)
