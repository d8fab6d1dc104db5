"""Serves `module:attribute` from a folder on a free port of 127.0.0.1; prints where.

    python serve.py FOLDER MODULE:ATTRIBUTE plain|storekeeper

`plain` is waitress as it comes, with four threads; `storekeeper` is Storekeeper's own server around the same waitress.
Runs in the environment of whoever is served, which has what Storekeeper's server needs beside the peer's own.
"""

from __future__ import annotations

import importlib
import logging
import sys
from pathlib import Path
from typing import Any

import waitress

ROOT = Path(__file__).resolve().parents[3]
THREADS = 4


def plain(application: Any) -> None:
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it writes a line for every request that waits
    server = waitress.create_server(application, host="127.0.0.1", port=0, threads=THREADS)
    print(f"http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


def storekeeper(application: Any) -> None:
    sys.path.append(str(ROOT))
    server = importlib.import_module("common.http.server")
    schema, settings = (importlib.import_module(f"common.{name}") for name in ("settings_schema", "settings"))
    server.serve(application, settings.Settings(server=schema.Server(port=0)), lambda urls: print(*urls, flush=True))


def main(folder: str, target: str, arrangement: str) -> None:
    sys.path.insert(0, str(Path(folder).resolve()))
    module, attribute = target.split(":")
    application = getattr(importlib.import_module(module), attribute)
    {"plain": plain, "storekeeper": storekeeper}[arrangement](application)


if __name__ == "__main__":
    main(*sys.argv[1:])
