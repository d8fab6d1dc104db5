"""Secrets that must be read again, such as what an authenticator app counts from: encrypted where they are kept.

AES-256-GCM, under a key of its own that is derived from the service's secret key, and bound to whose secret it is: a
copy of the database alone tells nothing, and what is sealed for one user opens for no other.
"""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_PURPOSE = b"storekeeper: secrets of second factors"
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals and opens under one secret key; the library is loaded when the first secret is."""

    secret_key: str = field(repr=False)

    def close(self, secret: str, *, about: str) -> str:
        """Return the secret encrypted; it opens for the same `about` alone."""
        nonce = os.urandom(_NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher().encrypt(nonce, secret.encode(), about.encode())).decode("ascii")

    def open(self, sealed: str, *, about: str) -> str | None:
        """Return the secret; None where another key sealed it, or somebody changed it."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - see _cipher

        try:
            raw = base64.b64decode(sealed, validate=True)
            return str(self._cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], about.encode()), "utf-8")
        except (InvalidTag, binascii.Error, ValueError):
            return None

    def _cipher(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - most requests need none
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

        return AESGCM(HKDF(SHA256(), 32, None, _PURPOSE).derive(self.secret_key.encode()))
