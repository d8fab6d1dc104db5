"""Signed tokens of a few minutes (JWT), for services that pass one on; revoked with the token they are made from."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import jwt
from flask import current_app, g

from common import clock

LIFE_SECONDS = 600
_ALGORITHM, _ISSUER = "HS256", "storekeeper"


def end_with(expires_at: datetime | None) -> None:
    """Let what is signed in this request end no later than the token that it is made from."""
    if expires_at is not None:
        g.access_seconds = max(0, min(LIFE_SECONDS, int((expires_at - clock.now()).total_seconds())))


def seconds_left(_token_id: int) -> int:
    """Return how long what is signed in this request serves."""
    return int(g.get("access_seconds", LIFE_SECONDS))


def sign(token_id: int) -> str:
    """Return a signed token that speaks for a token of the table."""
    now, life = int(datetime.now(UTC).timestamp()), seconds_left(token_id)
    claims = {"iss": _ISSUER, "aud": _ISSUER, "sub": str(token_id), "iat": now, "exp": now + life}
    return jwt.encode(claims, _key(), algorithm=_ALGORITHM)


def token_id_of(signed: str) -> int | None:
    """Return the id of the token it speaks for; None where it is over, or not ours."""
    try:
        claims = jwt.decode(
            signed,
            _key(),
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            audience=_ISSUER,
            options={"require": ["iss", "aud", "sub", "iat", "exp"]},
        )
        return int(claims["sub"])
    except (jwt.InvalidTokenError, ValueError):
        return None


def _key() -> bytes:
    """Return a key of its own, so that nothing else that the secret signs can be taken for a token."""
    return hashlib.sha256(b"access token\0" + str(current_app.secret_key).encode("utf-8")).digest()
