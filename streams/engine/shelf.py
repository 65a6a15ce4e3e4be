"""Records that were decoded for earlier batches, with the versions that they were stored at.

Who is written to now was mostly written to lately, so most records need neither be read nor decoded again. Whether a kept record
still is what the tables hold is found out by the commit, which compares the version of every record that an event asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from streams import state
from streams.state import Record

ROOM: Final = 40_000
"""Records kept at least, twice as many at most. One takes some 4 KB decoded: a third of a gigabyte of a worker's memory at most."""


DOUBTED: Final = 50
"""Batches for which kept records are held against the stored ones, after some turned out to be others'. Two workers that write to the same
companies would else find out at every commit, and decide most events twice."""


class Slot:
    """One record: its target's key, the stored version and body, and the record once it was asked for."""

    __slots__ = ("body", "key", "record", "version")

    def __init__(self, key: str, version: int, body: bytes) -> None:
        self.key, self.version, self.body = key, version, body
        self.record: Record | None = None

    def read(self) -> Record:
        """The record, decoded when it is first asked for; what a contact's leaves out stays left out."""
        record = self.record
        if record is None:
            record = self.record = state.as_stored(self.key, self.body)
        return record


class Shelf:
    """Slots by key, the latest used ones. Two generations instead of an order of use: what was not used while the younger one filled up
    goes."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._doubted = 0
        self._young: dict[str, Slot] = {}
        self._old: dict[str, Slot] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: str) -> Slot | None:
        """The slot under `key`, if it is kept. It stays the only one of its key as long as it is not dropped."""
        slot = self._young.get(key)
        if slot is None and (slot := self._old.pop(key, None)) is not None:
            self._young[key] = slot
        return slot

    @property
    def is_doubted(self) -> bool:
        """Whether others write to what is kept here."""
        return self._doubted > 0

    def keep(self, slots: dict[str, Slot], conflicts: bool) -> None:
        """Keep these, which were used last. Call it between two batches: it may let others go. `conflicts`: some that the batch used had
        been changed by others."""
        self._doubted = DOUBTED if conflicts else max(0, self._doubted - 1)
        self._young.update(slots)
        if len(self._young) >= self._room:
            self._old, self._young = self._young, {}

    def drop(self, keys: Iterable[str]) -> None:
        """Forget records that may be other than the stored ones."""
        for key in keys:
            self._young.pop(key, None)
            self._old.pop(key, None)

    def clear(self) -> None:
        """Forget all, when it is not known what was stored."""
        self._young.clear()
        self._old.clear()
