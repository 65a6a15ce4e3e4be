"""The newest decisions in memory, and whoever listens to new ones. Everything here runs on the event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import orjson

KEPT: Final = 5_000
"""Decisions kept: a few MB, and at hundreds a second some ten seconds in which a listener that was cut off misses nothing."""

BEHIND: Final = 1_000
"""How far a listener may fall behind before it is cut off; it comes back with the id of the last decision it saw."""

Positions = Mapping[int, int]
"""Partition of `routing-decisions` -> the next offset."""


class Told(NamedTuple):
    """One published decision and where it lies."""

    partition: int
    offset: int
    value: bytes

    def decision(self) -> dict[str, Any]:
        """The decision as an object."""
        found: dict[str, Any] = orjson.loads(self.value)
        return found


class Listener:
    """What one listener has yet to see. `cut`: it fell too far behind, and gets no more."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Told | None] = asyncio.Queue(BEHIND)
        self.cut = False

    def put(self, told: Told | None) -> None:
        """Hand one on; None ends it."""
        if not self.cut:
            try:
                self._waiting.put_nowait(told)
            except asyncio.QueueFull:
                self.cut = True

    async def next(self, within_s: float) -> Told | None:
        """The next decision; None at the end. Raises TimeoutError when nothing comes in time."""
        if self.cut and self._waiting.empty():
            return None
        return await asyncio.wait_for(self._waiting.get(), within_s)


class Hub:
    """`heard`: where the follower stands."""

    def __init__(self) -> None:
        self.heard: dict[int, int] = {}
        self._kept: deque[Told] = deque(maxlen=KEPT)
        self._listeners: set[Listener] = set()
        self._asked: dict[bytes, list[asyncio.Event]] = {}

    def start(self, positions: Positions) -> None:
        """Where following begins."""
        self.heard = dict(positions)

    def tell(self, news: Iterable[Told]) -> None:
        """Take in what was published since."""
        for told in news:
            self.heard[told.partition] = told.offset + 1
            self._kept.append(told)
            for listener in self._listeners:
                listener.put(told)
            if self._asked:
                for needle, waiting in self._asked.items():
                    if needle in told.value:
                        for event in waiting:
                            event.set()

    def newest(self, count: int) -> list[Told]:
        """The newest decisions in memory, newest first."""
        return [self._kept[-number] for number in range(1, min(count, len(self._kept)) + 1)]

    def since(self, positions: Positions) -> list[Told] | None:
        """What was told after `positions`, in order; None when memory does not reach back so far."""
        first: dict[int, int] = {}
        for told in self._kept:
            first.setdefault(told.partition, told.offset)
        for partition, heard in self.heard.items():
            if positions.get(partition, heard) < first.get(partition, heard):
                return None
        return [told for told in self._kept if told.offset >= positions.get(told.partition, 0)]

    def listen(self) -> Listener:
        """Hear every decision from now on, until `leave`."""
        listener = Listener()
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def close(self) -> None:
        """End all listeners."""
        for listener in self._listeners:
            listener.put(None)

    async def of_event(self, event_id: str, within_s: float, quiet_s: float = 0.1) -> list[dict[str, Any]]:
        """The decisions that tell of an event as their cause, as soon as no more of them come; none when none comes in time."""
        needle = b'"event_id":' + orjson.dumps(event_id)
        arrived = asyncio.Event()
        self._asked.setdefault(needle, []).append(arrived)
        try:
            found = self._of(needle)
            wait = quiet_s if found else within_s
            while True:
                try:
                    await asyncio.wait_for(arrived.wait(), wait)
                except TimeoutError:
                    return self._of(needle)
                arrived.clear()
                wait = quiet_s
        finally:
            self._asked[needle].remove(arrived)
            if not self._asked[needle]:
                del self._asked[needle]

    def _of(self, needle: bytes) -> list[dict[str, Any]]:
        """Each decision once, though it was published twice."""
        found = {one["decision_id"]: one for told in self._kept if needle in told.value for one in (told.decision(),)}
        return list(found.values())


def write_id(positions: Positions) -> str:
    """Positions as the id of a server-sent event: `0.17-1.204`."""
    return "-".join(f"{partition}.{offset}" for partition, offset in sorted(positions.items()))


def read_id(text: str) -> dict[int, int]:
    """`write_id` undone. Raises ValueError for anything else."""
    found: dict[int, int] = {}
    for part in text.split("-"):
        partition, dot, offset = part.partition(".")
        if not (dot and partition.isascii() and partition.isdecimal() and offset.isascii() and offset.isdecimal() and len(part) < 32):
            raise ValueError(f"{part!r} is not PARTITION.OFFSET")
        found[int(partition)] = int(offset)
    return found
