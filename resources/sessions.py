"""What is signed in."""

from __future__ import annotations

from typing import Any

from flask_login import current_user
from sqlalchemy import Select, literal

from common.access import Role
from common.http import Field, Link, Resource, Shape
from models.sign_in import SignIn


def is_current(session_id: int) -> bool:
    """Tell whether a session is the one that asks."""
    return bool(session_id == current_user.session_id)


SIGN_IN = Shape(
    SignIn,
    "/sessions",
    [
        Field("id", sort=SignIn.id),
        Field("version", column=literal(1), nullable=False),
        Field("user_id", filters=True, expand="users"),
        Field("place"),
        Field("agent"),
        Field("created_at", sort=True),
        Field("updated_at", column=SignIn.last_used_at),
        Field("last_used_at", sort=True),
        Field("ends_at", sort=True),
        Field("current", column=SignIn.id, wire=is_current, schema={"type": "boolean"}),
    ],
    version=None,
    links=[Link("end", "/sessions/%(id)d", "DELETE")],
)


class SignInList(Resource):
    """What is signed in."""

    shape = SIGN_IN
    roles = {"get": Role.VIEWER}

    def get(self) -> Select[Any]:
        """List one's own sessions; all of them for an administrator."""
        return SignIn.visible_to(self.caller)


class SignInDetail(Resource):
    """One session."""

    shape, rows = SIGN_IN, {"id": SignIn}
    roles = {"get": Role.VIEWER, "delete": Role.VIEWER}

    def get(self, sign_in: SignIn) -> SignIn:
        """Show a session."""
        return sign_in

    def delete(self, sign_in: SignIn) -> None:
        """End a session at once."""
        self.session.delete(sign_in)
