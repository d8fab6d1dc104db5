"""Who somebody is by what the provider says: only what it vouches for."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.fields import Email, FieldProblem, Text
from common.settings_schema import SignOn

logger = logging.getLogger("storekeeper.sign_on")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at an issuer, for whom the address is known to be theirs; None where it is not.

    `role` is what the claims give, None where roles are none of the provider's business.
    """

    issuer: str
    subject: str
    address: str | None
    name: str | None
    role: str | None


def person_of(claims: Mapping[str, Any], settings: SignOn) -> Person:
    """Return who the verified claims tell of."""
    return Person(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        address=_address(claims, settings),
        name=_read(Text(200), claims.get("name")),
        role=_role(claims, settings),
    )


def _address(claims: Mapping[str, Any], settings: SignOn) -> str | None:
    verified = claims.get("email_verified", settings.trust_addresses)
    return _read(Email(), claims.get("email")) if verified is True else None


def _role(claims: Mapping[str, Any], settings: SignOn) -> str | None:
    """Return the highest role that a value of the claim gives.

    Who is in too many groups for a token has them elsewhere (`_claim_names`): nothing is known of their role then.
    """
    name = settings.role_claim
    elsewhere = claims.get("_claim_names")
    if not name or (isinstance(elsewhere, Mapping) and name in elsewhere):
        return None
    values = _values(claims.get(name))
    if not all(isinstance(value, str) for value in values):
        logger.warning("the claim %s of [sign_on] role_claim is there in a form that is not understood", name)
    given = [settings.role_of[value] for value in values if isinstance(value, str) and value in settings.role_of]
    return max(given).label if given else settings.default_role


def _values(said: Any) -> list[Any]:
    """Return what a claim gives: one text, a list of them, or the names in an object, as Zitadel sends its roles."""
    if isinstance(said, Mapping):
        return [name for name, of in said.items() if of is not None and of is not False]
    if isinstance(said, list):
        return said
    return [] if said is None else [said]


def _read(rule: Email | Text, value: Any) -> str | None:
    try:
        return rule(value) or None
    except (FieldProblem, ValueError):
        return None
