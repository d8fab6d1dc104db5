"""Every setting: its type, its default and what it is for. settings.ini says the same, and a test compares them."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common import settings_values as read
from common.access import LABELS, Role
from common.errors import SettingsInvalid

_CHECKOUT = Path(__file__).resolve().parent.parent
# On Windows Python 3.12.4 and later take 0o700 for "this user alone", which would lock the service's account out
# of a folder that an administrator's console made; there the installer's ACL is inherited.
_PRIVATE = 0o700 if os.name == "posix" else 0o777


def key(default: object, reader: Callable[[str], object], comment: str, *, secret: bool = False) -> Any:
    """Declare a setting; the repr leaves a secret out."""
    return field(default=default, repr=not secret, metadata={"read": reader, "comment": comment, "secret": secret})


@dataclass(frozen=True, slots=True)
class Server:
    """How the service is reached."""

    host: str = key("127.0.0.1", read.host, "Where to listen: this computer alone; 0.0.0.0 for the whole network.")
    port: int = key(8080, read.whole(0, 65535), "0 takes a free one and prints it.")
    threads: int = key(16, read.whole(2, 64), "How many requests are worked on at once, 2 to 64.")
    connection_limit: int = key(
        1000, read.whole(10, 4000), "How many clients may be connected, 10 to 4000; Windows allows 400 at the most."
    )
    trusted_proxy: str = key(
        "",
        read.proxy,
        "The address of a proxy in front, whose headers are believed; * only where nothing else can reach the port.",
    )
    trusted_proxy_headers: tuple[str, ...] = key(
        ("x-forwarded-for", "x-forwarded-proto"),
        read.proxy_headers,
        "The headers that this proxy sets itself; any that it merely passes on could be forged.",
    )
    drain_seconds: int = key(
        10, read.whole(0, 300), "How long a stop waits for the requests that are being worked on, 0 to 300."
    )


@dataclass(frozen=True, slots=True)
class Database:
    """Where rows are kept."""

    url: str = key(
        "",
        read.database,
        "Empty: the file storekeeper.db in the data folder. Else postgresql://user@host/name, mariadb://… or sqlite:///….",
        secret=True,
    )
    pool_size: int = key(0, read.whole(0, 200), "Connections kept open, up to 200; 0: as many as threads.")
    write_wait_seconds: int = key(
        10, read.whole(1, 60), "How long a change waits for its turn before it is answered 503, 1 to 60."
    )


@dataclass(frozen=True, slots=True)
class Storage:
    """Where files are kept."""

    folder: str = key(
        "instance",
        read.line(1),
        "The data folder: database, secret key, logs, backups. A relative one is beside wsgi.py; no network share.",
    )

    @property
    def path(self) -> Path:
        """The data folder, absolute; it may not exist yet."""
        return _CHECKOUT / self.folder

    def create(self) -> Path:
        """Make the data folder, closed to other users, unless it is there; SettingsInvalid when that cannot be."""
        try:
            self.path.mkdir(_PRIVATE, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsInvalid(f"[storage] folder: {self.path} cannot be made: {error.strerror}") from error
        return self.path


@dataclass(frozen=True, slots=True)
class Security:
    """Who stays signed in, and from where."""

    secret_key: str = key(
        "", read.line(), "At least 32 random characters. Empty: one is made and kept in the data folder.", secret=True
    )
    session_idle_minutes: int = key(
        720,
        read.whole(2, 43_200),  # the last use is noted once a minute
        "An unused session ends after this: twelve hours outlast a shift at the till, not a day that the shop is shut.",
    )
    session_absolute_hours: int = key(
        720,
        read.whole(1, 8_760),
        "Any session ends after this: thirty days, so that a till in daily use asks for its password once a month.",
    )
    trusted_origins: tuple[str, ...] = key(
        (), read.origins, "Other front ends that may use the sign-in cookie, such as https://shop.example, by blanks."
    )
    sign_in_attempts: int = key(
        5, read.whole(0, 100), "Wrong passwords of one account at one address before each costs a wait; 0: no limit."
    )
    throttle_url: str = key(
        "",
        read.redis,
        "redis://host:6379/0 where several processes count failed sign-ins in Redis. Empty: in the database.",
        secret=True,
    )
    record_refusals: bool = key(
        default=True,
        reader=read.yes_no,
        comment="yes: the record tells of failed sign-ins too, and of what was refused to somebody who is signed in.",
    )
    password_minimum: int = key(8, read.whole(8, 64), "The shortest password that may be set, 8 to 64 characters.")
    second_factor_roles: tuple[str, ...] = key(
        (),
        read.roles,
        "Roles whose users must have a second factor: until they have set one up they can do nothing else. By blanks.",
    )


@dataclass(frozen=True, slots=True)
class Access:
    """What may be seen without signing in."""

    public_catalogue: bool = key(
        default=False,
        reader=read.yes_no,
        comment="yes: anyone may read items and their groups, categories and stores; never stock or costs.",
    )


@dataclass(frozen=True, slots=True)
class SignOn:
    """Who may sign in by way of an OpenID provider, and as what."""

    issuer: str = key(
        "",
        read.issuer,
        "The OpenID provider, such as https://login.microsoftonline.com/TENANT/v2.0. Empty: no single sign-on.",
    )
    client_id: str = key("", read.line(), "What the provider calls this service.")
    client_secret: str = key(
        "", read.line(), "What the provider gave for it; keep it out of this file. Empty: a public client.", secret=True
    )
    label: str = key(
        "your company account", read.line(1, 60), 'What the button of the sign-in page says after "Sign in with".'
    )
    prompt: str = key(
        "",
        read.one_of("", "select_account", "login"),
        "select_account: the provider asks which account each time, for computers that people share; login: to sign in "
        "anew. Empty: as it likes.",
    )
    trust_addresses: bool = key(
        default=False,
        reader=read.yes_no,
        comment="yes: addresses that the provider does not call verified count too. Entra calls none so; only where "
        "your own administrators alone set them.",
    )
    make_accounts: bool = key(
        default=False,
        reader=read.yes_no,
        comment="yes: who has no account gets one, under the address. no: an administrator adds them first.",
    )
    domains: tuple[str, ...] = key(
        (), read.domains, "Accounts are made for addresses of these domains alone, by blanks; * for any in the world."
    )
    default_role: str = key(
        Role.VIEWER.label,
        read.one_of(*LABELS[:-1]),
        "The role of a made account, and of anybody to whom role_claim gives none.",
    )
    role_claim: str = key(
        "",
        read.line(0, 200),
        "The claim that says what somebody may do, such as roles or groups. Empty: roles are given here.",
    )
    roles: str = key(
        "",
        read.claimed_roles,
        "Which role its values give, such as Shop managers: manager; Tills: clerk. The highest counts.",
    )

    @property
    def role_of(self) -> dict[str, Role]:
        """Return the role that each value of the claim gives."""
        entries = [entry.rpartition(":") for entry in self.roles.split(";") if entry]
        return {value.strip(): Role.named(role.strip().lower()) for value, _, role in entries}

    def contradictions(self) -> list[str]:
        """Return what is missing or does not go together."""
        wrong = {
            "[sign_on] client_id must say what the issuer calls this service": self.issuer and not self.client_id,
            "[sign_on] domains must say for whom make_accounts makes accounts": self.make_accounts and not self.domains,
            "[sign_on] role_claim and roles must both be set, or neither": bool(self.role_claim) != bool(self.roles),
        }
        return [sentence for sentence, holds in wrong.items() if holds]


@dataclass(frozen=True, slots=True)
class Shop:
    """Whose stock it is."""

    name: str = key("Storekeeper", read.line(1, 100), "Shown to people, at the top of the console.")
    currency: str = key(
        "EUR", read.currency, "ISO 4217; choose it before the first price, for amounts are not converted."
    )
    timezone: str = key(
        "UTC", read.timezone, "IANA, such as Europe/Berlin: where a day begins, unless a store says otherwise."
    )


@dataclass(frozen=True, slots=True)
class Log:
    """What is told about the running service."""

    level: str = key("info", read.one_of("debug", "info", "warning", "error"), "debug, info, warning or error.")
    format: str = key(
        "text", read.one_of("text", "json"), "text for people or json for collectors; one line per event."
    )
    file: str = key(
        "",
        read.line(),
        "Empty: the console alone. A relative one is in the data folder; it is rotated at 10 MB, five kept.",
    )
