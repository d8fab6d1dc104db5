"""The root: where everything is."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, current_app

from common.http import Resource
from common.http.api import readable_collections
from common.http.conditional import answer, list_tag
from common.http.context import settings
from common.http.query import refuse_any
from common.http.render import scope_of
from common.http.sign_on import PATH


class Root(Resource):
    """The way in."""

    roles = {"get": None}
    answers = {
        "type": "object",
        "required": ["shop", "sign_on", "links"],
        "properties": {
            "shop": {
                "type": "object",
                "required": ["name", "currency", "timezone"],
                "properties": {name: {"type": "string"} for name in ("name", "currency", "timezone")},
            },
            "sign_on": {
                "type": ["object", "null"],
                "required": ["label", "href", "method"],
                "properties": {name: {"type": "string"} for name in ("label", "href", "method")},
            },
            "links": {"type": "object"},
        },
    }

    def get(self) -> None:
        """Link every collection that the caller may read."""

    def _show(self, ids: dict[str, Any]) -> Response:
        del ids
        refuse_any()
        prefix = scope_of(self.caller).prefix
        links = {"self": {"href": prefix, "method": "GET"}}
        for name, path in readable_collections(current_app, prefix, self.caller):
            links[name] = {"href": path, "method": "GET"}
        shop = settings().shop
        about = {"name": shop.name, "currency": shop.currency, "timezone": shop.timezone}
        body = orjson.dumps({"shop": about, "sign_on": sign_on(), "links": links})
        return answer(body, list_tag(body))


def sign_on() -> dict[str, str] | None:
    """Return where a browser signs on by the OpenID provider, and what to call that; None where there is none."""
    settings_ = settings().sign_on
    return {"label": settings_.label, "href": PATH, "method": "GET"} if settings_.issuer else None
