"""A load generator for where `wrk` is not: `python client.py '{"url", "headers", "seconds", "connections"}'`.

Plain sockets and ready-made bytes, so that it costs as little as Python can. Prints requests a second; exits with 1
when an answer is anything but 200 with a Content-Length, or a server hangs up.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from urllib.parse import urlsplit

_LENGTH = b"\r\ncontent-length:"


class Connection:
    """One kept-alive connection with one request under way."""

    def __init__(self, address: tuple[str, int], request: bytes) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request
        self.received = bytearray()
        self.expected = 0  # bytes of the whole answer; 0 until its head is here

    def ask(self) -> None:
        self.received.clear()
        self.expected = 0
        self.socket.sendall(self.request)

    def answered(self) -> bool:
        """Take what has arrived; True when the answer is whole."""
        chunk = self.socket.recv(262_144)
        if not chunk:
            raise SystemExit("the server hung up")
        self.received += chunk
        if not self.expected:
            self._read_head()
        return bool(self.expected) and len(self.received) >= self.expected

    def _read_head(self) -> None:
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.received[:end]).lower()
        start = head.find(_LENGTH)
        if not head.startswith(b"http/1.1 200") or start < 0:
            raise SystemExit(f"not an answer to count: {head[:200]!r}")
        self.expected = end + 4 + int(head[start + len(_LENGTH) :].split(b"\r\n", 1)[0])


def rate(url: str, headers: dict[str, str], seconds: float, connections: int) -> float:
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    lines = [
        f"GET {target} HTTP/1.1",
        f"Host: {parts.netloc}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")
    count, selector = 0, selectors.DefaultSelector()
    for _ in range(connections):
        connection = Connection((parts.hostname, parts.port), request)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask()
    began = time.perf_counter()
    while (now := time.perf_counter()) < began + seconds:
        for key, _ in selector.select(began + seconds - now):
            if key.data.answered():
                count += 1
                key.data.ask()
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    print(rate(**json.loads(sys.argv[1])))
