"""The service as processes of its own, and what it has written, read past it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import text

from common.database import WRITE, open_engine
from common.settings import Settings
from common.settings_schema import Database

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "nine quiet harbours"
START_SECONDS = 60
STOP_SECONDS = 30


class Place:
    """A data folder and a database; any number of server processes may share them."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.url = Settings(database=Database(url=url)).database_url if url else None
        self.environment = {
            **os.environ,
            "STOREKEEPER_STORAGE_FOLDER": str(folder),
            "STOREKEEPER_DATABASE_URL": url,
            "STOREKEEPER_SERVER_PORT": "0",
            "STOREKEEPER_PASSWORD": PASSWORD,
            "STOREKEEPER_LOG_LEVEL": "warning",
            "PYTHONUTF8": "1",
        }

    @property
    def file(self) -> Path:
        return self.folder / "storekeeper.db"

    @property
    def is_sqlite(self) -> bool:
        return self.url is None

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, str(ROOT / "wsgi.py"), *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=START_SECONDS,
            check=False,
        )

    def prepare(self) -> Place:
        """Make the schema and a user who may do anything."""
        for words in (["migrate"], ["user", "add", "mara", "--role", "admin"]):
            done = self.run(*words)
            assert done.returncode == 0, done.stderr
        return self

    @contextmanager
    def reading(self):
        """One reading transaction: everything in it sees the same moment."""
        engine = open_engine(self.url or f"sqlite:///{self.file.as_posix()}")
        options = {WRITE: False} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        try:
            with engine.connect().execution_options(**options) as connection:
                yield connection
        finally:
            engine.dispose()

    def rows(self, statement: str, **values: object) -> list[tuple]:
        with self.reading() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]


class Server:
    """One server process; its log goes to a file, which nobody can stall."""

    def __init__(self, place: Place, *, within: tuple[str, ...] = (), name: str = "server") -> None:
        began = time.monotonic()
        self.log = place.folder.parent / f"{place.folder.name}-{name}.log"
        with self.log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [*within, sys.executable, "-u", str(ROOT / "wsgi.py"), "serve"],
                env=place.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
                # Windows sends CTRL_BREAK to a group; without one of its own pytest would get it too.
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        self.port = self._wait()
        self.started_in = time.monotonic() - began

    def _wait(self) -> int:
        watchdog = threading.Timer(START_SECONDS, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                if found := re.search(r"serves at http://\S+:(\d+)", line):
                    return int(found[1])
        finally:
            watchdog.cancel()
        code = self.process.wait(10)
        self.process.stdout.close()
        raise AssertionError(f"it ended with {code} and never served:\n{self.log.read_text(encoding='utf-8')[-2000:]}")

    def kill(self) -> None:
        """End it as a power cut would, but for what the system still writes."""
        self.process.kill()
        self.ended()

    def ended(self) -> int:
        code = self.process.wait(STOP_SECONDS)
        self.process.stdout.close()
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
