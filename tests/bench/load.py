"""Asks one URL over and over on kept-alive connections, from a process of its own; tells how often it was answered."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_CLIENT = Path(__file__).with_name("client.py")
_RATE = re.compile(r"^Requests/sec:\s+([\d.]+)", re.MULTILINE)
_WRONG = re.compile(r"^\s*(Non-2xx.*|Socket errors.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Load:
    """The way of asking; `wrk` where it is installed, because it leaves more of the machine to the server."""

    connections: int = 8
    tool: str = "wrk" if shutil.which("wrk") else "client.py"

    def rate(self, url: str, headers: dict[str, str], seconds: float) -> float:
        """Return the requests answered a second; SystemExit when one was answered with anything but success."""
        rate = self._wrk if self.tool == "wrk" else self._client
        return rate(url, headers, seconds)

    def _wrk(self, url: str, headers: dict[str, str], seconds: float) -> float:
        said = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        out = _output("wrk", "-t1", f"-c{self.connections}", f"-d{max(1, round(seconds))}s", *said, url)
        if wrong := _WRONG.search(out):
            raise SystemExit(f"{url}: {wrong[1]}")
        return float(_RATE.search(out)[1])

    def _client(self, url: str, headers: dict[str, str], seconds: float) -> float:
        asked = json.dumps({"url": url, "headers": headers, "seconds": seconds, "connections": self.connections})
        return float(_output(sys.executable, str(_CLIENT), asked))


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {done.stdout}{done.stderr}")
    return done.stdout
