"""Noticing that the store came back older: offsets that the tables had reached, and no longer have."""

from __future__ import annotations

import time
from collections.abc import Mapping

from streams.errors import StoreUnavailable
from streams.tables.contract import Tables


class Floor:
    """What `tables` are known to have reached. `known`: offsets, by partition as the tables name them. One that stands lower than it stood
    before says that the store came back older: nothing is to be answered from it until the workers have replayed what it lacks."""

    def __init__(self, tables: Tables, known: Mapping[str, int]) -> None:
        self._tables, self._known = tables, dict(known)
        self._looked = 0.0

    def look(self, unless_within_s: float = 0.0) -> None:
        """Ask the tables, unless that was done within so many seconds. Raises StoreUnavailable: they lack what they had, or are away."""
        now = time.monotonic()
        if now - self._looked < unless_within_s:
            return
        self._looked = now
        stored = self._tables.offsets()
        for where, known in self._known.items():
            if stored.get(where, 0) < known:
                raise StoreUnavailable("The store came back with less than it had; workers are replaying what it lacks")
        self._known.update(stored)

    def doubt(self) -> None:
        """Look again at the next chance."""
        self._looked = 0.0
