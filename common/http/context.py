"""What the pipeline knows of the app it runs in."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from common.settings import Settings

_NAME = "storekeeper"


def install(app: Flask, settings: Settings) -> None:
    """Keep the settings with the app."""
    app.extensions[_NAME] = settings


def settings() -> Settings:
    """Return the settings of the app that answers this request."""
    return cast("Settings", current_app.extensions[_NAME])
