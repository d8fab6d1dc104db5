"""How much is taken together: enough to ask the database little, not so much that memory notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
SIZE = 500


def chunks(entries: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """Cut a stream into lists of at most `size`."""
    stream = iter(entries)
    while chunk := list(islice(stream, size)):
        yield chunk
