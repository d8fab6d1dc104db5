"""Storekeeper beside its peers: the same rows, the same run, told as ratios.

    uv run python tests/bench/run.py [--rows 1000000] [--seconds 2] [--rounds 7] [--only handwritten,fastapi,…]

The first run makes the data and the peers' environments (minutes); they are kept in tests/bench/.work. Exits with 1
when a bar that was measured is not reached.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import data
from bars import FREQUENT_WORD, LAST, RARE_WORD
from contestants import BY_NAME, FIRST, MIDDLE, Contestant, drf, fastapi, handwritten
from load import Load
from report import Run
from servers import WORK
from storekeeper import storekeeper

WARM_UP_SECONDS = 1
QUESTIONS = (FIRST, LAST, RARE_WORD, FREQUENT_WORD, BY_NAME, MIDDLE)
Starts = dict[str, Callable[[], AbstractContextManager[Contestant]]]


def main() -> int:
    """Measure, report, and tell whether every bar that was measured is reached."""
    asked = _arguments()
    _end_on_signals()
    WORK.mkdir(exist_ok=True)
    print(f"making {asked.rows:,} rows, unless they are there", flush=True)
    starts = _starts(data.peers_file(WORK, asked.rows), asked.rows)
    names = asked.only.split(",") if asked.only else list(starts)
    if unknown := set(names) - starts.keys():
        raise SystemExit(f"nobody is called {', '.join(sorted(unknown))}; there are {', '.join(starts)}")
    with ExitStack() as running:
        contestants = [running.enter_context(start()) for name, start in starts.items() if name in names]
        run = _measure(contestants, asked)
    run.write(WORK / "results")
    print("\n" + run.as_markdown())
    return 1 if run.missed else 0


def _starts(file: Path, rows: int) -> Starts:
    return {  # in the order of asking: what is compared stands side by side
        "storekeeper-plain": lambda: storekeeper(file, rows, "plain"),
        "handwritten-plain": lambda: handwritten(file, rows, "plain"),
        "drf-plain": lambda: drf(file, rows, "plain"),
        "fastapi": lambda: fastapi(file, rows),
        "drf": lambda: drf(file, rows, "storekeeper"),
        "handwritten": lambda: handwritten(file, rows, "storekeeper"),
        "storekeeper": lambda: storekeeper(file, rows, "storekeeper"),
    }


def _measure(contestants: list[Contestant], asked: argparse.Namespace) -> Run:
    """Ask everyone the same question one after the other, then the next; again in each round."""
    load, busy = Load(), os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    pairs = [(one, question) for question in QUESTIONS for one in contestants if question in one.questions]
    rates, costs = ({(one.name, question): [] for one, question in pairs} for _ in range(2))
    for one, question in pairs:
        one.verify(question)
        load.rate(one.url(question), one.headers, WARM_UP_SECONDS)
    for turn in range(1, asked.rounds + 1):
        print(f"round {turn} of {asked.rounds}", flush=True)
        for one, question in pairs:
            one.verify(question)
            before = one.server.cpu_seconds()
            rate = load.rate(one.url(question), one.headers, asked.seconds)
            rates[one.name, question].append(rate)
            if before is not None:
                costs[one.name, question].append((one.server.cpu_seconds() - before) / (rate * asked.seconds))
    versions = {one.name: one.versions for one in contestants}
    return Run(asked.rows, asked.rounds, asked.seconds, load.connections, load.tool, busy, versions, rates, costs)


def _end_on_signals() -> None:
    """Turn the wish to end into an exception, so that every server that was started is ended."""
    for name in ("SIGTERM", "SIGBREAK", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: sys.exit(1))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Storekeeper beside its peers, told as ratios.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="a multiple of 2,000")
    parser.add_argument("--seconds", type=int, default=2, help="how long each question is asked in a round")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="names, by commas")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
