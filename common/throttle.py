"""How often a password may be tried: counted by account and address together, and by address alone.

1. Only failures count: an attempt is counted before the password is looked at, so that a hundred at once are counted,
   and taken back when it was right.
2. After so many failures each further one doubles the wait, up to a quarter of an hour; a wait is not made longer by
   those who do not wait.
3. Nobody locks anybody out from elsewhere: no count hangs on the account's name alone, and who has signed in from an
   address before is not held back by what others fail at there. Many addresses that try one account are slowed by the
   hash, and find no common password (models/password.py).
4. Names that do not exist are counted like those that do.

The counts stand in the database, or in Redis where settings name one, so that several processes agree.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from common import errors

FORGOTTEN_AFTER = timedelta(minutes=15)
LONGEST_WAIT = timedelta(minutes=15)
FIRST_WAIT = timedelta(seconds=5)
KNOWN_FOR = timedelta(days=30)
ADDRESS_FACTOR = 10  # of the failures of one account there, for a whole shop may share an address
_NETWORK_BITS = 64  # what an IPv6 customer is given to choose addresses from


class Count(NamedTuple):
    """Failures, and until when to wait."""

    failures: int = 0
    last: datetime | None = None
    until: datetime | None = None

    def wait(self, now: datetime) -> timedelta:
        """Return how long to wait; none where the clock was set back, which must lock nobody out."""
        left: timedelta = self.until - now if self.until else timedelta()
        return left if timedelta() < left <= LONGEST_WAIT else timedelta()

    def after_another(self, now: datetime, free: int) -> Count:
        """Return the count after one more failure; the wait begins with the `free`-th."""
        fresh = self.last is None or now - self.last > FORGOTTEN_AFTER
        failures = 1 if fresh else self.failures + 1
        return Count(failures, now, now + wait_after(failures, free) if failures >= free else None)


def wait_after(failures: int, free: int) -> timedelta:
    """Return the wait: five seconds at first, then twice as long each time."""
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures - free, 20)))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, as three keys that tell nothing of the name and the address in them."""

    pair: str
    address: str
    known: str

    @classmethod
    def of(cls, account: str, address: str) -> Attempt:
        """Return the attempt to sign in to an account, by the key of its name."""
        network = _network(address)
        return cls(_key("pair", account, network), _key("address", network), _key("known", account, network))


class Throttle(Protocol):
    """Where the counts are kept."""

    def enter(self, attempt: Attempt) -> None:
        """Count an attempt as failed; raises TooManyAttempts where it must wait, which counts as none."""

    def succeed(self, attempt: Attempt) -> None:
        """Take the attempt back, and know this account at this address from now on."""


class Off:
    """No limit."""

    def enter(self, attempt: Attempt) -> None:
        """Let everybody in."""

    def succeed(self, attempt: Attempt) -> None:
        """Keep nothing."""


def refuse(wait: timedelta) -> errors.TooManyAttempts:
    """Return the refusal of whoever does not wait."""
    seconds = max(1, math.ceil(wait.total_seconds()))
    return errors.TooManyAttempts(
        f"Too many attempts failed here. Wait {seconds} seconds, then try again.", retry_after=seconds
    )


def opened(url: str, free: int, in_database: Callable[[int], Throttle]) -> Throttle:
    """Return the throttle that settings ask for; `free` is how many failures are let pass, 0 for no limit."""
    if not free:
        return Off()
    if url:
        from common.throttle_redis import InRedis  # noqa: PLC0415 - the client is not needed without one

        return InRedis(url, free)
    return in_database(free)


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8")).hexdigest()


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4 or found.ipv4_mapped:  # noqa: PLR2004 - of the two that there are
        return str(getattr(found, "ipv4_mapped", None) or found)
    return str(ipaddress.ip_network((found, _NETWORK_BITS), strict=False))
