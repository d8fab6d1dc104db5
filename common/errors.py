"""Every way a request or a command can be refused, one class each; common/http/problems.py knows their statuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field; `field` is a path such as `lines/0/quantity`."""

    field: str
    code: str
    message: str
    extra: dict[str, Any] | None = None


class StorekeeperError(Exception):
    """The root. `slug` is stable and names the problem's page; the sentence is for people."""

    slug: ClassVar[str] = "error"
    title: ClassVar[str] = "Something is wrong"

    def __init__(self, detail: str = "", *, errors: tuple[FieldError, ...] | list[FieldError] = ()) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors)


class Invalid(StorekeeperError):
    """What was sent cannot be understood or breaks a field's own rule; every field error at once."""

    slug = "invalid"
    title = "The request is not valid"


class NotSignedIn(StorekeeperError):
    """Nobody is signed in, or the session ended."""

    slug = "not-signed-in"
    title = "Sign in first"


class WrongCredentials(NotSignedIn):
    """The same answer for an unknown name and a wrong password; the record is told of `username` where it is known."""

    slug = "wrong-credentials"
    title = "Wrong username or password"

    def __init__(self, detail: str = "", *, username: str | None = None) -> None:
        super().__init__(detail)
        self.username = username


class WrongFactor(WrongCredentials):
    """The code or the passkey is wrong, was used before, or came too late; what stands beside it was right."""

    slug = "wrong-second-factor"
    title = "Wrong code or passkey"


class SecondFactorRequired(NotSignedIn):
    """Username and password are right, and this user's second factor is needed too; `methods` says which would do."""

    slug = "second-factor-required"
    title = "A second factor is needed"
    methods: tuple[str, ...] = ()


class NotAllowed(StorekeeperError):
    """Signed in, but the role or the store does not permit it."""

    slug = "not-allowed"
    title = "Not allowed"


class SecondFactorMissing(NotAllowed):
    """The role demands a second factor, and this user has none yet."""

    slug = "second-factor-missing"
    title = "Set up a second factor first"


class CrossSite(NotAllowed):
    """A browser says that another site made the request."""

    slug = "cross-site"
    title = "A request from another site was refused"


class NotFound(StorekeeperError):
    """No such row that this caller may see."""

    slug = "not-found"
    title = "Not found"


class Stale(StorekeeperError):
    """The row has moved on since the caller read it; `version` is the one in force."""

    slug = "stale"
    title = "The row has changed since you read it"

    def __init__(self, detail: str = "", *, version: int | None = None) -> None:
        super().__init__(detail)
        self.version = version


class PreconditionMissing(StorekeeperError):
    """A whole replacement without If-Match could overwrite somebody's change unseen."""

    slug = "precondition-required"
    title = "If-Match is required"


class Refused(StorekeeperError):
    """The rules, or the state of things, say no."""

    slug = "refused"
    title = "The rules refuse it"


class Duplicate(Refused):
    """Another row has this SKU, barcode, code or name already."""

    slug = "duplicate"
    title = "It exists already"


class InsufficientStock(Refused):
    """More was asked than there is; each line says what was asked and what is available."""

    slug = "insufficient-stock"
    title = "Not enough stock"


class UnexpectedLevel(Refused):
    """`expected_on_hand` named another level than the one in force."""

    slug = "unexpected-level"
    title = "The level is another one"


class Archived(Refused):
    """The row is archived; restore it first."""

    slug = "archived"
    title = "It is archived"


class InUse(Refused):
    """Something else still needs it."""

    slug = "in-use"
    title = "It is in use"


class AlreadyReversed(Refused):
    """A movement is reversed once."""

    slug = "already-reversed"
    title = "It has been reversed already"


class Closed(Refused):
    """It is finished and takes no more."""

    slug = "closed"
    title = "It is closed"


class LastAdministrator(Refused):
    """Somebody must be able to grant access."""

    slug = "last-administrator"
    title = "The last active administrator stays"


class LastSecondFactor(Refused):
    """The role demands a second factor, so the last one stays until there is another."""

    slug = "last-second-factor"
    title = "The last second factor stays"


class OutOfRange(Refused):
    """The sum would not fit into what the ledger can hold exactly."""

    slug = "out-of-range"
    title = "The number is too large to be kept exactly"


class Later(Exception):
    """Mixed into a refusal that is over in `retry_after` seconds."""

    def __init__(self, detail: str = "", *, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Busy(Later, StorekeeperError):
    """The database is locked, away or full, or too many are waiting."""

    slug = "busy"
    title = "The service is busy"


class ProviderAway(Busy):
    """The OpenID provider does not answer, or not with what it should."""

    slug = "provider-away"
    title = "The OpenID provider does not answer"


class TooManyAttempts(Later, StorekeeperError):
    """Too many passwords were wrong."""

    slug = "too-many-attempts"
    title = "Too many attempts"


class KeyReused(StorekeeperError):
    """The Idempotency-Key came with another body before."""

    slug = "idempotency-key-reused"
    title = "This Idempotency-Key belongs to another request"


class KeyInProgress(Refused):
    """The first request under this Idempotency-Key is still running."""

    slug = "idempotency-key-in-progress"
    title = "The first request under this key is still running"


class SettingsInvalid(StorekeeperError):
    """One line that names every unknown, missing or ill-typed setting."""

    slug = "settings"
    title = "The settings are wrong"
