"""What somebody who comes from the OpenID provider is told when they are not let in."""

from __future__ import annotations

from common.errors import WrongCredentials


class NoRoom(Exception):
    """Too many sign on at this moment. Nothing has been used up, so that whoever comes again goes on."""


class SignOnRefused(WrongCredentials):
    """Who came from the OpenID provider is not let in; `reason` is a word that front ends know a sentence for."""

    slug = "sign-on-refused"
    title = "The single sign-on was refused"

    def __init__(self, detail: str = "", *, reason: str = "invalid", username: str | None = None) -> None:
        super().__init__(detail, username=username)
        self.reason = reason
