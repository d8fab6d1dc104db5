"""The run as JSON and as Markdown: medians for the curious, ratios to be read, a line for each bar."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bars import BARS, Bar, Rates, paired
from contestants import FIRST


@dataclass(frozen=True)
class Run:
    """What was measured, and how."""

    rows: int
    rounds: int
    seconds: int
    connections: int
    tool: str
    busy: float | None  # the system's load before the run
    versions: dict[str, dict[str, str]]
    rates: Rates
    costs: Rates

    @property
    def base(self) -> tuple[str, str]:
        """What each line is told as a ratio of: the page by hand, else whatever was measured first."""
        by_hand = ("handwritten", FIRST)
        return by_hand if by_hand in self.rates else next(iter(self.rates))

    def as_json(self) -> dict[str, Any]:
        """Return everything, machine and versions included."""
        return {
            "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": sys.version.split()[0]},
            "sqlite_of_peers": sqlite3.sqlite_version,
            "rows": self.rows, "rounds": self.rounds, "seconds": self.seconds,
            "connections": self.connections, "tool": self.tool, "load_before": self.busy, "versions": self.versions,
            "rates": [
                {"who": who, "question": question, "rounds": [round(rate, 1) for rate in rates],
                 "median": round(median(rates), 1),
                 "cpu_seconds": self.costs[who, question], "ratio": round(paired(rates, self.rates[self.base]), 3)}
                for (who, question), rates in self.rates.items()
            ],
            "bars": [
                {"what": bar.what, "than": bar.than, "at_least": bar.at_least, "ratio": bar.ratio(self.rates),
                 "by_cost": bar.by_cost(self.costs)}
                for bar in BARS
            ],
        }  # fmt: skip

    def as_markdown(self) -> str:
        """Return the tables."""
        who, question = self.base
        python, cores = sys.version.split()[0], os.cpu_count()
        busy = "unknown" if self.busy is None else f"{self.busy:.1f}"
        lines = [
            f"{self.rows:,} rows, {self.connections} connections, Python {python}, {cores} cores, load before: {busy}.",
            f"Medians of {self.rounds} mixed rounds of {self.seconds} s by {self.tool}; ratio to {who}, {question}.",
            "",
            "| who | question | requests/s | from | to | ratio | CPU ms |",
            "|---|---|---:|---:|---:|---:|---:|",
        ]
        for (name, asked), rates in self.rates.items():
            ratio = paired(rates, self.rates[self.base])
            cost = f"{median(spent) * 1e3:.2f}" if (spent := self.costs[name, asked]) else ""
            span = f"{min(rates):,.0f} | {max(rates):,.0f}"
            lines.append(f"| {name} | {asked} | {median(rates):,.0f} | {span} | {ratio:.2f} | {cost} |")
        lines += ["", "| versions |  |", "|---|---|"]
        lines += [f"| {name} | {_listed(found)} |" for name, found in self.versions.items()]
        return "\n".join([*lines, "", *(verdict(bar, self.rates, self.costs) for bar in BARS), ""])

    @property
    def missed(self) -> list[Bar]:
        """The bars that were measured and not reached."""
        return [bar for bar in BARS if (ratio := bar.ratio(self.rates)) is not None and ratio < bar.at_least]

    def write(self, folder: Path) -> None:
        """Write `latest.json` and `latest.md`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "latest.json").write_text(json.dumps(self.as_json(), indent=2) + "\n", encoding="utf-8")
        (folder / "latest.md").write_text(self.as_markdown(), encoding="utf-8")


def verdict(bar: Bar, rates: Rates, costs: Rates) -> str:
    """Return a bar's line."""
    ratio = bar.ratio(rates)
    said = "not measured" if ratio is None else f"{'reached' if ratio >= bar.at_least else 'NOT REACHED'}, {ratio:.2f}"
    cost = bar.by_cost(costs)
    said += "" if cost is None else f", by processor time {cost:.2f}"
    what, than = ", ".join(bar.what), ", ".join(bar.than)
    return f"- {said} (at least {bar.at_least:.2f}): {what} / {than}: {bar.why}"


def _listed(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())
