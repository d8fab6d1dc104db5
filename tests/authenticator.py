"""An authenticator in software: makes passkeys and signs with them as the standard says."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
ORIGIN = "http://localhost"


def coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One key. What a test wants to be odd about it can be set: origin, host, flags, count."""

    number: int = 1
    """Which key: the same number makes the same one in every run."""
    origin: str = ORIGIN
    host: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    credential_id: bytes = b""
    cross: bool = False
    """Whether it is asked from within another site's page."""
    key: ec.EllipticCurvePrivateKey = field(init=False)

    def __post_init__(self) -> None:
        self.key = ec.derive_private_key(0x5EC0_0000 + self.number, ec.SECP256R1())
        self.credential_id = self.credential_id or hashlib.sha256(b"credential %d" % self.number).digest()

    @property
    def public_key(self) -> bytes:
        """COSE's form."""
        point = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})

    def create(self, options: dict) -> dict:
        """Answer as `navigator.credentials.create()` does, in JSON."""
        known = struct.pack(">16sH", b"\0" * 16, len(self.credential_id)) + self.credential_id + self.public_key
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | ATTESTED) + known}
        response = {
            "clientDataJSON": coded(self._client("webauthn.create", options["challenge"])),
            "attestationObject": coded(cbor2.dumps(attestation)),
            "transports": ["internal"],
        }
        return self._credential(response)

    def get(self, options: dict) -> dict:
        """Answer as `navigator.credentials.get()` does, in JSON."""
        data, client = self._data(self.flags), self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {"clientDataJSON": coded(client), "authenticatorData": coded(data), "signature": coded(signature)}
        return self._credential(response | {"userHandle": coded(b"whoever")})

    def _credential(self, response: dict) -> dict:
        of_credential = {"id": coded(self.credential_id), "rawId": coded(self.credential_id), "type": "public-key"}
        return of_credential | {"response": response, "clientExtensionResults": {"credProps": {"rk": True}}}

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross}
        return json.dumps(said).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)
