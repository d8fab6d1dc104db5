"""What is built once for each question and kept, within bounds, for whoever asks it again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(dict[K, V]):
    """A table that is emptied when it is full: what is asked often is soon there again."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def recall(self, key: K, build: Callable[[], V]) -> V:
        """Return what is kept under a key, built at the first time."""
        found = self.get(key)
        return self.keep(key, build()) if found is None else found

    def keep(self, key: K, value: V) -> V:
        """Keep a value and return it as it is: another thread may empty the table meanwhile."""
        if len(self) >= self.most:
            self.clear()
        self[key] = value
        return value
