"""Arrival order across partitions: records of different partitions are handed on in the order of their times. Pure: time is an argument.

A partition's *line* is a running maximum of its records' times, so that a partition always keeps its own order, whatever its producers
wrote. Lines are merged by (line, topic rank, partition), a partition's records as they came. This order does not depend on how the
records were fetched as long as no partition is given up on: a record is held until every other partition shows a record at or after it,
is known to be at its end, or has been silent for `max_wait`. A record that comes later than that is handed on when it comes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import repeat

from streams.path import Record, rank

UNKNOWN = -1  # a line before anything was seen; Kafka's times are not negative

Entry = tuple[int, int, int, Record]  # line, the lane's number, how manieth of the lane, record: compares by integers alone


class Lane:
    """One assigned partition: what was fetched of it and not yet handed on."""

    __slots__ = ("at_end", "gone", "heard", "line", "lines", "number", "partition", "records", "topic")

    def __init__(self, topic: str, partition: int, number: int, now: int) -> None:
        self.topic = topic
        self.partition = partition
        self.number = number
        self.line = UNKNOWN
        self.lines: list[int] = []
        self.records: list[Record] = []
        self.gone = 0
        self.at_end = False
        self.heard = now

    def add(self, records: Iterable[Record], now: int, ceiling: int | None = None) -> None:
        """Append records as they came. A time beyond `ceiling` counts as `ceiling`: one clock that runs ahead must not hold up or
        reorder the rest."""
        line, lines = self.line, self.lines
        for record in records:
            time = record.timestamp
            if ceiling is not None and time > ceiling:
                time = ceiling
            if time > line:
                line = time
            lines.append(line)
            self.records.append(record)
        self.line = line
        self.at_end = False
        self.heard = now

    def cut(self, limit: tuple[int, int]) -> list[Entry]:
        """Take what is at or before `limit` (line, lane number)."""
        line, number = limit
        find = bisect_right if self.number <= number else bisect_left
        count = find(self.lines, line)
        if not count:
            return []
        places = range(self.gone, self.gone + count)
        entries = list(zip(self.lines[:count], repeat(self.number), places, self.records[:count], strict=False))
        del self.lines[:count], self.records[:count]
        self.gone += count
        return entries


class Alignment:
    """The lanes of all assigned partitions, and the records that may be handed on. Times are microseconds; `now` is any steady clock's,
    in microseconds. Not thread-safe: the feed's thread owns it."""

    def __init__(self, partitions: Iterable[tuple[str, int]], max_wait: int, now: int) -> None:
        ordered = sorted(set(partitions), key=lambda each: (rank(each[0]), each[1]))
        self.lanes = {(topic, partition): Lane(topic, partition, number, now) for number, (topic, partition) in enumerate(ordered)}
        self._lanes = list(self.lanes.values())
        self._max_wait = max_wait
        self._ready: list[Entry] = []
        self._taken = 0

    def __len__(self) -> int:
        """Records that are held, ready or not."""
        return sum(len(lane.records) for lane in self._lanes) + self.ready

    @property
    def ready(self) -> int:
        """Records that may be handed on."""
        return len(self._ready) - self._taken

    def hear(self, now: int) -> None:
        """Start every partition's silence anew: nothing was asked of the broker meanwhile, or its answers are not all read yet."""
        for lane in self._lanes:
            lane.heard = now

    def release(self, now: int) -> int:
        """Move what may be handed on to the ready records; how many are ready now."""
        limit = (1 << 63, len(self._lanes))
        for lane in self._lanes:
            if not lane.at_end and (lane.records or now - lane.heard < self._max_wait) and (bound := (lane.line, lane.number)) < limit:
                limit = bound
        entries = [entry for lane in self._lanes if lane.records for entry in lane.cut(limit)]
        if entries:
            entries.sort()
            del self._ready[: self._taken]
            self._taken = 0
            self._ready += entries
        return self.ready

    def take(self, count: int) -> list[Entry]:
        """Up to `count` ready records in order, with their lines and lanes' numbers."""
        taken = self._ready[self._taken : self._taken + count]
        self._taken += len(taken)
        return taken

    def oldest(self) -> int | None:
        """Up to which time everything has been taken: the line of the oldest record that is held or may still come. None: all
        partitions are at their ends and nothing is held."""
        lines = [lane.lines[0] if lane.lines else lane.line for lane in self._lanes if lane.lines or not lane.at_end]
        if self.ready:
            lines.append(self._ready[self._taken][0])
        return min(lines, default=None)
