"""What a browser answers for a passkey: a document of the Web Authentication standard, passed on as it came."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from common.fields.base import Collector, Field, FieldProblem, wrong_type

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST = 65_536
_TEXTS = ("id", "rawId")


def _coded(value: Any) -> str:
    if not isinstance(value, str):
        raise wrong_type(value, "text")
    if len(value) > _LONGEST or not _BASE64URL.fullmatch(value):
        raise FieldProblem("format", "Must be base64url.")
    return value


@dataclass(frozen=True, slots=True)
class Credential(Field):
    """`PublicKeyCredential.toJSON()`, with these members in its `response`.

    Others are passed over: the standard lets browsers add to it, and nothing of them is looked at.
    """

    response: tuple[str, ...]

    def __call__(self, value: Any) -> dict[str, Any]:
        """Return the members that are looked at."""
        if not isinstance(value, dict):
            raise wrong_type(value, "an object")
        problems = Collector()
        kept: dict[str, Any] = {name: problems.read(name, _coded, value.get(name, "")) for name in _TEXTS}
        if value.get("type") != "public-key":
            problems.add("type", FieldProblem("choice", "Must be public-key."))
        given = value.get("response")
        response = given if isinstance(given, dict) else {}
        kept["type"] = "public-key"
        kept["response"] = {
            name: problems.read(f"response/{name}", _coded, response.get(name, "")) for name in self.response
        }
        problems.finish()
        return kept

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        coded = {"type": "string", "contentEncoding": "base64url", "maxLength": _LONGEST}
        response = {"type": "object", "properties": dict.fromkeys(self.response, coded), "required": [*self.response]}
        return {
            "type": "object",
            "description": "What `PublicKeyCredential.toJSON()` gives.",
            "properties": {
                "id": coded,
                "rawId": coded,
                "type": {"type": "string", "enum": ["public-key"]},
                "response": response,
            },
            "required": ["id", "rawId", "type", "response"],
        }
