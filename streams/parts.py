"""A batch as the agents see it: split by topic, read part by part, and put together again in arrival order."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from streams.path import Arrived, Batch, Record


class Part(NamedTuple):
    """One topic's records of a batch, and where in it they stand."""

    topic: str
    records: list[Record]
    places: list[int]
    pending: Pending

    def hand_over(self, arrived: Sequence[Arrived]) -> None:
        """The agent's answer: one Arrived a record, in the records' order."""
        self.pending.fill(self.places, arrived)

    def failed(self, error: BaseException) -> None:
        """The agent could not read the part, which no record may cause: the worker must end."""
        self.pending.fail(error)


class Pending:
    """A batch whose parts are being read. `ready` is done when all are in. `opened`: the monotonic second when it was taken in;
    `topics`: how many records of each it has."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.opened = time.monotonic()
        self.topics = Counter(record.topic for record in batch.records)
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._left = len(self.topics)
        self._arrived: list[Arrived | None] = [None] * len(batch.records)

    def fill(self, places: Sequence[int], arrived: Sequence[Arrived]) -> None:
        for where, each in zip(places, arrived, strict=True):
            self._arrived[where] = each
        self._left -= 1
        if not self._left and not self.ready.done():
            self.ready.set_result(None)

    def fail(self, error: BaseException) -> None:
        if not self.ready.done():
            self.ready.set_exception(error)

    def arrived(self) -> list[Arrived]:
        return [each for each in self._arrived if each is not None]


def split(batch: Batch, pending: Pending) -> list[Part]:
    """A batch's parts, one a topic that it has records of."""
    parts: dict[str, Part] = {}
    for index, record in enumerate(batch.records):
        part = parts.get(record.topic)
        if part is None:
            part = parts[record.topic] = Part(record.topic, [], [], pending)
        part.records.append(record)
        part.places.append(index)
    return list(parts.values())
