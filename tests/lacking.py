"""What this computer has not got."""

from __future__ import annotations

import os

import pytest


def missing(what: str) -> None:
    """Skip what needs it, by name; CI has got everything."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(what)
