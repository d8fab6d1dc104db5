"""Users and what they may do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from common.access import LABELS, Role
from common.database import reading, session_on
from common.fields import Boolean, Choice, Email, Id, ListOf, Password, Text, Username
from common.http import Field, Link, Resource, Shape, reqparse
from common.http.conditions import Holds, When
from common.http.context import settings
from common.http.guard import confirm, refuse_others_where_limited
from common.http.offered import to_oneself_or_unlimited, to_people, to_unlimited
from models import password as passwords
from models.text import Keyed
from models.user import User

FIELDS = reqparse.RequestParser()
FIELDS.add_argument("username", type=Username(), required=True)
FIELDS.add_argument("name", type=Text(200), nullable=True)
FIELDS.add_argument("email", type=Email(), nullable=True)
FIELDS.add_argument("role", type=Choice(*LABELS), required=True)
FIELDS.add_argument("store_ids", type=ListOf(Id(), max=1000, unique_by=int), default=[])
FIELDS.add_argument("sees_all_stores", type=Boolean(), default=True)
FIELDS.add_argument("active", type=Boolean(), default=True)
CHANGES = FIELDS.partial()
NEW = FIELDS.but()
NEW.add_argument("password", type=Password(), required=True)

PASSWORD = reqparse.RequestParser()
PASSWORD.add_argument("password", type=Password(), required=True)
PASSWORD.add_argument("current_password", type=Password(tried=True), nullable=True)

_OF_ALL = Holds("id", to_unlimited)
USER = Shape(
    User,
    "/users",
    [
        Field("username", sort=User.username_key, filters=True, by=User.username_key, rule=Keyed(Username())),
        Field("name", sort=True, filters=True),
        # Whoever reads a document may see who recorded it by `expand`: the name, no more.
        Field("email", role=Role.ADMIN, filters=True),
        Field("role", role=Role.ADMIN, filters=True, rule=Choice(*LABELS)),
        Field("store_ids", role=Role.ADMIN),
        Field("sees_all_stores", role=Role.ADMIN),
        Field("active", role=Role.ADMIN, filters=True),
        Field("second_factor", role=Role.ADMIN, filters=True),
    ],
    links=[
        Link("password", "/users/%(id)d/password", "PUT", None, (Holds("id", to_oneself_or_unlimited),)),
        Link("history", "/users/%(id)d/history", role=Role.ADMIN),
        Link("second_factors", "/users/%(id)d/second-factors", "GET", Role.ADMIN, (Holds("id", to_people),)),
        Link("revise", "/users/%(id)d", "PATCH", Role.ADMIN, (_OF_ALL,)),
        Link("deactivate", "/users/%(id)d", "DELETE", Role.ADMIN, (When("active", value=True), _OF_ALL)),
        Link("restore", "/users/%(id)d/restoration", "POST", Role.ADMIN, (When("active", value=False), _OF_ALL)),
    ],
)

ONESELF = Shape(
    User,
    "",
    [Field("username"), Field("name")],
    row_path="/session",
    links=[Link("password", "/users/%(id)d/password", "PUT")],
    called="OneselfWithoutUsers",
)
"""Who may change their own password and see no users."""


class UserList(Resource):
    """All users."""

    shape, chainwide = USER, frozenset({"post"})
    roles = {"get": Role.ADMIN, "post": Role.ADMIN}
    parsers = {"post": NEW}

    def get(self) -> Select[Any]:
        """List users."""
        return User.visible_to(self.caller)

    def prepare(self, ids: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Hash the password before the turn to write comes."""
        del ids
        return values | {"password_hash": hashed(values.pop("password"), values["username"])}

    def post(self, fields: dict[str, Any]) -> User:
        """Add a user."""
        return User.create(self.session, **fields)


class UserDetail(Resource):
    """One user. Who may do what concerns all stores, so an administrator of some changes no user."""

    shape, rows, chainwide = USER, {"id": User}, frozenset({"put", "patch", "delete"})
    roles = {"get": Role.ADMIN, "put": Role.ADMIN, "patch": Role.ADMIN, "delete": Role.ADMIN}
    parsers = {"put": FIELDS, "patch": CHANGES}

    def get(self, user: User) -> User:
        """Show a user."""
        return user

    def put(self, user: User, fields: dict[str, Any]) -> User:
        """Replace a user; what is left out takes its default."""
        return user.revise(**fields)

    def patch(self, user: User, changes: dict[str, Any]) -> User:
        """Revise a user; a new role or store ends their sessions."""
        return user.revise(**changes)

    def delete(self, user: User) -> User:
        """Deactivate a user."""
        return user.deactivate()


class UserRestoration(Resource):
    """The way back for a deactivated user."""

    shape, rows, chainwide = USER, {"id": User}, frozenset({"post"})
    roles = {"post": Role.ADMIN}

    def post(self, user: User) -> User:
        """Let a deactivated user sign in again."""
        return user.reactivate()


class UserPassword(Resource):
    """A user's password."""

    shape, rows, if_match, throttled, by_token = USER, {"id": User}, False, frozenset({"put"}), False
    roles = {"put": Role.VIEWER}
    parsers = {"put": PASSWORD}

    def prepare(self, ids: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Check the current password and hash the new one before the turn to write comes."""
        with reading() as connection, session_on(connection) as session:
            own = User.visible_to(self.caller).where(User.id == ids["id"])
            user = session.scalar(own)
        if user is None:
            return values
        if user.id == self.caller.user_id:
            confirm(user.username_key, lambda: passwords.matches(user.password_hash, values["current_password"] or ""))
        return {"password_hash": hashed(values["password"], user.username)}

    def permit(self, user: User) -> None:
        """Refuse an administrator of some stores another's password: that would give them all that the other may."""
        refuse_others_where_limited(self.caller, user.id)

    def shape_of(self, *rows: Any) -> Shape:
        """Show who may not see users, but may change their own password, to themselves."""
        del rows
        return USER if self.caller.may(Role.ADMIN) else ONESELF

    def put(self, user: User, fields: dict[str, Any]) -> User:
        """Change a password: one's own, or anybody's as an administrator; all other sessions of that user end."""
        own = user.id == self.caller.user_id
        return user.change_password(fields["password_hash"], kept_session=self.caller.session_id if own else None)


def hashed(password: str, username: str) -> str:
    """Return the hash of a password that may be set; raises Invalid for a weak one."""
    passwords.refuse_weak(password, minimum=settings().security.password_minimum, username=username)
    return passwords.make(password)
