"""The second factor: what a user needs beside the password, and the way in without it.

1. An authenticator app whose code was right once, and each passkey, is one; `User.second_factor` says whether there
   is any. Recovery codes stand in for one and are none: they go when the last one goes.
2. Setting one up or removing one ends the user's other sessions.
3. Where the role demands one, the last one stays; only an administrator removes it from somebody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from common import errors
from common.passkeys import RelyingParty
from common.sealed import Seal
from models.passkey import Passkey, PasskeyProof
from models.recovery_code import RecoveryCodes, RecoveryProof, plain
from models.totp import DIGITS, Totp, TotpProof, nothing_proposed
from models.user import User

Proof = TotpProof | RecoveryProof | PasskeyProof


def methods(session: Session, user_id: int) -> list[str]:
    """Return what would do, as clients name it; nothing where the user has no second factor."""
    app, codes = Totp.of(session, user_id), RecoveryCodes.of(session, user_id)
    found = ["totp"] if app is not None and app.sealed is not None else []
    found += ["passkey"] if Passkey.of(session, user_id) else []
    return [*found, "recovery-code"] if found and codes is not None and codes.unused else found


def proof_by_code(session: Session, user_id: int, seal: Seal, code: str) -> Proof | None:
    """Return the proof that a right code of the app, or a recovery code, is; None for every other."""
    typed = plain(code)
    if len(typed) == DIGITS and typed.isdecimal():
        app = Totp.of(session, user_id)
        return app.proof(seal, typed) if app is not None else None
    codes = RecoveryCodes.of(session, user_id)
    return codes.proof(typed) if codes is not None else None


def required(would_do: Sequence[str]) -> errors.SecondFactorRequired:
    """Return the refusal of a right pair alone; it says what would do beside it."""
    refusal = errors.SecondFactorRequired("Username and password are right. Send the second factor along with them.")
    refusal.methods = tuple(would_do)
    return refusal


def let_in(session: Session, user: User, proof: Proof | None) -> None:
    """Use the proof up; raises WrongFactor where it was used, SecondFactorRequired where one came to be needed."""
    if not user.active:
        raise errors.WrongCredentials("The username or the password is wrong.")
    if proof is not None:
        proof.use(session)
    elif user.second_factor:
        raise required(methods(session, user.id))


def confirm_app(user: User, *, proposal: str, step: int, kept_session: int | None) -> list[str] | None:
    """Put the proposed app in force; returns the recovery codes where these are the first."""
    app = Totp.of(_locked(user), user.id)
    if app is None or app.proposed != proposal:
        raise nothing_proposed()
    app.confirm(step)
    return _added(user, kept_session)


def add_passkey(
    user: User, party: RelyingParty, *, name: str, credential: dict[str, Any], kept_session: int | None
) -> list[str] | None:
    """Keep a passkey; returns the recovery codes where these are the first."""
    Passkey.register(_locked(user), user.id, party, name=name, credential=credential)
    return _added(user, kept_session)


def make_codes(user: User) -> list[str]:
    """Return ten new recovery codes; raises Refused for who has no second factor that they could stand in for."""
    session = _locked(user)
    if not user.second_factor:
        raise errors.Refused("Set up an authenticator app or a passkey first; recovery codes stand in for it.")
    return RecoveryCodes.make(session, user.id)


def remove_app(user: User, *, demanded: bool, kept_session: int | None) -> None:
    """Remove the authenticator app, confirmed or proposed; raises NotFound where there is none."""
    app = Totp.of(_locked(user), user.id)
    if app is None:
        raise errors.NotFound("There is no authenticator app.")
    _remove(user, [app], demanded=demanded, kept_session=kept_session)


def remove_passkey(user: User, passkey: Passkey, *, demanded: bool, kept_session: int | None) -> None:
    """Remove a passkey; raises NotFound for another user's."""
    _locked(user)
    if passkey.user_id != user.id:
        raise errors.NotFound("There is no such row.")
    _remove(user, [passkey], demanded=demanded, kept_session=kept_session)


def remove_all(user: User, *, demanded: bool = False, kept_session: int | None = None) -> None:
    """Remove every second factor, as an administrator does for who has lost the phone."""
    session = _locked(user)
    app = Totp.of(session, user.id)
    _remove(
        user, [*Passkey.of(session, user.id), *([app] if app else [])], demanded=demanded, kept_session=kept_session
    )


def _locked(user: User) -> Session:
    """Return the session of a user of whom nobody else changes the second factors until the transaction ends."""
    session = user.session
    session.refresh(user, with_for_update=True)
    return session


def _added(user: User, kept_session: int | None) -> list[str] | None:
    user.assign({"second_factor": True})
    user.end_sessions(but=kept_session)
    codes = RecoveryCodes.of(user.session, user.id)
    return None if codes is not None and codes.unused else RecoveryCodes.make(user.session, user.id)


def _remove(user: User, rows: Sequence[Any], *, demanded: bool, kept_session: int | None) -> None:
    session, had = user.session, user.second_factor
    for row in rows:
        session.delete(row)
    session.flush()
    left = bool(methods(session, user.id))
    if demanded and had and not left:
        raise errors.LastSecondFactor("Your role demands a second factor. Set up another one first.")
    user.assign({"second_factor": left})
    codes = RecoveryCodes.of(session, user.id)
    if codes is not None and not left:
        session.delete(codes)
    user.end_sessions(but=kept_session)
