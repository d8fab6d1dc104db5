import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from common import log_handlers

ROOT = Path(__file__).parents[2]
CHILD = """
import logging, sys
from dataclasses import replace
from common import log
from common.settings import Settings
from common.settings_schema import Log, Storage
{before}
log.configure(replace(Settings(), storage=Storage(sys.argv[1]), log=Log(file={file!r})))
{then}
"""


@pytest.fixture
def shop(tmp_path):
    """Make a logger that writes to log.txt and nowhere else."""
    logger = logging.getLogger("tests.log_handlers")
    logger.propagate = False
    logger.setLevel(logging.INFO)

    def make():
        logger.addHandler(log_handlers.FileHandler(tmp_path / "log.txt"))
        return logger

    yield make
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


def lines(folder):
    return (folder / "log.txt").read_text(encoding="utf-8").splitlines()


def run_child(folder, *, then, before="", file="", stderr=subprocess.PIPE, **environ):
    script = CHILD.format(before=before, then=then, file=file)
    return subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-W", "error", "-c", script, str(folder)],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=stderr,
        timeout=60,
        check=False,
    )


def test_a_full_file_moves_on_and_no_line_is_lost(tmp_path, shop, monkeypatch):
    monkeypatch.setattr(log_handlers, "_FILE_BYTES", 100)
    logger = shop()

    for number in range(30):
        logger.info("line %d", number)

    files = sorted(tmp_path.glob("log.txt*"))
    found = [line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert [file.name for file in files] == ["log.txt", "log.txt.1", "log.txt.2"]
    assert sorted(found) == sorted(f"line {number}" for number in range(30))
    assert all(file.stat().st_size <= 100 for file in files)


def test_a_full_file_that_cannot_be_moved_is_written_on(tmp_path, shop, monkeypatch):
    monkeypatch.setattr(log_handlers, "_FILE_BYTES", 100)
    (tmp_path / "log.txt.rolling").mkdir()
    (tmp_path / "log.txt.1").write_text("older\n", encoding="utf-8")
    logger = shop()

    for number in range(30):
        logger.info("line %d", number)

    assert len(lines(tmp_path)) == 30
    assert (tmp_path / "log.txt.1").read_text(encoding="utf-8") == "older\n"


def test_a_log_file_that_cannot_be_written_does_not_fail_the_caller(tmp_path, shop, capsys):
    (tmp_path / "log.txt").mkdir()
    logger = shop()

    logger.error("nobody hears it")

    assert "Traceback" not in capsys.readouterr().err


def test_a_console_that_nobody_reads_does_not_stop_the_process(tmp_path):
    unread, stderr = os.pipe()
    try:
        done = run_child(
            tmp_path,
            then="[logging.error('x' * 100) for _ in range(20_000)]; print('served on')",
            stderr=stderr,
        )
    finally:
        os.close(stderr)
        os.close(unread)

    assert (done.stdout.strip(), done.returncode) == (b"served on", 0)


def test_a_broken_console_pipe_does_not_stop_the_process(tmp_path):
    gone, stderr = os.pipe()
    os.close(gone)
    try:
        done = run_child(
            tmp_path,
            before="import threading; threading.excepthook = lambda died: print('the thread died')",
            then="[logging.error('x' * 100) for _ in range(20_000)]; print('served on')",
            stderr=stderr,
        )
    finally:
        os.close(stderr)

    assert (done.stdout.strip(), done.returncode) == (b"served on", 0)


def test_without_a_console_as_in_a_service_the_file_is_written(tmp_path):
    done = run_child(
        tmp_path,
        before="sys.stdout = sys.stderr = None",
        file="log.txt",
        then="logging.error('heard')",
    )

    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
    assert lines(tmp_path)[0].endswith("heard")


def test_the_last_lines_before_the_end_arrive_in_order_whatever_the_consoles_encoding(tmp_path):
    done = run_child(
        tmp_path, then="[logging.error('₹ %d', n) for n in range(500)]", PYTHONIOENCODING="cp1252", PYTHONUTF8="0"
    )

    said = done.stderr.decode("cp1252").splitlines()
    assert [line.rpartition("root: ")[2] for line in said] == [f"\\u20b9 {number}" for number in range(500)]


def test_a_slip_in_a_log_call_costs_neither_the_event_nor_the_caller(tmp_path):
    done = run_child(tmp_path, file="log.txt", then="logging.error('%d items', 'many'); print('served on')")

    assert (done.stdout.strip(), done.returncode) == (b"served on", 0)
    assert lines(tmp_path)[0].endswith("root: %d items (arguments that do not fit)")
    assert b"Traceback" not in done.stderr
