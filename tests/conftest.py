from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).parents[1].parent / "shared" / "data"


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """Find a real data set that is not part of the project: skip where it is absent, but never in CI."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"shared data set {name} is not here")
        return path

    return find
