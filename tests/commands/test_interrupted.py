"""Ctrl+C before there is anything to end: no traceback, and a shell's usual code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from commands import main
from wsgi import ROOT

QUIET = {-signal.SIGINT, 130}
posix = pytest.mark.skipif(os.name != "posix", reason="Windows sends Ctrl+C to a whole console, this one included")


@posix
@pytest.mark.parametrize("command", [(), ("user", "password", "mara")], ids=["serve", "user password"])
@pytest.mark.parametrize("module", ["flask", "sqlalchemy.orm", "models.user", "commands.opening"])
def test_while_modules_are_imported_the_process_ends_without_a_word(tmp_path, command, module):
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", str(ROOT / "wsgi.py"), *command],
        env={**os.environ, "STOREKEEPER_STORAGE_FOLDER": str(tmp_path), "STOREKEEPER_SERVER_PORT": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        for line in process.stderr:
            if line.split("|")[-1].strip() == module:
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert process.returncode in QUIET
    assert out == ""
    assert [line for line in err.splitlines() if not line.startswith("import time:")] == []


def test_while_the_service_is_made_it_says_that_it_stopped(capfd, monkeypatch, tmp_path):
    def factory(_settings):
        raise KeyboardInterrupt

    monkeypatch.setenv("STOREKEEPER_STORAGE_FOLDER", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["wsgi.py", "serve"])

    code = main(factory, ROOT)

    assert (code, capfd.readouterr().err.split()) == (130, ["Stopped."])
