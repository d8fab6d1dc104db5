"""What became of the rows of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was refused: the row's number in a spreadsheet, the column's title, a stable code, a sentence."""

    row: int
    column: str
    code: str
    message: str
    value: str = ""


@dataclass(slots=True)
class Entry:
    """One row as it was read: values by field, and the texts that they were read from."""

    row: int
    values: dict[str, Any]
    texts: dict[str, str]


@dataclass(slots=True)
class Tally:
    """How many rows there were and what became of them; `notes` are things to know, each with how often."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    stands: bool = True
    problems: list[Problem] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Count one row as refused, with all that is wrong with it."""
        self.refused += 1
        self.problems += problems

    def add(self, other: Tally) -> None:
        """Count in what another tally counted; its problems are not kept."""
        for name in ("rows", "new", "changed", "unchanged", "refused"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.notes.update(other.notes)

    def __str__(self) -> str:
        counts = (
            (self.new, "new"),
            (self.changed, "changed"),
            (self.unchanged, "unchanged"),
            (self.refused, "refused"),
        )
        return f"{self.rows:,} row{'' if self.rows == 1 else 's'}: " + ", ".join(
            f"{count:,} {word}" for count, word in counts
        )
