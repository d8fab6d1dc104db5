"""Flask-RESTful's Api, with one error channel, and how a version of the API is mounted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask_restful
from flask import Flask, Response
from werkzeug.routing import BaseConverter

from common.access import Caller
from common.http import guard
from common.http.context import settings
from common.http.resource import Resource


class Number(BaseConverter):
    """An id in an address: a whole number from 1 that fits the database; anything else is 404."""

    regex = r"[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """Return the id."""
        return int(value)


class Api(flask_restful.Api):  # type: ignore[misc]
    """Errors go to the app's own handlers, so that they look alike everywhere, under TESTING and in production."""

    def error_router(self, original_handler: Callable[..., Response], *args: Any) -> Response:
        """Leave the error to Flask."""
        return original_handler(*args)

    def __init__(self, app: Flask, *, prefix: str) -> None:
        super().__init__(app, prefix=prefix)
        self.table: list[tuple[str, type[Resource]]] = []

    def add_resource(self, resource: type[Resource], *urls: str, **kwargs: Any) -> None:
        """Add a resource; its endpoint is named for the version and the class, so that versions stand side by side."""
        kwargs.setdefault("endpoint", f"{self.prefix}{resource.__name__}")
        self.table += [(self.prefix + url, resource) for url in urls]
        super().add_resource(resource, *urls, **kwargs)


def mount(app: Flask, prefix: str, routes: Callable[[Api], None]) -> Api:
    """Mount a version of the API, such as `/api/v1`, from its routing table."""
    app.url_map.converters.setdefault("id", Number)
    app.url_map.strict_slashes = True
    app.url_map.redirect_defaults = False
    app.url_map.merge_slashes = False
    api = Api(app, prefix=prefix)
    routes(api)
    app.extensions.setdefault("storekeeper_versions", {})[prefix] = api
    return api


def resources_of(app: Flask, prefix: str) -> list[tuple[str, type[Resource]]]:
    """Return the addresses of a version and what answers there, in the order of the routing table."""
    return list(app.extensions["storekeeper_versions"][prefix].table)


def readable_collections(app: Flask, prefix: str, caller: Caller) -> list[tuple[str, str]]:
    """Return name and address of every collection that the caller may read."""
    found, lacking = [], guard.lacks_factor(caller)
    for url, resource in resources_of(app, prefix):
        role = resource.roles.get("get")
        open_to_all = resource.public and settings().access.public_catalogue
        asks = any(one.required for one in resource.asks.values())
        shut = (lacking and not resource.before_factor) or (caller.token_id is not None and not resource.by_token)
        if "<" in url or url == prefix or asks or shut or role is None:
            continue
        if open_to_all or caller.may(role):
            found.append((url.removeprefix(f"{prefix}/").replace("/", "_").replace("-", "_"), url))
    return found
