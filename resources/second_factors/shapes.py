"""How second factors are shown."""

from __future__ import annotations

from flask import g
from sqlalchemy import func, select

from common.http import Field, Link, Many, Shape
from common.http.conditions import Holds, When
from common.http.guard import asking, demanded
from models.passkey import Passkey
from models.recovery_code import RecoveryCodes
from models.totp import Totp
from models.user import User


def made_app(user_id: int) -> dict[str, str] | None:
    """Return what this very request proposed to an authenticator app."""
    made: tuple[int, dict[str, str]] | None = g.get("made_app")
    return made[1] if made and made[0] == user_id else None


def made_codes(user_id: int) -> list[str] | None:
    """Return the recovery codes that this very request made."""
    made: tuple[int, list[str]] | None = g.get("made_codes")
    return made[1] if made and made[0] == user_id else None


SETUP = {
    "type": ["object", "null"],
    "description": "For the authenticator app; shown once. `qr` is the address of a picture, to be scanned.",
    "properties": {name: {"type": "string"} for name in ("secret", "uri", "qr")},
    "required": ["secret", "uri", "qr"],
    "additionalProperties": False,
}

PASSKEY = Shape(
    Passkey,
    "",
    [Field("id"), Field("name"), Field("host"), Field("created_at"), Field("last_used_at")],
    key=Passkey.id,
    version=None,
    bare=True,
    called="Passkey",
)


def removable(user_id: int) -> bool:
    """Tell whether the caller may remove all of a user's factors: nobody their own last one that is demanded."""
    caller = asking()
    if user_id != caller.user_id:
        return not caller.store_ids
    return caller.role is None or not demanded(caller.role.label)


FACTORS = Shape(
    User,
    "",
    [
        Field("id", column=User.id),
        Field("username"),
        Field("second_factor"),
        Field("demanded", column=User.role, wire=demanded),
        Field(
            "totp_since",
            column=select(Totp.confirmed_at).where(Totp.user_id == User.id).scalar_subquery(),
            nullable=True,
        ),
        Field(
            "recovery_codes_left",
            column=func.coalesce(
                select(RecoveryCodes.unused).where(RecoveryCodes.user_id == User.id).scalar_subquery(), 0
            ),
            nullable=False,
        ),
        Field("totp_setup", column=User.id, wire=made_app, schema=SETUP),
        Field("recovery_codes", column=User.id, wire=made_codes),
    ],
    row_path="/users/%(id)d/second-factors",
    version=None,
    many=[Many("passkeys", PASSKEY, Passkey.user_id, Passkey.id)],
    links=[
        Link(
            "remove",
            "/users/%(id)d/second-factors/removal",
            "POST",
            None,
            (When("second_factor", value=True), Holds("id", removable)),
        )
    ],
    called="SecondFactors",
)
