"""A small application, the real server around it in a thread or a process of its own, and clients of both."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # as a process of its own this file is the program

from common import gate  # noqa: E402
from common.http import server  # noqa: E402
from common.settings import Settings  # noqa: E402
from common.settings_schema import Server  # noqa: E402

STOPS = [signal.CTRL_BREAK_EVENT] if sys.platform == "win32" else [signal.SIGTERM, signal.SIGINT]


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    seconds = float(query.get("seconds", 0))
    match environ["PATH_INFO"]:
        case "/sleep":
            time.sleep(seconds)
        case "/outside":
            with gate.outside():
                time.sleep(seconds)
        case "/stream":
            pieces = int(query["mebibytes"]) * 16
            start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(pieces * 65536))])
            return (b"x" * 65536 for _ in range(pieces))
        case "/empty":
            fields = [("Content-Type", "text/html; charset=utf-8")]
            if "length" in query:
                fields.append(("Content-Length", query["length"]))
            start_response(f"{query['status']} Empty", fields)
            return []
        case "/leaving":
            sys.exit(3)
        case "/failing":
            raise RuntimeError("secret words")
    told = {
        "path": environ["PATH_INFO"],
        "length": len(environ["wsgi.input"].read()),
        "draining": server.state.draining,
        "thread": threading.current_thread().name,
        "client": environ["REMOTE_ADDR"],
        "scheme": environ["wsgi.url_scheme"],
        "headers": {name: value for name, value in environ.items() if name.startswith("HTTP_")},
    }
    if told["length"] > 1_000_000:
        start_response("413 Too Large", [("Content-Type", "application/json")])
    else:
        start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]


def head(*fields: str, line: str = "POST /x HTTP/1.1") -> bytes:
    return "\r\n".join([line, "Host: test", *fields, "", ""]).encode("latin-1")


CHUNKED = head("Transfer-Encoding: chunked")


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        return json.loads(self.body)


class Client:
    """One connection that says exactly the bytes it is given."""

    def __init__(self, port: int, *, seconds: float = 20) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self.read = self.socket.makefile("rb")

    def send(self, data: bytes) -> Client:
        self.socket.sendall(data)
        return self

    def get(self, target: str) -> Client:
        return self.send(f"GET {target} HTTP/1.1\r\nHost: test\r\n\r\n".encode())

    def answer(self) -> Answer:
        line = self.read.readline()
        headers = {}
        while (field := self.read.readline().strip()) != b"":
            name, _, value = field.decode().partition(": ")
            headers[name] = value
        body = self.read.read(int(headers.get("Content-Length", 0)))
        return Answer(int(line.split()[1]), headers, body)

    def rest(self) -> bytes:
        """Everything until the server closes."""
        return self.read.read()

    def close(self) -> None:
        self.read.close()
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def running(app: Any = application, **settings: Any) -> Iterator[int]:
    """Serve in a thread of this process; yields the port."""
    urls: list[str] = []
    answering = threading.Event()
    codes: list[int] = []

    def announce(told: list[str]) -> None:
        urls.extend(told)
        answering.set()

    def run() -> None:
        given = Settings(server=Server(**{"port": 0, **settings}))
        codes.append(server.serve(app, given, announce))

    thread = threading.Thread(target=run)
    thread.start()
    assert answering.wait(10)
    try:
        yield urlsplit(urls[0]).port
    finally:
        server.stop()
        thread.join(20)
    assert codes == [0]


class Process:
    """The server as a process of its own."""

    def __init__(self, **settings: Any) -> None:
        own_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if sys.platform == "win32" else {}
        command = [sys.executable, "-X", "utf8", __file__, json.dumps(settings)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", **own_group)
        self.port = urlsplit(self.process.stdout.readline().strip()).port

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def ended(self, *, seconds: float) -> int:
        return self.process.wait(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()


if __name__ == "__main__":
    chosen = Settings(server=Server(port=0, **json.loads(sys.argv[1])))
    sys.exit(server.serve(application, chosen, lambda urls: print(urls[0], flush=True)))  # noqa: T201
