"""Answers that are the same for everybody: made once, kept plain and gzipped, revalidated by their tag."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, request

from common.http import conditional

REVALIDATE = "public, no-cache"


@dataclass(frozen=True, slots=True)
class Prepared:
    """One body as it is sent."""

    content_type: str
    body: bytes
    packed: bytes
    tag: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, content_type: str, body: bytes, headers: Mapping[str, str] | None = None) -> Prepared:
        """Pack the body and tag it; the tag is weak, for it stands for both codings."""
        return cls(content_type, body, gzip.compress(body, mtime=0), conditional.list_tag(body), headers or {})

    def answer(self, cache: str = REVALIDATE, *, vary: str = "Accept-Encoding") -> Response:
        """Return it in the coding that this request accepts, or 304."""
        packed = request.accept_encodings.quality("gzip") > 0
        response = conditional.answer(self.packed if packed else self.body, self.tag)
        if response.status_code == 200:  # noqa: PLR2004
            response.content_type = self.content_type
            response.headers.update({"Content-Encoding": "gzip"} if packed else {})
        response.headers.update({"Cache-Control": cache, "Vary": vary, **self.headers})
        return response
