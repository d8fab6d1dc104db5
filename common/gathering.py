"""Several things that may each be wrong, all told at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from common.errors import FieldError, Invalid


def gathered(*steps: Callable[[], Any]) -> list[Any]:
    """Return what each step returns; raises one Invalid with all that is wrong in any of them."""
    found: list[Any] = []
    wrong: list[FieldError] = []
    for step in steps:
        try:
            found.append(step())
        except Invalid as invalid:
            wrong += invalid.errors
    if wrong:
        raise Invalid(errors=wrong)
    return found
