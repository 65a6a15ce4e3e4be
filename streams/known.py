"""A small memory of answers that were found before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
T = TypeVar("T")


class Known(dict[K, T]):
    """`find`'s answers by what it was asked, at most `room` of them, then none: a look at a dictionary is a third of a cached call."""

    def __init__(self, find: Callable[[K], T], room: int) -> None:
        super().__init__()
        self._find, self._room = find, room

    def __missing__(self, key: K) -> T:
        if len(self) >= self._room:
            self.clear()
        found = self[key] = self._find(key)
        return found
