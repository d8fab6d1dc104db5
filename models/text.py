"""Text as people compare it: without case, without accents."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from common.fields import Field


@dataclass(frozen=True, slots=True)
class Keyed(Field):
    """A rule whose value is compared without case."""

    rule: Field

    def __call__(self, value: Any) -> str:
        """Return the key of a value that keeps the rule."""
        return key(self.rule(value))

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return self.rule.schema


_WORD = re.compile(r"\w+")


def key(text: str) -> str:
    """Return the form under which two spellings of a code or a name are the same, case aside."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def fold(text: str) -> str:
    """Return the form for searching and sorting: no case, no accents."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def words(text: str) -> list[str]:
    """Return the words of a text, folded, each once, in order."""
    return list(dict.fromkeys(_WORD.findall(fold(text))))
