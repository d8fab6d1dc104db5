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


# Letters of Latin script that Unicode does not take apart, as people type them who have no such key.
_PLAIN = str.maketrans("łøđðħŧŋ\u0131", "loddhtni") | str.maketrans({"æ": "ae", "œ": "oe", "þ": "th"})
_WORD = re.compile(r"[^\W_]+")
# The width of the narrowest column of keys; each is three times as wide as the column of the text itself.
_SHORT = 120


def key(text: str) -> str:
    """Return the form under which two spellings of a code or a name are the same, case aside."""
    return _cut(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()), text)


def fold(text: str) -> str:
    """Return the form for sorting: no case, no accents."""
    return _cut(_folded(text), text)


def words(text: str) -> list[str]:
    """Return the words of a text, folded, each once, in order."""
    return list(dict.fromkeys(_WORD.findall(_folded(text))))


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_PLAIN)
    return unicodedata.normalize("NFKC", plain)


def _cut(derived: str, text: str) -> str:
    """One character may unfold to eighteen; what no column holds is no longer compared."""
    return derived[: max(_SHORT, 3 * len(text))]
