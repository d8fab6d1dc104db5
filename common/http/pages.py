"""Pages that explain the service to people: the API's documentation and what each problem type means.

Rendered on the server, without a script, under a policy that lets nothing in but our own style sheet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, request
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from common import errors
from common.http.body import JSON
from common.http.docs import Reader
from common.http.explained import explained
from common.http.openapi import document
from common.http.prepared import Prepared
from common.http.prose import prose

HTML = "text/html; charset=utf-8"
CSS = "text/css; charset=utf-8"
FOREVER = "public, max-age=31536000, immutable"
POLICY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
}
_FOLDER = Path(__file__).resolve().parent / "templates"
_TOKENS = Path("css", "tokens.css")

Render = Callable[..., Prepared]


def install(app: Flask, prefix: str, console: Path) -> None:
    """Serve `docs` of a version, `/problems` and their style sheet, which has the colours of the `console`'s folder."""
    style = _style(console / _TOKENS, _FOLDER / "page.css")
    address = f"/pages/{hashlib.sha256(style.body).hexdigest()[:16]}.css"
    render = _renderer(style=address, docs=f"{prefix}/docs")

    @cache
    def docs_page() -> Prepared:
        return render("docs.html", reader=Reader(document(app, prefix), prefix))

    app.add_url_rule(address, "page_style", lambda: style.answer(FOREVER))
    app.add_url_rule(f"{prefix}/docs", f"{prefix}docs", lambda: docs_page().answer())
    _install_problems(app, render)


def _install_problems(app: Flask, render: Render) -> None:
    @cache
    def listed() -> tuple[Prepared, Prepared]:
        entries = list(explained().values())
        return render("problems.html", problems=entries), _json({"data": [_members(entry.slug) for entry in entries]})

    @cache
    def single(slug: str) -> tuple[Prepared, Prepared]:
        return render("problem.html", problem=explained()[slug]), _json(_members(slug))

    def problems() -> Response:
        return _preferred(*listed())

    def problem(slug: str) -> Response:
        if slug not in explained():
            raise errors.NotFound("There is no such problem type.")
        return _preferred(*single(slug))

    app.add_url_rule("/problems", "problems", problems)
    app.add_url_rule("/problems/<slug>", "problem", problem)


def _members(slug: str) -> dict[str, Any]:
    return {"type": f"/problems/{slug}"} | asdict(explained()[slug])


def _json(members: dict[str, Any]) -> Prepared:
    return Prepared.of(JSON, orjson.dumps(members))


def _preferred(page: Prepared, data: Prepared) -> Response:
    """Answer in JSON where that is asked for, else by the page."""
    kind = request.accept_mimetypes.best_match(["text/html", JSON], "text/html")
    return (data if kind == JSON else page).answer(vary="Accept, Accept-Encoding")


def _renderer(**everywhere: str) -> Render:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = prose
    environment.globals |= everywhere

    def render(template: str, **values: Any) -> Prepared:
        text = environment.get_template(template).render(values)
        return Prepared.of(HTML, text.encode("utf-8"), POLICY)

    return render


def _style(*files: Path) -> Prepared:
    """Join the files, with the repository's line ends whatever the checkout's are."""
    return Prepared.of(CSS, b"".join(file.read_bytes().replace(b"\r\n", b"\n") for file in files), POLICY)
