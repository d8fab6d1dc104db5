"""Flask-RESTful's Api, with one error channel, and how a version of the API is mounted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask_restful
from flask import Flask, Response
from werkzeug.routing import BaseConverter

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

    def add_resource(self, resource: type[Resource], *urls: str, **kwargs: Any) -> None:
        """Add a resource; its endpoint is named for the version and the class, so that versions stand side by side."""
        kwargs.setdefault("endpoint", f"{self.prefix}{resource.__name__}")
        super().add_resource(resource, *urls, **kwargs)


def mount(app: Flask, prefix: str, routes: Callable[[Api], None]) -> Api:
    """Mount a version of the API, such as `/api/v1`, from its routing table."""
    app.url_map.converters.setdefault("id", Number)
    app.url_map.strict_slashes = True
    app.url_map.redirect_defaults = False
    api = Api(app, prefix=prefix)
    routes(api)
    app.extensions.setdefault("storekeeper_versions", {})[prefix] = api
    return api
