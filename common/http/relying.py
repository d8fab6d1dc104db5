"""Whom a passkey is for: the host and the origin that the browser really shows, as the pipeline knows them."""

from __future__ import annotations

import hashlib
import re

from flask import current_app, request

from common import errors
from common.http.context import settings
from common.passkeys import LOCAL, RelyingParty
from common.sealed import Seal

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}(?::|$))(?P<name>(?:{_LABEL}\.)*(?P<last>{_LABEL}))(?::\d{{1,5}})?")
# What ends in a number is an address to browsers, however it is written: 2130706433 and 0x7f.1 are 127.0.0.1.
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


def relying_party() -> RelyingParty:
    """Return it; raises Refused where no browser allows passkeys.

    Browsers allow them at names under https, and at localhost; never at an address such as 127.0.0.1. That it was
    https is not asked of this connection: a proxy that is not declared may speak https to the browser and http to us,
    and the origin, which the authenticator signs, tells which it was.
    """
    host = request.host.lower()
    found = _NAME.fullmatch(host)
    if found is None or _NUMBER.fullmatch(found["last"]):
        raise errors.Refused("Browsers allow passkeys at a name under https, or at http://localhost; at no address.")
    name = found["name"]
    local = name == LOCAL or name.endswith(f".{LOCAL}")
    origins = (f"https://{host}", f"http://{host}") if local else (f"https://{host}",)
    return RelyingParty(name, origins, settings().shop.name)


def handle_of(user_id: int) -> bytes:
    """Return what an authenticator keeps of a user in place of a name.

    Alike for all passkeys of a user and different in every deployment: one at the same host, such as a trial on
    another port, must not overwrite this one's passkeys.
    """
    return hashlib.sha256(f"passkeys of {user_id}\0{current_app.secret_key!s}".encode()).digest()


def seal() -> Seal:
    """Return what seals secrets under this app's key."""
    return Seal(str(current_app.secret_key))
