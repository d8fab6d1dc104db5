"""What the pipeline knows of the app it runs in."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from common.settings import Settings
from common.throttle import Throttle, opened
from common.throttle_database import InDatabase

_NAME, _THROTTLE = "storekeeper", "storekeeper_throttle"


def install(app: Flask, settings: Settings) -> None:
    """Keep the settings with the app, and what they say of failed sign-ins."""
    app.extensions[_NAME] = settings
    security = settings.security
    app.extensions[_THROTTLE] = opened(security.throttle_url, security.sign_in_attempts, InDatabase)


def throttle() -> Throttle:
    """Return what counts failed sign-ins."""
    return cast("Throttle", current_app.extensions[_THROTTLE])


def settings() -> Settings:
    """Return the settings of the app that answers this request."""
    return cast("Settings", current_app.extensions[_NAME])
