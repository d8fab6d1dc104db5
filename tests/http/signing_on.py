"""A browser that signs on, a provider that is not to be trusted, and what a service needs to believe either."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm
from openid_provider import CLIENT_ID, CLIENT_SECRET
from sqlalchemy import select

from common.database import db, reading
from common.settings_schema import SignOn

if TYPE_CHECKING:
    from collections.abc import Iterator

BACK = "http://localhost/sign-on/return"
COOKIE = "storekeeper-sign-on"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def settings(issuer: str, **more: Any) -> SignOn:
    return SignOn(**{"issuer": issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | more)


def change(service: Any, username: str, **changes: Any) -> None:
    """Change a user, as an administrator does."""
    row = service.get(f"users?username={username}").json["data"][0]
    answer = service.send("PATCH", f"users/{row['id']}", body=changes)
    assert answer.status_code == 200, answer.text


def rows(service: Any, table: str, **which: Any) -> list[Any]:
    """Return what stands in a table."""
    columns = db.metadata.tables[table].c
    with service.app.app_context(), reading() as connection:
        found = select(*columns).where(*(columns[name] == value for name, value in which.items()))
        return list(connection.execute(found).mappings())


def asked(address: str) -> dict[str, str]:
    """Return what a browser is sent somewhere with."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def http_error_303(self, _request: Any, answer: Any, *_rest: Any) -> Any:
        return answer


class Browser:
    """Keeps cookies, and follows redirects where the test says."""

    def __init__(self, service: Any, **cookies: str) -> None:
        self.service = service
        self.cookies = cookies

    def get(self, path: str, **headers: str) -> Any:
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} | headers
        answer = self.service.get(path, role=None, headers=sent)
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies |= {name: value}
            if not value:
                del self.cookies[name]
        return answer

    def leave(self, query: str = "") -> str:
        """Press the button; return where that leads."""
        answer = self.get(f"/sign-on{query}")
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def prove(self, address: str, who: str) -> str:
        """Say at the provider who one is; return the path that leads back."""
        there = urlsplit(address)
        form = urlencode({"who": who, "asked": there.query}).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
        with opener.open(f"{there.scheme}://{there.netloc}{there.path}", form, timeout=10) as answer:
            return answer.headers["Location"].removeprefix("http://localhost")

    def sign_on(self, who: str, query: str = "") -> Any:
        """The whole way."""
        return self.get(self.prove(self.leave(query), who))

    @property
    def me(self) -> Any:
        """Who is signed in; None for nobody."""
        answer = self.get("session")
        return answer.json if answer.status_code == 200 else None


def refusal(answer: Any) -> str:
    """Return the word that a sign-on was refused by."""
    there = urlsplit(answer.headers["Location"])
    assert (answer.status_code, there.path) == (302, "/app/sign-in"), answer.text
    return asked(answer.headers["Location"])["refused"]


def _from(now: int, value: Any) -> Any:
    return int(now + value.total_seconds()) if isinstance(value, timedelta) else value


class Crook:
    """A provider that does what it is told, right or wrong; it signs by PyJWT, the service reads by another library.

    A length of time among the claims is counted from the moment of the signature.
    """

    def __init__(self) -> None:
        self.port = 0
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"kid": "one"}
        self.algorithm, self.key = "RS256", KEY
        self.keys = [self.published(KEY, "one")]
        self.more: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        self.asked: list[str] = []
        self.instead: dict[str, Any] = {}

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @staticmethod
    def published(key: Any, kid: str) -> dict[str, Any]:
        return json.loads(RSAAlgorithm.to_jwk(key.public_key())) | {"kid": kid, "use": "sig", "alg": "RS256"}

    @staticmethod
    def public_pem(key: Any) -> bytes:
        return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def token(self) -> str:
        now = int(time.time())
        usual = {"iss": self.issuer, "sub": "anna-at-the-crook", "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        claims = usual | {"email": "anna@shop.example", "email_verified": True} | self.claims
        claims = {name: _from(now, value) for name, value in claims.items() if value is not ...}
        return jwt.PyJWS().encode(json.dumps(claims).encode(), self.key, self.algorithm, self.header)

    def answers(self) -> dict[str, Any]:
        """What it says where, as JSON."""
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorization",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
            | self.more,
            "/keys": {"keys": self.keys},
            "/token": {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60, "id_token": self.token()},
            "/userinfo": self.told,
        }

    def returns(self, browser: Browser, **more: str) -> Any:
        """Let the browser begin, and send it back at once, with the right nonce in the token unless told otherwise."""
        query = asked(browser.leave())
        self.claims = {"nonce": query["nonce"]} | self.claims
        return browser.get("/sign-on/return?" + urlencode({"code": "any", "state": query["state"]} | more))


@contextmanager
def crook_running() -> Iterator[Crook]:
    crook = Crook()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            crook.asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            special = crook.instead.get(self.path)
            if special is not None:
                special(self)
                return
            say(self, 200, json.dumps(crook.answers()[self.path]).encode())

        do_POST = do_GET  # noqa: N815 - the name that the library asks for

        def log_message(self, *_: object) -> None:
            """What failed, the test that asked tells."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        crook.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield crook
        server.shutdown()
        thread.join()


def say(handler: Any, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in ({"Content-Type": "application/json", "Content-Length": str(len(body))} | said).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
