"""What a browser is to sign with a passkey: once, and soon."""

from __future__ import annotations

from typing import Any

from flask import g, request

from common import passkeys
from common.access import Role
from common.database import reading, session_on
from common.fields import Password
from common.http import Field, Link, Resource, Shape, reqparse
from common.http.guard import confirm
from common.http.relying import handle_of, relying_party
from models import password as passwords
from models.challenge import PasskeyChallenge
from models.passkey import Passkey
from models.user import Oneself, User

CONFIRMED = reqparse.RequestParser()
CONFIRMED.add_argument("current_password", type=Password(tried=True), required=True)


def options(challenge_id: int) -> dict[str, Any]:
    """Return the options of the challenge that this very request made."""
    made: tuple[int, dict[str, Any]] = g.made_challenge
    return made[1] if made[0] == challenge_id else {}


FIELDS = [
    Field("id", column=PasskeyChallenge.id),
    Field("ends_at"),
    Field(
        "options",
        column=PasskeyChallenge.id,
        wire=options,
        schema={"type": "object", "description": "For navigator.credentials, as the standard writes them in JSON."},
    ),
]


LINKS = [Link("session", "/session")]
CHALLENGE = Shape(
    PasskeyChallenge, "", FIELDS, key=PasskeyChallenge.id, version=None, links=LINKS, called="PasskeyChallenge"
)


class SignInChallenge(Resource):
    """The challenge of signing in by a passkey, alone or beside a password."""

    shape, replayable = CHALLENGE, False
    roles = {"post": None}

    def post(self) -> PasskeyChallenge:
        """Ask for a challenge; `options` go to navigator.credentials.get(), its answer to POST /session."""
        party = relying_party()
        row, challenge = PasskeyChallenge.begin(self.session, place=request.remote_addr or "")
        self.session.flush()
        g.made_challenge = row.id, passkeys.request_options(party, challenge)
        return row


class NewPasskeyChallenge(Resource):
    """The challenge of making a passkey."""

    shape, rows, replayable = CHALLENGE, {"id": Oneself}, False
    roles, parsers, throttled = {"post": Role.VIEWER}, {"post": CONFIRMED}, frozenset({"post"})
    by_token, before_factor = False, True

    def prepare(self, ids: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Check the current password before the turn to write comes."""
        if ids["id"] == self.caller.user_id:
            with reading() as connection, session_on(connection) as session:
                user = session.get_one(User, ids["id"])
            confirm(user.username_key, lambda: passwords.matches(user.password_hash, values["current_password"]))
        return values

    def post(self, user: User, fields: dict[str, Any]) -> PasskeyChallenge:
        """Ask for a challenge; `options` go to navigator.credentials.create(), its answer to the user's passkeys."""
        del fields
        party, known = relying_party(), [one.credential_id for one in Passkey.of(self.session, user.id)]
        row, challenge = PasskeyChallenge.begin(self.session, place=request.remote_addr or "", user_id=user.id)
        self.session.flush()
        g.made_challenge = (
            row.id,
            passkeys.creation_options(
                party, challenge, handle=handle_of(user.id), username=user.username, name=user.name, known=known
            ),
        )
        return row
