"""Serves `module:attribute` with plain waitress, four threads, on a free port of 127.0.0.1; prints where.

Runs in the environment of whoever is served.
"""

from __future__ import annotations

import importlib
import logging
import sys
from pathlib import Path

import waitress

THREADS = 4


def main(folder: str, target: str, arrangement: str) -> None:
    del arrangement
    sys.path.insert(0, str(Path(folder).resolve()))
    module, attribute = target.split(":")
    application = getattr(importlib.import_module(module), attribute)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it writes a line for every request that waits
    server = waitress.create_server(application, host="127.0.0.1", port=0, threads=THREADS)
    print(f"http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
