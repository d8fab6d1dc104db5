"""The locks that plain pip installs from say what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]+\])?==([^ ;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {found[1].lower().replace("_", "-"): found[2] for found in PINNED.finditer(text)}


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        ("requirements.txt", PROJECT["project"]["dependencies"]),
        ("requirements-dev.txt", PROJECT["dependency-groups"]["dev"]),
        ("requirements-dev.txt", PROJECT["project"]["dependencies"]),
    ],
)
def test_every_dependency_is_pinned_within_its_range(lock, asked):
    pinned = pins(lock)

    wrong = [text for text in asked if not _is_met(Requirement(text), pinned)]

    assert wrong == [], f"make {lock} anew, as CONTRIBUTING.md says"


def _is_met(asked, pinned):
    found = pinned.get(asked.name.lower())
    return found is not None and asked.specifier.contains(found)


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_its_hashes_and_no_registry_is_named(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")

    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)

    assert all("--hash=sha256:" in block for block in blocks if PINNED.match(block))
    assert "://" not in text
