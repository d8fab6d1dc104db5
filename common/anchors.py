"""Heads of the record's chain, kept outside the database: what is cut off the record's end is missed by them alone.

One line a head: its position, its hash, and when it was kept. Every one of them is held against the chain by `check`;
to look at the newest only would miss a cut that was written over since.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from common import clock

logger = logging.getLogger("storekeeper.record")

NAME = "record.heads"
_MOST_BYTES = 4 * 1024 * 1024
_NEWEST = 1000
_TO_THE_HOUR = len("2026-11-21T10")


class Anchors:
    """The file of heads in the data folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def keep(self, position: int, head: str) -> None:
        """Add a head. The change stands already, so a disk that is full is told in the log and costs nothing else."""
        try:
            if not self.path.exists():
                self.path.touch(0o600)  # its owner's alone, as all that the service writes
            with self.path.open("a", encoding="ascii", newline="\n") as file:
                file.write(f"{position} {head} {clock.wire(clock.now())}\n")
        except OSError:
            logger.exception("the head of the record could not be kept in %s", self.path.name)

    def all(self) -> Iterator[tuple[int, str, str]]:
        """Yield each head with its position and its time, the oldest first; a line that is none says so by 0."""
        try:
            lines = self.path.read_text(encoding="ascii", errors="replace").splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            position, head, moment = [*line.split(" "), "", ""][:3]
            yield (int(position), head, moment) if position.isdecimal() and moment else (0, line[:100], "")

    def thin(self) -> None:
        """Where the file has grown large, keep the newest heads and of the older ones the first of each hour.

        Where it is not there or another process is writing it, it stays as it is until the next time.
        """
        with suppress(OSError):
            if self.path.stat().st_size <= _MOST_BYTES:
                return
            lines = self.path.read_text(encoding="ascii", errors="replace").splitlines(keepends=True)
            hours: dict[str, str] = {}
            for line in lines[:-_NEWEST]:
                hours.setdefault(line.split(" ")[-1][:_TO_THE_HOUR], line)
            thinner = self.path.with_suffix(".new")
            thinner.write_text("".join([*hours.values(), *lines[-_NEWEST:]]), encoding="ascii", newline="\n")
            thinner.replace(self.path)
