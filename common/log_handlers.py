"""Where log lines go: a console that may hang or vanish, a file that others may hold."""

import logging
import os
import threading
import time
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from queue import Empty, Full, Queue
from typing import TextIO

_WAITING_LINES = 10_000
_LAST_WORDS_SECONDS = 2
_FILE_BYTES = 10_000_000
_OLD_FILES = 5
_HELD_SECONDS = 60


class ConsoleHandler(logging.Handler):
    """Writes from a thread of its own: a pipe that nobody reads stops that thread, not the requests.

    Lines beyond what may wait are dropped and counted; after a broken pipe all are dropped.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        # Unbuffered: Python aborts at its end when a stuck thread holds a buffer's lock.
        self._raw = getattr(getattr(stream, "buffer", None), "raw", None)
        self._stream = stream
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self._lines: Queue[str | None] = Queue(_WAITING_LINES)
        self._dropped = 0
        self._thread = threading.Thread()

    def emit(self, record: logging.LogRecord) -> None:
        """Queue the line; the first one starts the thread, also anew after a fork."""
        line = self.format(record)
        if not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="log", daemon=True)
            with suppress(RuntimeError):  # Python is ending and starts no more threads
                self._thread.start()
        try:
            self._lines.put_nowait(line)
        except Full:
            self._dropped += 1

    def close(self) -> None:
        """Wait for the last lines, but not for ever."""
        if self._thread.is_alive():
            until = time.monotonic() + _LAST_WORDS_SECONDS
            with suppress(Full):
                self._lines.put(None, timeout=_LAST_WORDS_SECONDS)
            self._thread.join(max(0, until - time.monotonic()))
        super().close()

    def _work(self) -> None:
        try:
            while (line := self._lines.get()) is not None:
                self._write(line)
                if self._dropped:
                    dropped, self._dropped = self._dropped, 0
                    self._write(f"{dropped} lines were dropped here: the console did not take them")
        except (OSError, ValueError):  # nobody will read it again: the pipe is broken or the stream is closed
            self._discard()

    def _write(self, line: str) -> None:
        data = memoryview(f"{line}{os.linesep}".encode(self._encoding, "backslashreplace"))
        if self._raw is None:
            self._stream.write(f"{line}\n")
            return
        while data:
            # None: the pipe was handed over as non-blocking, and is full.
            if taken := self._raw.write(data):
                data = data[taken:]
            else:
                time.sleep(0.05)

    def _discard(self) -> None:
        with suppress(Empty):
            while self._lines.get() is not None:
                pass


class FileHandler(RotatingFileHandler):
    """Writes UTF-8 and starts a new file at 10 MB; five old ones are kept.

    Windows renames no file that somebody holds (a viewer, a virus scanner): then it is written on to, and the
    renaming is tried again a minute later. What cannot be written, as on a full disk, is dropped.
    The methods that N802 is told about have logging's names.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        super().__init__(
            path,
            maxBytes=_FILE_BYTES,
            backupCount=_OLD_FILES,
            encoding="utf-8",
            delay=True,
            errors="backslashreplace",
        )
        self._path = path
        self._aside = path.with_name(f"{path.name}.rolling")
        self._again_at = 0.0
        self.rotator = self._rotate

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802
        """Say whether the file is full, and no try at renaming it has just failed."""
        return time.monotonic() >= self._again_at and bool(super().shouldRollover(record))

    def doRollover(self) -> None:  # noqa: N802
        """Move the full file aside first: while that fails, no older one has been shifted."""
        if self.stream:
            self.stream.close()
            self.stream = None
        try:
            self._path.replace(self._aside)
            super().doRollover()
        except OSError:
            self._again_at = time.monotonic() + _HELD_SECONDS
            with suppress(OSError):
                self._aside.replace(self._path)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Drop the line: telling about it on the console could block where the console hangs."""

    def _rotate(self, _source: str, destination: str) -> None:
        self._aside.replace(destination)
