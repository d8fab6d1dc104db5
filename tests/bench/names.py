"""Does signing in take as long for a name that nobody has? A name that is known and one that is not, in turn.

uv run python tests/bench/names.py [--times 200]

Exits with 1 where the medians differ by more than a twentieth: then a clock could tell which accounts there are.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from servers import ROOT, WORK, run, served
from storekeeper import PASSWORD, USER, variables

WITHIN = 0.05
WARM_UP = 10


def main() -> int:
    """Measure both kinds in one run, and compare their medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=200)
    times = parser.parse_args().times
    WORK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = variables(Path(folder)) | {"STOREKEEPER_SECURITY_SIGN_IN_ATTEMPTS": "0"}
        run(sys.executable, ROOT / "wsgi.py", "migrate", **settings)
        run(
            sys.executable,
            ROOT / "wsgi.py",
            "user",
            "add",
            USER,
            "--role",
            "admin",
            STOREKEEPER_PASSWORD=PASSWORD,
            **settings,
        )
        with served("names", [sys.executable, ROOT / "wsgi.py", "serve"], settings) as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            took: dict[str, list[float]] = {USER: [], "who" + USER: []}
            for turn in range(WARM_UP + times):
                # By turns the first of a pair: what comes second finds the processor warm.
                for name in sorted(took, reverse=turn % 2 == 0):
                    took[name].append(_try(connection, name))
                    if turn < WARM_UP:
                        took[name].clear()
            connection.close()
    known, unknown = (median(seconds) for seconds in took.values())
    apart = abs(known - unknown) / known
    print(f"known {known * 1e3:.2f} ms, unknown {unknown * 1e3:.2f} ms, medians of {times}: {apart:.1%} apart")
    return 1 if apart > WITHIN else 0


def _try(connection: http.client.HTTPConnection, name: str) -> float:
    body = json.dumps({"username": name, "password": "wrong-" + PASSWORD})
    began = time.perf_counter()
    connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 401:
        raise SystemExit(f"{name}: {answer.status}")
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
