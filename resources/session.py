"""Signing in, and what is signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import flask
from flask_login import current_user, login_user, logout_user
from sqlalchemy import Select

from common.access import Role
from common.database import reading, session_on
from common.fields import Password, Text, Username
from common.http import Field, Link, Resource, Shape, reqparse
from common.http.context import settings
from models import password as passwords
from models import user as users
from models.deployment import set_up
from models.sign_in import SignIn
from models.user import User

CREDENTIALS = reqparse.RequestParser()
CREDENTIALS.add_argument("username", type=Text(200), required=True)
CREDENTIALS.add_argument("password", type=Text(1000, min=0), required=True)

FIRST_ADMIN = reqparse.RequestParser()
FIRST_ADMIN.add_argument("code", type=Text(200), required=True)
FIRST_ADMIN.add_argument("username", type=Username(), required=True)
FIRST_ADMIN.add_argument("name", type=Text(200), nullable=True)
FIRST_ADMIN.add_argument("password", type=Password(), required=True)


def abilities(label: str) -> dict[str, bool]:
    """Return what a role may do, for a front end that shows or hides its controls."""
    role = Role.named(label)
    return {
        "post_documents": role >= Role.CLERK,
        "keep_catalogue": role >= Role.MANAGER,
        "see_costs": role >= Role.MANAGER,
        "administer": role >= Role.ADMIN,
    }


ME = Shape(
    User,
    "",
    [
        Field("username"),
        Field("name"),
        Field("email"),
        Field("role"),
        Field("store_ids"),
        Field("sees_all_stores"),
        Field("active"),
        Field("can", column=User.role, wire=abilities),
    ],
    row_path="/session",
    links=[Link("sign_out", "/session", "DELETE"), Link("password", "/users/%(id)d/password", "PUT")],
)


def is_current(session_id: int) -> bool:
    """Tell whether a session is the one that asks."""
    return bool(session_id == current_user.session_id)


SIGN_IN = Shape(
    SignIn,
    "/sessions",
    [
        Field("id", sort=SignIn.id),
        Field("user_id", filters=True, expand="users"),
        Field("place"),
        Field("agent"),
        Field("created_at", sort=True),
        Field("last_used_at", sort=True),
        Field("ends_at", sort=True),
        Field("current", column=SignIn.id, wire=is_current, schema={"type": "boolean"}),
    ],
    version=None,
    links=[Link("end", "/sessions/%(id)d", "DELETE")],
)


class Session(Resource):
    """The caller's own session."""

    shape, replayable = ME, False
    roles = {"get": Role.VIEWER, "post": None, "delete": Role.VIEWER}
    parsers = {"post": CREDENTIALS}

    def get(self) -> User:
        """Show who is signed in, and what they may do."""
        return self.session.get_one(User, self.caller.user_id)

    def prepare(self, ids: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Check the pair before the turn to write comes: it takes 30 ms on purpose."""
        del ids
        if "username" in values:
            with reading() as connection, session_on(connection) as session:
                values = {"user_id": users.sign_in(session, values["username"], values["password"]).id}
        return values

    def post(self, fields: dict[str, Any]) -> User:
        """Sign in."""
        user = self.session.get_one(User, fields["user_id"])
        begin(self, user)
        return user

    def delete(self) -> None:
        """Sign out: the session ends at once, wherever its cookie is."""
        SignIn.end(self.session, self.caller.session_id)
        logout_user()
        flask.session.clear()


def begin(resource: Resource, user: User) -> None:
    """Begin a session for the user, under a new reference; the old one, if any, ends."""
    if resource.caller.session_id is not None:
        SignIn.end(resource.session, resource.caller.session_id)
    security = settings().security
    row, reference = SignIn.begin(
        resource.session,
        user.id,
        idle=timedelta(minutes=security.session_idle_minutes),
        absolute=timedelta(hours=security.session_absolute_hours),
        place=flask.request.remote_addr or "",
        agent=flask.request.user_agent.string,
    )
    resource.session.flush()
    resource.caller = user.caller
    resource.caller.session_id, resource.caller.reference = row.id, reference
    flask.session.clear()
    flask.session.permanent = True
    login_user(resource.caller)


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
    roles = {"delete": Role.VIEWER}

    def delete(self, sign_in: SignIn) -> None:
        """End a session at once."""
        self.session.delete(sign_in)


class SetUp(Resource):
    """The first administrator, by the one-time code that the server printed."""

    shape, replayable = ME, False
    roles = {"post": None}
    parsers = {"post": FIRST_ADMIN}

    def prepare(self, ids: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Hash the password before the turn to write comes."""
        del ids
        password = values.pop("password")
        passwords.refuse_weak(password, minimum=settings().security.password_minimum, username=values["username"])
        return values | {"password_hash": passwords.make(password)}

    def post(self, fields: dict[str, Any]) -> User:
        """Make the first administrator and sign them in."""
        user = set_up(self.session, **fields)
        self.session.flush()
        begin(self, user)
        return user
