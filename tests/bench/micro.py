"""One request to Storekeeper in this process, without a network: where its microseconds go.

uv run python tests/bench/micro.py [--path '/api/v1/items?limit=50'] [--rows 1000000] [--times 2000] [--profile]
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from importlib import import_module
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

from servers import ROOT
from storekeeper import PASSWORD, USER, data_folder, variables
from werkzeug.test import Client, create_environ

Ask = Callable[[], bytes]


def main() -> None:
    """Print the best and the median of many, or a profile."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--path", default="/api/v1/items?limit=50")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=2_000)
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    ask = _asker(data_folder(asked.rows), asked.path)
    took = sorted(_timed(ask) for _ in range(asked.times))
    print(f"{len(ask()):,} bytes; best {took[0] * 1e6:,.0f} us, median {median(took) * 1e6:,.0f} us of {asked.times:,}")
    if asked.profile:
        with cProfile.Profile() as profile:
            for _ in range(asked.times):
                ask()
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)


def _asker(folder: Path, path: str) -> Ask:
    os.environ.update(variables(folder))
    sys.path.insert(0, str(ROOT))
    app = import_module("wsgi").create_app()
    signed_in = Client(app).post("/api/v1/session", json={"username": USER, "password": PASSWORD})
    if signed_in.status_code != HTTPStatus.CREATED:
        raise SystemExit(f"no sign-in: {signed_in.text}")
    cookie = signed_in.headers["Set-Cookie"].split(";")[0]
    environ = create_environ(path, headers={"Cookie": cookie})

    def ask() -> bytes:
        answered: list[Any] = []
        body = app({**environ, "wsgi.input": BytesIO()}, lambda *start: answered.append(start[0]))
        whole = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        if answered[0] != "200 OK":
            raise SystemExit(f"{answered[0]}: {whole!r}")
        return whole

    return ask


def _timed(ask: Ask) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
