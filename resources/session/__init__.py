"""Signing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import flask
from flask_login import login_user, logout_user
from sqlalchemy.orm import Session as OrmSession

from common import errors
from common.access import ANONYMOUS, Caller, Role
from common.database import reading, session_on
from common.errors import FieldError
from common.fields import Credential, Password, Text, Username
from common.http import Resource, reqparse
from common.http.context import settings
from common.http.guard import answer_for, attempt, attempt_with_code
from common.http.observe import is_private
from common.http.relying import relying_party, seal
from common.openid.person import Person
from common.passkeys import not_signed, told_of
from models import identity, second_factor
from models import password as passwords
from models import user as users
from models.deployment import set_up
from models.passkey import PasskeyProof, proof_of
from models.sign_in import SignIn
from models.text import key
from models.user import User
from resources.session.shapes import ME

CREDENTIALS = reqparse.RequestParser()
CREDENTIALS.add_argument("username", type=Text(200), nullable=True)
CREDENTIALS.add_argument("password", type=Password(tried=True), nullable=True)
CREDENTIALS.add_argument("code", type=Text(64), nullable=True)
CREDENTIALS.add_argument(
    "passkey", type=Credential(("clientDataJSON", "authenticatorData", "signature")), nullable=True
)

FIRST_ADMIN = reqparse.RequestParser()
FIRST_ADMIN.add_argument("code", type=Text(200), required=True)
FIRST_ADMIN.add_argument("username", type=Username(), required=True)
FIRST_ADMIN.add_argument("name", type=Text(200), nullable=True)
FIRST_ADMIN.add_argument("password", type=Password(), required=True)


class Session(Resource):
    """The caller's own session."""

    shape, replayable, throttled = ME, False, frozenset({"post"})
    roles = {"get": Role.VIEWER, "post": None, "delete": Role.VIEWER}
    before_factor = True
    parsers = {"post": CREDENTIALS}

    def get(self) -> User:
        """Show who is signed in, and what they may do."""
        return self.session.get_one(User, self.caller.user_id)

    def prepare(self, ids: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Check what was sent before the turn to write comes: a password takes 30 ms on purpose."""
        del ids
        if not values:  # signing out sends nothing
            return values
        passkey = values["passkey"]
        if passkey is not None and values["username"] is None and values["password"] is None:
            proof = self._signed(passkey, alone=True)
            return {"user_id": proof.user_id, "proof": proof}
        require(values, "username", "password")
        account = key(values["username"])
        with attempt(account), reading() as connection, session_on(connection) as session:
            user = users.sign_in(session, values["username"], values["password"])
            renewed = passwords.renewed(user.password_hash, values["password"])
            methods = second_factor.methods(session, user.id) if user.second_factor else []
        known = {"user_id": user.id, "was": user.password_hash, "renewed": renewed}
        return known | {"proof": self._second(user, methods, values) if methods else None}

    def _second(self, user: User, methods: list[str], values: dict[str, Any]) -> second_factor.Proof:
        """Return the proof of the second factor; raises SecondFactorRequired without one, WrongFactor for a wrong one.

        Only who has sent the right password comes as far.
        """
        if values["passkey"] is not None:
            return self._signed_by(user, values["passkey"])
        if values["code"] is None:
            raise second_factor.required(methods)
        with attempt_with_code(user.username_key), reading() as connection, session_on(connection) as session:
            found = second_factor.proof_by_code(session, user.id, seal(), values["code"])
            if found is None:
                raise errors.WrongFactor("This code is wrong, or it was used already.", username=user.username)
        return found

    def _signed_by(self, user: User, passkey: dict[str, Any]) -> PasskeyProof:
        with told_of(user.username):
            proof = self._signed(passkey, alone=False)
            if proof.user_id != user.id:
                raise not_signed()
        return proof

    def _signed(self, passkey: dict[str, Any], *, alone: bool) -> PasskeyProof:
        with reading() as connection, session_on(connection) as session:
            return proof_of(session, relying_party(), passkey, alone=alone)

    def post(self, fields: dict[str, Any]) -> User:
        """Sign in: by username and password, and `code` or `passkey` where a second factor is needed, or by `passkey`.

        401 `second-factor-required` says which second factors would do.
        """
        user = self.session.get_one(User, fields["user_id"])
        if "was" in fields:
            user.renew_hash(fields["was"], fields["renewed"])
        second_factor.let_in(self.session, user, fields["proof"])
        begin(self, user)
        return user

    def delete(self) -> None:
        """Sign out: the session ends at once, wherever its cookie is."""
        SignIn.end(self.session, self.caller.session_id)
        flask.after_this_request(_forget)
        logout_user()
        flask.session.clear()


def _forget(response: flask.Response) -> flask.Response:
    """What was read must not be in the browser's cache for whoever comes next; see docs/decisions.md for the rest."""
    if is_private(flask.request.environ):  # elsewhere browsers refuse it, and have been told to keep nothing
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


def require(values: dict[str, Any], *names: str) -> None:
    """Raise Invalid with every name that has no value."""
    missing = [FieldError(name, "required", "This is required.") for name in names if values[name] is None]
    if missing:
        raise errors.Invalid("Some fields are not valid; `errors` names each.", errors=missing)


@dataclass
class Visitor:
    """Who comes from the OpenID provider, where otherwise a resource is asked."""

    session: OrmSession
    caller: Caller


def sign_on(session: OrmSession, caller: Caller, person: Person) -> None:
    """Begin a session for who comes from the OpenID provider; what it changes of their account, nobody here did."""
    answer_for(ANONYMOUS)
    user = identity.sign_on(session, person, settings().sign_on)
    session.flush()
    begin(Visitor(session, caller), user)


def begin(resource: Resource | Visitor, user: User) -> None:
    """Begin a session for the user, under a new reference; the old one, if any, ends."""
    flask.after_this_request(_forget)
    answer_for(user.caller)
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
        by_sign_on=isinstance(resource, Visitor),
    )
    resource.session.flush()
    resource.caller = user.caller
    resource.caller.session_id, resource.caller.reference = row.id, reference
    flask.session.clear()
    flask.session.permanent = True
    login_user(resource.caller)


class SetUp(Resource):
    """The first administrator, by the one-time code that the server printed."""

    shape, replayable = ME, False
    roles = {"post": None}
    parsers = {"post": FIRST_ADMIN}

    def is_there(self) -> bool:
        """Gone for good once somebody can administer."""
        return not User.there_is_an_admin(session_on(self.connection))

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
