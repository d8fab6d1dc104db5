"""Servers as subprocesses: started on a free port, found by what they print, ended by their own process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = HERE / ".work"
PEERS = HERE / "peers"
_WHERE = re.compile(r"http://127\.0\.0\.1:(\d+)")
_START_SECONDS = 60
_STOP_SECONDS = 15


@dataclass(frozen=True)
class Served:
    """A server that answers on `port`."""

    port: int
    pid: int

    def cpu_seconds(self) -> float | None:
        """Return the processor time that it has used so far; None where the system has no /proc."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return None
        user, system = stat.read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(
    name: str, command: Sequence[str | Path], environment: Mapping[str, str], folder: Path = ROOT
) -> Iterator[Served]:
    """Run a server for the length of the block. Its output goes to a file, which nobody can stall."""
    log = WORK / "logs" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as out:
        # Python's children inherit the file, not a pipe; what is written late is written whole.
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=os.environ | environment | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Served(_port(process, log), process.pid)
        finally:
            _end(process)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if found := _WHERE.search(log.read_text(encoding="utf-8", errors="replace")):
            return int(found[1])
        time.sleep(0.05)
    raise SystemExit(f"{log.stem} did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def environment(name: str, *, own_server: bool = False) -> Path:
    """Return the Python of a peer's own environment, made by uv once and again when what it needs changes.

    `own_server` adds Storekeeper's dependencies, so that its server can serve the peer.
    """
    wanted = (PEERS / name / "requirements.txt").read_text(encoding="utf-8").splitlines()
    if own_server:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        wanted += project["dependencies"]
    folder = WORK / f"env-{name}"
    made = folder / "made-for.txt"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not made.exists() or made.read_text(encoding="utf-8").splitlines() != wanted:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        run("uv", "venv", "--quiet", "--clear", "--no-project", "--python", version, folder)
        run("uv", "pip", "install", "--quiet", "--python", python, *wanted)
        made.write_text("\n".join(wanted), encoding="utf-8")
    return python


def versions(python: Path | str, names: Sequence[str]) -> dict[str, str]:
    """Return the installed versions of some distributions in somebody's environment."""
    code = "import sys, importlib.metadata as m; print(*(m.version(n) for n in sys.argv[1:]))"
    return dict(zip(names, run(python, "-c", code, *names).split(), strict=True))


def run(*command: str | Path, folder: Path = ROOT, **variables: str) -> str:
    """Run a command to its end with some environment variables; returns what it printed."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder, env=os.environ | variables, capture_output=True, check=False, encoding="utf-8",
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stderr}")
    return done.stdout
