"""What a user needs beside the password to sign in: an authenticator app, passkeys, recovery codes."""

from __future__ import annotations

from typing import Any

import segno
from flask import g

from common import errors
from common.access import Role
from common.database import reading, session_on
from common.errors import FieldError
from common.fields import Credential, Password, Text
from common.http import Resource, reqparse
from common.http.context import settings
from common.http.guard import attempt_with_code, confirm, demanded, refuse_others_where_limited
from common.http.relying import relying_party, seal
from models import password as passwords
from models import second_factor, totp
from models.passkey import Passkey
from models.totp import Totp
from models.user import Oneself, User
from resources.second_factors.shapes import FACTORS

CONFIRMED = reqparse.RequestParser()
CONFIRMED.add_argument("current_password", type=Password(tried=True), required=True)

REMOVAL = reqparse.RequestParser(optional=True)
REMOVAL.add_argument("current_password", type=Password(tried=True), nullable=True)

CODE = reqparse.RequestParser()
CODE.add_argument("code", type=Text(20), required=True)

NEW_PASSKEY = reqparse.RequestParser()
NEW_PASSKEY.add_argument("name", type=Text(100), required=True)
NEW_PASSKEY.add_argument("credential", type=Credential(("clientDataJSON", "attestationObject")), required=True)


class SecondFactors(Resource):
    """A user's second factors."""

    shape, rows = FACTORS, {"id": User}
    roles = {"get": Role.VIEWER}
    by_token, before_factor = False, True

    def get(self, user: User) -> User:
        """Show which second factors a user has: one's own, or anybody's as an administrator."""
        return user


class _Change(Resource):
    """A change of second factors; the answer is all of them, and what is shown once."""

    shape, rows = FACTORS, {"id": Oneself}
    roles, parsers, throttled = {"post": Role.VIEWER}, {"post": CONFIRMED}, frozenset({"post"})
    by_token, before_factor, replayable = False, True, False

    def prepare(self, ids: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Check the current password before the turn to write comes."""
        if ids["id"] == self.caller.user_id:
            with reading() as connection, session_on(connection) as session:
                user = session.get_one(User, ids["id"])
            confirm(user.username_key, lambda: passwords.matches(user.password_hash, values["current_password"] or ""))
        return values

    def post(self, user: User, fields: dict[str, Any]) -> User:
        """Change them."""
        raise NotImplementedError

    def _kept(self, user: User) -> int | None:
        return self.caller.session_id if user.id == self.caller.user_id else None

    def _told_once(self, user: User, codes: list[str] | None) -> User:
        g.made_codes = (user.id, codes) if codes else None
        return user


class AppProposal(_Change):
    """A user's authenticator app."""

    def post(self, user: User, fields: dict[str, Any]) -> User:
        """Begin to set up an authenticator app; `totp_setup` is shown in this answer and never again."""
        del fields
        secret = Totp.propose(self.session, user.id, seal())
        uri = totp.uri(secret, account=user.username, issuer=settings().shop.name)
        qr = segno.make(uri, micro=False).svg_data_uri(scale=4, border=4, light="#fff", dark="#000")
        g.made_app = user.id, {"secret": secret, "uri": uri, "qr": qr}
        return user


class AppConfirmation(_Change):
    """The proof that the authenticator app has what was proposed."""

    parsers = {"post": CODE}

    def prepare(self, ids: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Check the code, so that wrong ones cost a wait."""
        if ids["id"] != self.caller.user_id:
            return values
        with reading() as connection, session_on(connection) as session:
            user, app = session.get_one(User, ids["id"]), Totp.of(session, ids["id"])
        if app is None or app.proposed is None:
            return {"proposal": "", "step": 0}
        with attempt_with_code(user.username_key):
            step = app.proposed_step(seal(), values["code"].replace(" ", ""))
            if step is None:
                message = "This is not the code that the app shows now. Check the clock of the phone."
                raise errors.Invalid(message, errors=[FieldError("code", "wrong", message)])
        return {"proposal": app.proposed, "step": step}

    def post(self, user: User, fields: dict[str, Any]) -> User:
        """Put the app in force by its first code; the first `recovery_codes` are shown in this answer and never again.

        All other sessions of the user end.
        """
        return self._told_once(user, second_factor.confirm_app(user, **fields, kept_session=self._kept(user)))


class RecoveryCodeList(_Change):
    """A user's recovery codes, each of which serves once in place of another second factor."""

    def post(self, user: User, fields: dict[str, Any]) -> User:
        """Make ten new recovery codes in place of those that are left; shown in this answer and never again."""
        del fields
        return self._told_once(user, second_factor.make_codes(user))


class PasskeyList(_Change):
    """A user's passkeys."""

    parsers, throttled = {"post": NEW_PASSKEY}, frozenset[str]()

    def prepare(self, ids: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """The password was asked when the challenge was made, which is this user's alone."""
        del ids
        return values

    def post(self, user: User, fields: dict[str, Any]) -> User:
        """Keep the passkey that the browser made for the challenge; all other sessions of the user end."""
        codes = second_factor.add_passkey(user, relying_party(), **fields, kept_session=self._kept(user))
        return self._told_once(user, codes)


class _Removal(_Change):
    """A removal: one's own with the current password, or anybody's as an administrator."""

    rows, parsers = {"id": User}, {"post": REMOVAL}

    def permit(self, *rows: Any) -> None:
        """Refuse an administrator of some stores another's: who has none left is let in by a password alone."""
        refuse_others_where_limited(self.caller, rows[0].id)

    def _how(self, user: User) -> dict[str, Any]:
        own = user.id == self.caller.user_id
        return {"demanded": own and demanded(user.role), "kept_session": self._kept(user)}


class AppRemoval(_Removal):
    """The end of a user's authenticator app."""

    def post(self, user: User, fields: dict[str, Any]) -> User:
        """Remove the authenticator app; all other sessions of the user end."""
        del fields
        second_factor.remove_app(user, **self._how(user))
        return user


class PasskeyRemoval(_Removal):
    """The end of a passkey."""

    rows = {"id": User, "passkey_id": Passkey}

    def post(self, user: User, passkey: Passkey, fields: dict[str, Any]) -> User:  # type: ignore[override]
        """Remove a passkey; all other sessions of the user end."""
        del fields
        second_factor.remove_passkey(user, passkey, **self._how(user))
        return user


class FactorRemoval(_Removal):
    """The end of all second factors of a user, such as one whose phone is lost."""

    def post(self, user: User, fields: dict[str, Any]) -> User:
        """Remove all second factors and recovery codes; all other sessions of the user end."""
        del fields
        second_factor.remove_all(user, **self._how(user))
        return user
