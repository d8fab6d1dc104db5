"""Tokens for programs and spreadsheets."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import Select, literal

from common import errors
from common.access import LABELS, Role
from common.fields import Choice, Id, ListOf, Text, Timestamp
from common.http import Field, Link, Resource, Shape, access_tokens, reqparse
from models.token import Token

NEW = reqparse.RequestParser()
NEW.add_argument("name", type=Text(100), required=True)
NEW.add_argument("role", type=Choice(*LABELS), required=True)
NEW.add_argument("store_ids", type=ListOf(Id(), max=1000, unique_by=int), default=[])
NEW.add_argument("expires_at", type=Timestamp(), nullable=True)


def just_made(token_id: int) -> str | None:
    """Return the secret of the token that this very request made."""
    made: tuple[int, str] | None = g.get("made_token")
    return made[1] if made and made[0] == token_id else None


TOKEN = Shape(
    Token,
    "/tokens",
    [
        Field("user_id", filters=True, expand="users"),
        Field("name", filters=True, sort=True),
        Field("role"),
        Field("store_ids"),
        Field("begins_with", column=Token.shown),
        Field("expires_at", sort=True, filters=True),
        Field("last_used_at"),
        Field("token", column=Token.id, wire=just_made, schema={"type": ["string", "null"]}),
    ],
    links=[Link("revoke", "/tokens/%(id)d", "DELETE")],
)

ACCESS = Shape(
    Token,
    "",
    [
        Field("access_token", column=Token.id, wire=access_tokens.sign, schema={"type": "string"}),
        Field("token_type", column=literal("Bearer")),
        Field("expires_in", column=Token.id, wire=access_tokens.seconds_left, schema={"type": "integer"}),
    ],
    row_path="/tokens/%(id)d",
    called="AccessToken",
)


class TokenList(Resource):
    """What programs sign in with."""

    shape, replayable = TOKEN, False
    roles = {"get": Role.VIEWER, "post": Role.VIEWER}
    parsers = {"post": NEW}

    def get(self) -> Select[Any]:
        """List one's own tokens; all of them for an administrator."""
        return Token.visible_to(self.caller)

    def post(self, fields: dict[str, Any]) -> Token:
        """Make a token; `token` is shown in this answer and never again."""
        token, secret = Token.create(self.session, self.caller, **fields)
        self.session.flush()
        g.made_token = token.id, secret
        return token


class TokenDetail(Resource):
    """One token."""

    shape, rows = TOKEN, {"id": Token}
    roles = {"get": Role.VIEWER, "delete": Role.VIEWER}

    def get(self, token: Token) -> Token:
        """Show a token, without its secret."""
        return token

    def delete(self, token: Token) -> None:
        """Revoke a token at once."""
        self.session.delete(token)


class AccessTokenList(Resource):
    """Signed tokens of ten minutes, made from a token."""

    shape, replayable = ACCESS, False
    roles = {"post": Role.VIEWER}

    def post(self) -> Token:
        """Make a short-lived access token (JWT) of the token that signs this request."""
        if self.caller.token_id is None or self.caller.for_minutes:
            raise errors.NotAllowed("This takes a token of POST /api/v1/tokens in the header Authorization.")
        token = self.session.get_one(Token, self.caller.token_id)
        access_tokens.end_with(token.expires_at)
        return token
