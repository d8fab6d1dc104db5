"""Passkeys (WebAuthn): what browsers are asked, and whether what they answer is right.

The only file that names the library. It takes a quarter of a second to load, so it is loaded when the first passkey
is used.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from common import errors
from common.errors import FieldError

CHALLENGE_BYTES = 32
TIMEOUT_SECONDS = 180
LONGEST_ID = 1023  # bytes, by the standard
# Names are parts of domains; browsers take no address for one.
LOCAL = "localhost"


Refusal = Callable[[], Exception]


class RelyingParty(NamedTuple):
    """Whom a passkey is for: the host that the browser shows, and the origins that it may have been used at."""

    id: str
    origins: tuple[str, ...]
    name: str


class Registered(NamedTuple):
    """A new passkey."""

    credential_id: str
    public_key: str
    sign_count: int


def new_challenge() -> bytes:
    """Return what a browser is to sign."""
    return secrets.token_bytes(CHALLENGE_BYTES)


def text_of(data: bytes) -> str:
    """Return bytes as WebAuthn writes them in JSON: base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def creation_options(
    party: RelyingParty, challenge: bytes, *, handle: bytes, username: str, name: str, known: Sequence[str]
) -> dict[str, Any]:
    """Return the options of `navigator.credentials.create()`; `known` are the ids of the passkeys that are there."""
    import webauthn  # noqa: PLC0415 - see above
    from webauthn.helpers import structs  # noqa: PLC0415

    # Discoverable, and behind a finger, a face or a PIN, so that each passkey can also sign in all by itself.
    wanted = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.REQUIRED,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    there = [structs.PublicKeyCredentialDescriptor(id=webauthn.helpers.base64url_to_bytes(one)) for one in known]
    made = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=handle,
        user_name=username,
        user_display_name=name,
        challenge=challenge,
        timeout=TIMEOUT_SECONDS * 1000,
        authenticator_selection=wanted,
        exclude_credentials=there,
    )
    return webauthn.helpers.options_to_json_dict(made)


def request_options(party: RelyingParty, challenge: bytes) -> dict[str, Any]:
    """Return the options of `navigator.credentials.get()`: any passkey of this host, so no name is told or asked."""
    import webauthn  # noqa: PLC0415
    from webauthn.helpers import structs  # noqa: PLC0415

    made = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=TIMEOUT_SECONDS * 1000,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.helpers.options_to_json_dict(made)


def challenge_of(credential: dict[str, Any], refusal: Refusal) -> bytes:
    """Return the challenge that the browser says it signed; raises the refusal where it says none."""
    import webauthn  # noqa: PLC0415

    with _or(refusal):
        said = webauthn.helpers.parse_client_data_json(
            webauthn.helpers.base64url_to_bytes(credential["response"]["clientDataJSON"])
        )
        if said.cross_origin:  # asked from within another site's page; the library leaves that to us
            raise refusal()
        return bytes(said.challenge)


def registered(party: RelyingParty, credential: dict[str, Any], challenge: bytes) -> Registered:
    """Return the passkey that a browser made; raises Invalid where the answer is not right in every part."""
    import webauthn  # noqa: PLC0415

    with _or(not_made):
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            require_user_verification=True,
        )
        if len(found.credential_id) > LONGEST_ID:
            raise not_made()
        return Registered(text_of(found.credential_id), text_of(found.credential_public_key), found.sign_count)


def asserted(
    party: RelyingParty,
    credential: dict[str, Any],
    challenge: bytes,
    *,
    public_key: str,
    sign_count: int,
    alone: bool,
) -> int:
    """Return the new sign count of the passkey that signed; raises WrongFactor for another, or an old count.

    `alone`: no password stands beside it, so the authenticator must have asked for a finger, a face or a PIN.
    """
    import webauthn  # noqa: PLC0415

    with _or(not_signed):
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            credential_public_key=webauthn.helpers.base64url_to_bytes(public_key),
            credential_current_sign_count=sign_count,
            require_user_verification=alone,
        )
        return int(found.new_sign_count)


def not_made() -> errors.Invalid:
    """Return the refusal of a passkey that cannot be kept."""
    message = "This passkey's answer is not right, or it came too late. Try again."
    return errors.Invalid(message, errors=[FieldError("credential", "wrong", message)])


def not_signed() -> errors.WrongFactor:
    """Return the refusal of a passkey that signs nobody in."""
    return errors.WrongFactor("This passkey is not known here, or its answer came too late. Try again.")


@contextmanager
def told_of(username: str) -> Iterator[None]:
    """Say of a refused passkey whose password stood beside it, for the record."""
    try:
        yield
    except errors.WrongFactor as error:
        error.username = username
        raise


@contextmanager
def _or(refusal: Refusal) -> Iterator[None]:
    """Refuse whatever a client sent that the library stumbles over; it promises no list of what it raises."""
    try:
        yield
    except Exception as error:
        raise refusal() from error
