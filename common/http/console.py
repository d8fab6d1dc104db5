"""Serves the browser console: one shell page, and its files under an address that changes whenever one of them does.

Everything is read, joined and packed once, when the application is built; a changed file is seen after a restart.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, Response, redirect, request
from werkzeug.exceptions import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from werkzeug.wrappers import Response as AnyResponse

# Not `mimetypes`: a Windows registry may say that .js is text/plain, and no browser runs such a module.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}

FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"

SHELL = "shell.html"
STYLES = "css/"
LAYERS = "css/layers.css"
MAIN = "js/main.js"

_STATIC_IMPORT = re.compile(r"""^(?:import\s*|(?:import|export)\b[^"';=]*\bfrom\s*)["'](\.[^"']+)["']""", re.MULTILINE)
_ROUTE = re.compile(r"""\["(/[^"]*)",\s*\(\) => import\("([^"]+)"\)""")
_LAYERS = re.compile(r"@layer\s+([^;{]+);")


@dataclass(frozen=True, slots=True)
class Asset:
    """One body as it is sent: plain, and gzipped where that is smaller."""

    content_type: str
    plain: bytes
    packed: bytes | None

    @classmethod
    def of(cls, name: str, content: bytes) -> Asset:
        """Pack `content`; its type follows from the name's suffix."""
        packed = gzip.compress(content, mtime=0)
        return cls(TYPES[posixpath.splitext(name)[1]], content, packed if len(packed) < len(content) else None)

    def answer(self, cache: str) -> Response:
        """Return the body in the coding that this request accepts."""
        packed = self.packed if request.accept_encodings.quality("gzip") > 0 else None
        response = Response(packed or self.plain, content_type=self.content_type, headers=HEADERS)
        response.headers["Cache-Control"] = cache
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        return response


@dataclass(frozen=True, slots=True)
class Page:
    """The shell as a route gets it: with the modules that this route needs named in its head."""

    pattern: re.Pattern[str]
    asset: Asset
    etag: str


def mount(app: Flask, folder: Path) -> None:
    """Serve the console of `folder`: `/` leads to `/app/`, every path below that is the shell page.

    Raises FileNotFoundError without a shell or a main module, ValueError for an import that leads nowhere and for a
    style sheet that belongs to no layer.
    """
    files = _read(folder)
    prefix = f"/ui/{_digest(files)}/"
    pages = _pages(files, prefix)
    assets = {name: Asset.of(name, content) for name, content in files.items() if not name.startswith(STYLES)}
    del assets[SHELL]
    assets["app.css"] = Asset.of("app.css", _stylesheet(files))

    def start() -> AnyResponse:
        return redirect("/app/")

    def shell(path: str = "") -> AnyResponse:
        page = next(page for page in pages if page.pattern.fullmatch(f"/{path}"))
        response = page.asset.answer(REVALIDATE)
        response.set_etag(page.etag, weak=True)
        with suppress(ValueError, OverflowError):  # a date beyond the calendar in If-Modified-Since
            return response.make_conditional(request)
        return response

    def asset(name: str) -> AnyResponse:
        if name not in assets:
            raise NotFound
        return assets[name].answer(FOREVER)

    app.add_url_rule("/", "console_start", start)
    app.add_url_rule("/app", "console_start_app", start)  # Werkzeug's own redirect repeats whatever Host was sent
    app.add_url_rule("/app/", "console_home", shell)
    app.add_url_rule("/app/<path:path>", "console_shell", shell)
    app.add_url_rule(f"{prefix}<path:name>", "console_asset", asset)


def _read(folder: Path) -> dict[str, bytes]:
    """Return what is served by relative name, sorted, with the repository's line ends whatever the checkout's are."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.suffix in TYPES}
    files = {name: found[name].read_bytes() for name in sorted(found) if not _is_hidden(name)}
    for name in (SHELL, MAIN):
        if name not in files:
            raise FileNotFoundError(f"The console in {folder} has no {name}")
    return {
        name: content if TYPES[posixpath.splitext(name)[1]] == "image/png" else content.replace(b"\r\n", b"\n")
        for name, content in files.items()
    }


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _digest(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _stylesheet(files: dict[str, bytes]) -> bytes:
    """Join the style sheets in the order of layers.css; a sheet's file or folder under css/ is named for its layer."""
    order = files.get(LAYERS, b"").decode()
    sheets: dict[str, list[str]] = {
        layer.strip(): [] for match in _LAYERS.finditer(order) for layer in match[1].split(",")
    }
    for name, content in files.items():
        if not name.startswith(STYLES) or name == LAYERS:
            continue
        layer = name.removeprefix(STYLES).removesuffix(".css").split("/")[0]
        if layer not in sheets:
            raise ValueError(f"{name} belongs to no layer of {LAYERS}")
        sheets[layer].append(f"@layer {layer} {{\n{content.decode()}}}\n")
    return "".join([order, *(sheet for layer in sheets.values() for sheet in layer)]).encode()


def _pages(files: dict[str, bytes], prefix: str) -> list[Page]:
    """Return the shell of every route in the routing table's order, and last the one for any other path."""
    everywhere = _modules(files, [MAIN])
    routes = [
        (
            re.compile(re.sub(r":\w+", "[^/]+", path)),
            posixpath.normpath(posixpath.join(posixpath.dirname(MAIN), view)),
        )
        for path, view in _ROUTE.findall(files[MAIN].decode())
    ]
    template = files[SHELL].decode()
    pages = [_page(template, prefix, pattern, _modules(files, [*everywhere, view])) for pattern, view in routes]
    return [*pages, _page(template, prefix, re.compile(".*", re.DOTALL), everywhere)]


def _page(template: str, prefix: str, pattern: re.Pattern[str], modules: Iterable[str]) -> Page:
    links = "\n".join(f'<link rel="modulepreload" href="{prefix}{name}">' for name in modules)
    html = template.replace("{{modules}}", links).replace("{{ui}}", prefix).encode()
    return Page(pattern, Asset.of(SHELL, html), hashlib.sha256(html).hexdigest()[:16])


def _modules(files: dict[str, bytes], entries: list[str]) -> list[str]:
    """Return the entries and all that they import statically, each once, in the order in which they are met."""
    found: list[str] = []
    waiting = list(entries)
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        if name not in files:
            raise ValueError(f"The console imports {name}, and there is no such file")
        found.append(name)
        targets = _STATIC_IMPORT.findall(files[name].decode())
        waiting += [posixpath.normpath(posixpath.join(posixpath.dirname(name), target)) for target in targets]
    return found
