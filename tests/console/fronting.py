"""What stands around the service: a proxy that speaks https to browsers, and another site with a page of its own."""

from __future__ import annotations

import http.client
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import trustme

HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade"}


class _Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Tests say what went wrong."""

    def answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def _serving(handler, *, context: ssl.SSLContext | None = None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a browser that looks at a certificate it does not know hangs up first
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def https_in_front_of(url: str):
    """Speak https to browsers and plain http to the service, as a shop's proxy does; yields the proxy's own URL."""
    target = urlsplit(url).netloc

    class Proxy(_Quiet):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            sent = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            sent |= {"X-Forwarded-For": self.client_address[0], "X-Forwarded-Proto": "https"}
            connection = http.client.HTTPConnection(target, timeout=30)
            connection.request(self.command, self.path, body or None, sent)
            got = connection.getresponse()
            whole = got.read()
            connection.close()
            kept = [(n, v) for n, v in got.getheaders() if n.lower() not in HOP | {"content-length"}]
            self.answer(got.status, kept, whole)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _pass_on  # noqa: N815

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1", "localhost").configure_cert(context)
    with _serving(Proxy, context=context) as port:
        yield f"https://127.0.0.1:{port}"


@contextmanager
def another_site():
    """Serve an empty page; yields its port."""

    class Page(_Quiet):
        def do_GET(self) -> None:
            self.answer(200, [("Content-Type", "text/html")], b"<!doctype html><title>Another site</title>")

    with _serving(Page) as port:
        yield port
