"""An id token is believed when the issuer signed it, for this service, now, and in answer to this very sign-on."""

from __future__ import annotations

import hmac
from contextlib import suppress
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, import_key
from joserfc.jws import JWSRegistry

from common import clock

# None that a shared secret signs: the provider's public key would do for one, and it is public.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_KINDS = ("RSA", "EC", "OKP")
CLOCKS_DIFFER = 120  # a shop's computer is no time server
_LONGEST_SUBJECT = 255


class Unbelievable(Exception):
    """The token is not what it should be."""


class _Registry(JWSRegistry):
    """Some issuers put their certificate into the header, and names of their own."""

    max_header_length = 8192

    def __init__(self) -> None:
        super().__init__(algorithms=ALGORITHMS, strict_check_header=False)


def key_set(published: Any) -> KeySet:
    """Return the public keys that sign; what else is published there is passed over."""
    keys: list[Key] = []
    for entry in published["keys"]:
        if isinstance(entry, dict) and entry.get("kty") in _KINDS and entry.get("use", "sig") == "sig":
            with suppress(JoseError, ValueError, TypeError, KeyError):
                keys.append(import_key(entry))
    return KeySet(keys)


def claims_of(
    token: Any, keys: KeySet, *, issuer: str, client_id: str, nonce: str, access_token: str | None
) -> dict[str, Any]:
    """Return the claims of a token that is all that it should be.

    Raises Unbelievable otherwise; joserfc's InvalidKeyIdError where the key that it names is not among the keys.
    """
    try:
        signed = jwt.decode(token, keys, algorithms=ALGORITHMS, registry=_Registry())
    except (ValueError, TypeError, AttributeError) as error:
        raise Unbelievable("the id token cannot be read") from error
    claims = signed.claims
    rules = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}}
    asked = {"nonce": nonce, "client_id": client_id, "access_token": access_token}
    try:
        CodeIDToken(claims, signed.header, rules, asked).validate(int(clock.now().timestamp()), CLOCKS_DIFFER)
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        raise Unbelievable(f"the id token is not valid: {error}") from error
    _refuse_odd(claims, client_id, nonce)
    return claims


def _refuse_odd(claims: dict[str, Any], client_id: str, nonce: str) -> None:
    """Refuse what is wrong also where the library should once let it pass."""
    audience, subject, said = claims["aud"], claims["sub"], claims.get("nonce")
    if client_id not in (audience if isinstance(audience, list) else [audience]):
        raise Unbelievable("the id token is for somebody else")
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != client_id:
        raise Unbelievable("the id token was given to somebody else")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode("utf-8"), nonce.encode("utf-8")):
        raise Unbelievable("the id token answers another sign-on")
    plain = isinstance(subject, str) and subject.isascii() and subject.isprintable()
    if not plain or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise Unbelievable("the id token does not say who it is about")
