"""The provider of the settings: where it is, its keys, and the way of one sign-on there and back.

Code with PKCE (S256), state and nonce. What it publishes is kept for an hour; keys are read anew, once, where a token
names one that is not among them. A provider that is away costs a few threads some seconds, and never all of them: as
many returns as ask it may wait for room beside them, and everybody else is told at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from requests.exceptions import RequestException

from common import errors, gate
from common.openid.attempt import Attempt
from common.openid.fetching import Bounded
from common.openid.refusal import NoRoom, SignOnRefused
from common.openid.tokens import Unbelievable, claims_of, key_set
from common.settings_schema import SignOn
from common.settings_values import is_loopback, is_safe_url

KEPT_SECONDS = 3600.0
VISIT_SECONDS = 10.0
"""How long all that one sign-on asks of the provider may take, its wait for room included."""
ROOM_SECONDS = 3.0
DISCOVERY = "/.well-known/openid-configuration"
_SCOPE = "openid email profile"
_LONGEST_TOLD = 300
_ADDRESS = {"email", "email_verified"}

# What reading nonsense raises, too; JSON may be nested too deep to be read.
_ODD = (RequestException, AuthlibBaseError, JoseError, ValueError, KeyError, TypeError, RecursionError)

T = TypeVar("T")


@dataclass(slots=True)
class _Kept(Generic[T]):
    """What was read last, until it is too old."""

    value: T | None = None
    until: float = 0.0

    def fresh(self) -> T | None:
        return self.value if time.monotonic() < self.until else None

    def keep(self, value: T) -> T:
        self.value, self.until = value, time.monotonic() + KEPT_SECONDS
        return value


class Provider:
    """The OpenID provider; at most `at_once` requests ask it, and raise ProviderAway where it does not answer."""

    def __init__(self, settings: SignOn, *, at_once: int) -> None:
        self.settings = settings
        self._few = threading.BoundedSemaphore(at_once)
        self._waiting = threading.BoundedSemaphore(at_once)
        self._metadata: _Kept[dict[str, Any]] = _Kept()
        self._keys: _Kept[KeySet] = _Kept()

    def address_for(self, attempt: Attempt) -> str:
        """Return where the browser is to go."""
        metadata = self._metadata.fresh()
        if metadata is None:
            with self.room(wait=False) as until, self._visit(attempt, until) as session:
                metadata = self._described(session)
        address, _ = _session(self.settings, attempt, until=0).create_authorization_url(
            metadata["authorization_endpoint"],
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
            **({"prompt": self.settings.prompt} if self.settings.prompt else {}),
        )
        return str(address)

    @contextmanager
    def room(self, *, wait: bool = True) -> Iterator[float]:
        """Have room to ask, until the moment that is given; raises NoRoom where there is none, or none soon."""
        until = time.monotonic() + VISIT_SECONDS
        if not (self._few.acquire(blocking=False) or (wait and self._room_comes())):
            raise NoRoom("Too many sign-ons wait for the provider.")
        try:
            yield until
        finally:
            self._few.release()

    def _room_comes(self) -> bool:
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            with gate.outside():
                return self._few.acquire(timeout=ROOM_SECONDS)
        finally:
            self._waiting.release()

    def claims_for(self, attempt: Attempt, returned: Mapping[str, str], until: float) -> dict[str, Any]:
        """Return the verified claims of who came back with `returned`, for whom there is room; raises SignOnRefused."""
        with self._visit(attempt, until) as session:
            metadata = self._described(session)
            _refuse_mixed_up(metadata, returned, self.settings.issuer)
            given = self._exchanged(session, metadata, attempt, returned.get("code", ""))
            claims = self._verified(session, metadata, attempt, given)
            return self._completed(session, metadata, claims)

    @contextmanager
    def _visit(self, attempt: Attempt, until: float) -> Iterator[OAuth2Session]:
        try:
            with _session(self.settings, attempt, until=until) as session:
                yield session
        except _ODD as error:
            raise errors.ProviderAway(f"{type(error).__name__}: {error}"[:_LONGEST_TOLD], retry_after=5) from error

    def _described(self, session: OAuth2Session) -> dict[str, Any]:
        """Return what the provider says of itself; its name must be the one that settings have for it."""
        known = self._metadata.fresh()
        if known is not None:
            return known
        found = _object(session.get(self.settings.issuer.removesuffix("/") + DISCOVERY, withhold_token=True))
        if found["issuer"] != self.settings.issuer:
            raise ValueError(f"the provider calls itself {found['issuer']}; [sign_on] issuer must say exactly that")
        unsafe = [found[n] for n in ("authorization_endpoint", "token_endpoint", "jwks_uri") if not _is_safe(found[n])]
        if unsafe:
            raise ValueError(f"the provider names an address that others could listen to: {unsafe[0]}")
        return self._metadata.keep(found)

    def _keys_of(self, session: OAuth2Session, metadata: dict[str, Any], *, anew: bool) -> KeySet:
        known = None if anew else self._keys.fresh()
        return known or self._keys.keep(key_set(_object(session.get(metadata["jwks_uri"], withhold_token=True))))

    def _exchanged(
        self, session: OAuth2Session, metadata: dict[str, Any], attempt: Attempt, code: str
    ) -> dict[str, Any]:
        accepted = metadata.get("token_endpoint_auth_methods_supported", ())
        how = "client_secret_post" if "client_secret_post" in accepted else "client_secret_basic"
        try:
            given = session.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
                auth=session.client_auth(how if self.settings.client_secret else "none"),
            )
        except AuthlibBaseError as error:
            raise _invalid(f"the provider does not take the code: {error}") from error
        return dict(given)

    def _verified(
        self, session: OAuth2Session, metadata: dict[str, Any], attempt: Attempt, given: dict[str, Any]
    ) -> dict[str, Any]:
        check = partial(
            claims_of,
            given.get("id_token"),
            issuer=self.settings.issuer,
            client_id=self.settings.client_id,
            nonce=attempt.nonce,
            access_token=given.get("access_token"),
        )
        try:
            try:
                return check(self._keys_of(session, metadata, anew=False))
            except InvalidKeyIdError:  # the provider may have changed its keys since
                return check(self._keys_of(session, metadata, anew=True))
        except (Unbelievable, JoseError) as error:
            raise _invalid(str(error)) from error

    def _completed(self, session: OAuth2Session, metadata: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
        """Add what the token lacks and the provider tells who asks with it; an address comes with its `verified`."""
        is_vouched = "email" in claims and ("email_verified" in claims or self.settings.trust_addresses)
        lacking = set() if is_vouched else {*_ADDRESS, "name"} - (claims.keys() - _ADDRESS)
        lacking |= {self.settings.role_claim} - {"", *claims}
        address = metadata.get("userinfo_endpoint")
        if not lacking or address is None:
            return claims
        told = _object(session.get(address))
        if told.get("sub") != claims["sub"]:
            raise _invalid("the provider tells of somebody else than its token")
        if "email" not in told:
            lacking -= _ADDRESS
        kept = {name: value for name, value in claims.items() if name not in lacking}
        return kept | {name: told[name] for name in lacking if name in told}


def _session(settings: SignOn, attempt: Attempt, *, until: float) -> OAuth2Session:
    session = OAuth2Session(
        settings.client_id,
        settings.client_secret,
        scope=_SCOPE,
        redirect_uri=attempt.back,
        code_challenge_method="S256",
        leeway=0,
    )
    session.trust_env = not is_loopback(settings.issuer)  # a proxy on the way out would be another computer
    for scheme in ("https://", "http://"):
        session.mount(scheme, Bounded(until))
    return session


def _object(answer: Any) -> dict[str, Any]:
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise TypeError("the provider answers with something else than a JSON object")
    return found


def _is_safe(address: object) -> bool:
    return isinstance(address, str) and is_safe_url(address)


def _refuse_mixed_up(metadata: dict[str, Any], returned: Mapping[str, str], issuer: str) -> None:
    """Raise SignOnRefused for an answer that another provider gave (RFC 9207)."""
    says_so = bool(metadata.get("authorization_response_iss_parameter_supported"))
    if returned.get("iss", None if says_so else issuer) != issuer:
        raise _invalid("the answer comes from another provider")


def _invalid(detail: str) -> SignOnRefused:
    return SignOnRefused(detail[:_LONGEST_TOLD], reason="invalid")
