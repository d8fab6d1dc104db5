"""How the text of a setting becomes a value; each reader raises ValueError with what the setting must be."""

import ipaddress
import re
from collections.abc import Callable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from common.access import LABELS
from common.currencies import CURRENCY_DECIMALS

_YES = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PROXY_HEADERS = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-forwarded-by")
_POSTGRESQL = {"postgresql", "postgresql+psycopg", "postgres"}  # the last is what hosting platforms hand out
_MARIADB = {"mariadb", "mariadb+pymysql", "mysql", "mysql+pymysql"}  # mysql: the protocol has kept its name
DRIVERS = dict.fromkeys(_POSTGRESQL, "postgresql+psycopg") | dict.fromkeys(_MARIADB, "mariadb+pymysql")
"""From what may be written before :// to the driver that is used."""
_LONGEST_ISSUER = 500
_SECRET_PARAMETER = re.compile(r"pass|secret|key|token", re.IGNORECASE)


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """Make a reader of whole numbers; both bounds are allowed."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not lowest <= int(text) <= highest:
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return int(text)

    return read


def line(lowest: int = 0, highest: int = 500) -> Callable[[str], str]:
    """Make a reader of text without control characters; the bounds are its length."""

    def read(text: str) -> str:
        if not lowest <= len(text) <= highest or any(ord(character) < ord(" ") for character in text):
            raise ValueError(f"must be one line of {lowest} to {highest} characters")
        return text

    return read


def one_of(*choices: str) -> Callable[[str], str]:
    """Make a reader of one word out of a few."""

    def read(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text.lower()

    return read


def yes_no(text: str) -> bool:
    """Read yes or no, in the spellings that INI files know."""
    if text.lower() not in _YES:
        raise ValueError("must be yes or no")
    return _YES[text.lower()]


def roles(text: str) -> tuple[str, ...]:
    """Read roles, each once."""
    names = tuple(dict.fromkeys(text.lower().split()))
    if not set(names) <= set(LABELS):
        raise ValueError(f"must be some of {', '.join(LABELS)}, separated by blanks")
    return names


def host(text: str) -> str:
    """Read where to listen: an address or a name, without the port."""
    if not re.fullmatch(r"[0-9A-Za-z.:%*_-]{1,253}", text):
        raise ValueError("must be an address or a host name")
    return text


def proxy(text: str) -> str:
    """Read a proxy's address; empty is none, * any."""
    if text in {"", "*"}:
        return text
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("must be an IP address, * or empty") from None


def proxy_headers(text: str) -> tuple[str, ...]:
    """Read the headers that the proxy sets; waitress refuses `forwarded` beside the others."""
    names = tuple(text.lower().split())
    if names == ("forwarded",) or (names and set(names) <= set(_PROXY_HEADERS)):
        return names
    raise ValueError(f"must be forwarded alone, or some of {' '.join(_PROXY_HEADERS)}")


def origins(text: str) -> tuple[str, ...]:
    """Read origins as browsers write them: lower case, no default port."""
    return tuple(_origin(word) for word in text.split())


def _origin(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.username is not None:
        raise ValueError("must be origins such as https://shop.example, separated by blanks")
    if parts.path or parts.query or parts.fragment or "*" in parts.hostname:
        raise ValueError("must be origins alone: a scheme, a host and perhaps a port, no path and no *")
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{name}" + (f":{port}" if port not in {None, _DEFAULT_PORTS[parts.scheme]} else "")


def issuer(text: str) -> str:
    """Read the address by which an OpenID provider calls itself, as it is written there; empty is none."""
    if text and not is_safe_url(text):
        raise ValueError("must be a URL that begins with https://; http:// only for a provider on this computer")
    if "?" in text or "#" in text or len(text) > _LONGEST_ISSUER:
        raise ValueError(f"must be the issuer alone, without ? and #, of {_LONGEST_ISSUER} characters at most")
    return text


def is_safe_url(text: str) -> bool:
    """Tell whether nobody can listen on the way there: https, or this computer itself."""
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and " " not in text
    return named and plain and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(text)))


def is_loopback(url: str) -> bool:
    """Tell whether a URL names this computer."""
    name = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def domains(text: str) -> tuple[str, ...]:
    """Read domains of addresses; * is any."""
    words = tuple(word.lower() for word in text.split())
    for word in words:
        if word != "*" and not re.fullmatch(r"(?=.{1,253}$)[\w-]+(?:\.[\w-]+)+", word):
            raise ValueError("must be domains such as shop.example, by blanks, or *")
    return words


def claimed_roles(text: str) -> str:
    """Read which role each value of a claim gives: `value: role; value: role`."""
    for entry in text.split(";") if text else ():
        value, colon, role = entry.rpartition(":")
        if not colon or not value.strip() or role.strip().lower() not in LABELS:
            raise ValueError(f"must be value: role, further ones after a semicolon; a role is {', '.join(LABELS)}")
    return text


def database(text: str) -> str:
    """Read a database's URL; a wrong one is not repeated, because it may hold a password."""
    try:
        url = make_url(text) if text else None
    except (ArgumentError, ValueError):
        raise ValueError(
            "is no database URL; a password's special characters are written as %40 and the like"
        ) from None
    if url is None or url.drivername in DRIVERS:
        return text
    if url.drivername != "sqlite" or url.host or url.query:
        raise ValueError("must begin with postgresql://, mariadb:// or sqlite:///")
    if not url.database or url.database == ":memory:":
        raise ValueError("must name a file: a database in memory would forget what was answered")
    return text


def redis(text: str) -> str:
    """Read a Redis server's URL; a wrong one is not repeated, because it may hold a password."""
    try:
        fits = not text or (urlsplit(text).scheme in {"redis", "rediss"} and bool(urlsplit(text).hostname))
    except ValueError:
        fits = False
    if not fits:
        raise ValueError("must be a URL such as redis://host:6379/0, or empty")
    return text


def masked(url: URL) -> str:
    """Show a database's URL without what signs in, be it in the password or in a parameter."""
    hidden = {name: "hidden" for name in url.query if _SECRET_PARAMETER.search(name)}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


def currency(text: str) -> str:
    """Read an ISO 4217 code."""
    if text.upper() not in CURRENCY_DECIMALS:
        raise ValueError("must be an ISO 4217 currency such as EUR")
    return text.upper()


def timezone(text: str) -> str:
    """Read the name of an IANA time zone."""
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a region such as Europe is a folder
        raise ValueError("must be an IANA time zone such as Europe/Berlin") from None
