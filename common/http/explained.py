"""What each problem type means and what to do about it: one entry for everything that this service may refuse."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from common import errors
from common.http.problems import _FRAMEWORK, STATUSES
from common.http.refusals import REFUSALS
from common.openid.refusal import SignOnRefused

# What to do, by class; one without an entry of its own has that of the nearest class above it.
_ADVICE: dict[type[errors.StorekeeperError], str] = {
    errors.StorekeeperError: "Read `detail`; it says what was wrong with this request.",
    errors.Invalid: "Read `errors`: each entry names a field or parameter, a stable code and a sentence. Correct all "
    "of them and send the request again.",
    errors.NotSignedIn: "Sign in by POST /api/v1/session, then send the request again.",
    errors.WrongCredentials: "Check the spelling and the keyboard's case lock. An administrator can set a new password "
    "and see whether the account is active.",
    errors.WrongFactor: "Send the code that is shown now: each serves once. The clock of the phone must be right. A "
    "recovery code does instead; who has none left asks an administrator to remove the second factor.",
    errors.SecondFactorRequired: "Send the same request again with `code`, that of the authenticator app or a recovery "
    "code, or with `passkey`, the answer of the browser to POST /api/v1/passkey-challenges.",
    SignOnRefused: "Begin again at the sign-in page. An administrator can add an account with the address that "
    "the provider knows you by; the log says why somebody was refused.",
    errors.NotAllowed: "`detail` says which role it takes. An administrator can grant it.",
    errors.SecondFactorMissing: "Set one up: an authenticator app by POST to /users/{id}/totp, or a passkey. Until "
    "then the session does nothing else.",
    errors.CrossSite: "Open the service by its own address. A front end on another site must be named in the setting "
    "trusted_origins of the section [security].",
    errors.NotFound: "Check the address and the id. A row of a store that you may not see is answered like this too.",
    errors.Stale: "Read the row again, look at what has changed, and repeat your change with the new ETag.",
    errors.PreconditionMissing: "Send If-Match with the ETag that you read, or `If-Match: *` to replace whatever is "
    "there.",
    errors.Refused: "Nothing was changed. Read `detail`, settle what stands in the way, and send the request again.",
    errors.Duplicate: "Choose another value, or find the row that has this one; it may be archived.",
    errors.InsufficientStock: "`errors` names each line with what was asked and what is available. Take less, receive "
    "or count the goods first, or let the store's stock be negative.",
    errors.UnexpectedLevel: "Read the level again, decide anew, and send the line with that `expected_on_hand`.",
    errors.Archived: "Restore the row by POST to its restoration, if it should be in use again.",
    errors.InUse: "Move or remove what still needs it, then try again.",
    errors.AlreadyReversed: "Nothing is left to do: follow `reversed_by_id` of the movement to its reversal.",
    errors.Closed: "Begin a new one.",
    errors.LastAdministrator: "Make another user an administrator first.",
    errors.LastSecondFactor: "Set up another one first, then remove this one.",
    errors.OutOfRange: "Check the quantity and the cost for a slip of the finger; no shop holds as much.",
    errors.Busy: "Wait for as many seconds as Retry-After says, then send it again. Under an Idempotency-Key a change "
    "that did happen is not made twice.",
    errors.ProviderAway: "Try again in a moment, or sign in with a password. The log says what the provider answered.",
    errors.TooManyAttempts: "Wait for as many seconds as Retry-After says. Others are not held back, nor are you at a "
    "computer where you signed in before.",
    errors.KeyReused: "Use a new key for each new request, and the same key only to send the very same request again.",
    errors.KeyInProgress: "Wait a moment and send the same request again under the same key; it gets the first one's "
    "answer.",
    errors.SettingsInvalid: "Correct every setting that the line names. `python wsgi.py settings` shows which are in "
    "force and where each comes from.",
}

# The same for what the framework and the server refuse, by status.
_BY_STATUS = {
    400: "Look at the request line, the header fields and the body's encoding.",
    404: "Check the address; GET /api/v1 links all that you may read.",
    405: "Use one of the methods that the header field Allow names.",
    406: "Ask for application/json, or leave Accept out.",
    413: "Send the data in several requests. A body may have 1 MiB.",
    414: "Ask for less in one address, such as fewer ids in a filter.",
    415: "Send `Content-Type: application/json; charset=utf-8`.",
    431: "Send fewer or shorter header fields; a browser may hold too many cookies of this address.",
    500: "Try once more. If it happens again, give `request_id` to whoever runs the service: the log has the rest.",
    503: "Wait for as many seconds as Retry-After says, then send it again.",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """One problem type; `status` is None where it is never answered over HTTP."""

    slug: str
    status: int | None
    title: str
    meaning: str
    advice: str


def explained() -> dict[str, Explained]:
    """Return every problem type by its slug, in the order of their statuses."""
    ours = {cls.slug: _of_class(cls) for cls in _below(errors.StorekeeperError) if "slug" in vars(cls)}
    said = {status: (slug, title, text) for status, (slug, title, text) in (REFUSALS | _FRAMEWORK).items()}
    theirs = {
        slug: Explained(slug, status, title, text or f"{title}.", _BY_STATUS.get(status, _BY_STATUS[400]))
        for status, (slug, title, text) in said.items()
    }
    return dict(sorted((theirs | ours).items(), key=lambda entry: (entry[1].status or 999, entry[0])))


def _below(cls: type[errors.StorekeeperError]) -> Iterator[type[errors.StorekeeperError]]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from _below(subclass)


def _of_class(cls: type[errors.StorekeeperError]) -> Explained:
    status = next((STATUSES[base] for base in cls.__mro__ if base in STATUSES), None)
    advice = next(_ADVICE[base] for base in cls.__mro__ if base in _ADVICE)
    return Explained(cls.slug, status, cls.title, inspect.getdoc(cls) or f"{cls.title}.", advice)
