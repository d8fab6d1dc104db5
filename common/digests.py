"""Secrets that this service made itself: random beyond guessing, so a plain hash of them is enough to keep."""

from __future__ import annotations

import hashlib


def digest(secret: str) -> str:
    """Return what is kept of a secret: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()
