"""A real OpenID provider, from other hands than the client that it tests: idpyoidc, over HTTP, in its own process.

It signs with RS256, wants PKCE, and takes a code once. Its page asks who somebody is, and for no password; who is known
there, and where it may send browsers back to, stands in a file that tests write.
"""

from __future__ import annotations

import html
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from werkzeug.exceptions import BadRequest
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT_ID, CLIENT_SECRET = "storekeeper-of-the-shop", "a-secret-of-forty-letters-that-nobody-knows"
SCOPES = {"openid": ["sub"], "email": ["email", "email_verified"], "profile": ["name", "groups"]}
OP = "idpyoidc.server"
ENDPOINTS = {"/.well-known/openid-configuration": "provider_config", "/userinfo": "userinfo"}
PAGE = """<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>The company</title><h1>Who are you?</h1>
<form method="post"><input type="hidden" name="asked" value="{}"><label>Name <input name="who"></label>
<button>Go on</button></form>"""


class Provider:
    """The process, and what it knows."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "known.json"
        self._known: dict[str, Any] = {"people": {}, "back": [], "in_token": True}
        self._write()
        command = [sys.executable, "-X", "utf8", "-W", "ignore", __file__, str(self._file)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self.issuer = self._process.stdout.readline().strip()
        assert self.issuer, "the provider did not start"

    def knows(self, who: str, **claims: Any) -> None:
        """Let somebody be known there, by these claims."""
        self._known["people"][who] = claims
        self._write()

    def sends_back_to(self, address: str) -> None:
        """Register an address of the client's."""
        self._known["back"].append(address)
        self._write()

    def tells_in_token(self, *, everything: bool) -> None:
        """Put the claims into the id token, or leave them to be asked for."""
        self._known["in_token"] = everything
        self._write()

    def close(self) -> None:
        self._process.kill()
        self._process.wait(10)
        self._process.stdout.close()

    def _write(self) -> None:
        self._file.write_text(json.dumps(self._known), encoding="utf-8")


@contextmanager
def running(folder: Path) -> Iterator[Provider]:
    provider = Provider(folder)
    try:
        yield provider
    finally:
        provider.close()


def configuration(issuer: str) -> dict[str, Any]:
    """Return what the library's server is made from."""
    once = {"supports_minting": ["access_token", "id_token"], "max_usage": 1}
    secret = [{"type": "OCT", "use": ["enc"], "kid": "code"}]
    open_to_all = {"client_authn_method": None}
    secretly = {"client_authn_method": ["client_secret_post", "client_secret_basic"]}
    pkce = {"essential": True, "code_challenge_methods": {"S256": None}}
    return {
        "issuer": issuer,
        "httpc_params": {"verify": True},
        "key_conf": {"key_defs": [{"type": "RSA", "use": ["sig"]}, {"type": "EC", "crv": "P-256", "use": ["sig"]}]},
        "token_handler_args": {
            "code": {"lifetime": 600, "kwargs": {"crypt_conf": {"kwargs": {"keys": {"key_defs": secret}}}}},
            "token": {"class": f"{OP}.token.jwt_token.JWTToken", "kwargs": {"lifetime": 3600}},
            "id_token": {"class": f"{OP}.token.id_token.IDToken", "kwargs": {}},
        },
        "endpoint": {
            "provider_config": {
                "path": ".well-known/openid-configuration",
                "class": f"{OP}.oidc.provider_config.ProviderConfiguration",
                "kwargs": open_to_all,
            },
            "authorization": {"path": "authorization", "class": f"{OP}.oidc.authorization.Authorization"},
            "token": {"path": "token", "class": f"{OP}.oidc.token.Token", "kwargs": secretly},
            "userinfo": {"path": "userinfo", "class": f"{OP}.oidc.userinfo.UserInfo"},
        },
        "userinfo": {"class": f"{OP}.user_info.UserInfo", "kwargs": {"db": {}}},
        "authentication": {
            "by_name": {"acr": "name", "class": f"{OP}.user_authn.user.NoAuthn", "kwargs": {"user": "nobody"}}
        },
        "authz": {
            "class": f"{OP}.authz.AuthzHandling",
            "kwargs": {
                "grant_config": {"usage_rules": {"authorization_code": once, "access_token": {}}, "expires_in": 3600}
            },
        },
        "scopes_to_claims": SCOPES,
        "add_ons": {"pkce": {"function": f"{OP}.oauth2.add_on.pkce.add_support", "kwargs": pkce}},
    }


class Site:
    """The provider as a WSGI application."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.server: Any = None

    def open(self, issuer: str) -> None:
        from idpyoidc.server import Server  # noqa: PLC0415 - who only steers the process needs none of it
        from idpyoidc.server.configure import OPConfiguration  # noqa: PLC0415

        self.server = Server(OPConfiguration(conf=configuration(issuer), base_path=str(self.file.parent)))
        self.server.get_context().provider_info["jwks_uri"] = f"{issuer}/jwks"

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        known = json.loads(self.file.read_text(encoding="utf-8"))
        context = self.server.get_context()
        context.userinfo.db = known["people"]
        context.cdb[CLIENT_ID] = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "redirect_uris": known["back"],
            "allowed_scopes": list(SCOPES),
            "response_types_supported": ["code"],
            "add_claims": {"by_scope": {"id_token": known["in_token"], "userinfo": True}},
        }
        return self._answer(request, known)(environ, start_response)

    def _answer(self, request: Request, known: dict[str, Any]) -> Response:
        match request.method, request.path:
            case "GET", path if path in ENDPOINTS:
                return self._endpoint(ENDPOINTS[path], request, {})
            case "GET", "/jwks":
                return Response(self.server.get_context().keyjar.export_jwks_as_json(), content_type="application/json")
            case "GET", "/authorization":
                self._asked(request.args.to_dict())
                return Response(PAGE.format(html.escape(urlencode(request.args))), content_type="text/html")
            case "POST", "/authorization" if request.form["who"] in known["people"]:
                return self._let_in(request.form["who"], self._asked(dict(parse_qsl(request.form["asked"]))))
            case "POST", "/token":
                return self._endpoint("token", request, request.form.to_dict())
        return Response("no", 404)

    def _asked(self, query: dict[str, str]) -> Any:
        """Return the authorization request; a wrong one is nobody's to redirect."""
        asked = self.server.get_endpoint("authorization").parse_request(query)
        if "error" in asked:
            raise BadRequest(response=Response(asked.to_json(), 400))
        return asked

    def _let_in(self, who: str, asked: Any) -> Response:
        endpoint = self.server.get_endpoint("authorization")
        how = self.server.get_context().authn_broker.get_method_by_id("by_name")
        session = endpoint.create_session(asked, who, "name", int(time.time()), how)
        told = endpoint.do_response(request=asked, **endpoint.authz_part2(request=asked, session_id=session))
        return Response(status=303, headers={"Location": told["response"]})

    def _endpoint(self, name: str, request: Request, sent: dict[str, str]) -> Response:
        endpoint = self.server.get_endpoint(name)
        http = {
            "headers": {k.lower(): v for k, v in request.headers.items()},
            "method": request.method,
            "url": request.url,
        }
        try:
            parsed = endpoint.parse_request(sent, http_info=http)
            if "error" in parsed:
                return Response(parsed.to_json(), 400, content_type="application/json")
            told = endpoint.do_response(request=parsed, **endpoint.process_request(parsed, http_info=http))
        except Exception as error:  # noqa: BLE001 - the library's way to refuse a client
            return Response(json.dumps({"error": "invalid_client", "error_description": str(error)}), 401)
        return Response(told["response"], told.get("response_code", 200), dict(told["http_headers"]))


class Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """What failed, the test that asked tells."""


if __name__ == "__main__":
    site = Site(Path(sys.argv[1]))
    listener = make_server("127.0.0.1", 0, site, threaded=True, request_handler=Quiet)
    site.open(f"http://127.0.0.1:{listener.server_port}")
    print(f"http://127.0.0.1:{listener.server_port}", flush=True)  # noqa: T201
    listener.serve_forever()
