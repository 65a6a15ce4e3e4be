"""The rules played over lines of events with a virtual clock and no servers: the same engine over the memory tables.

A line is `{"topic": …, "at": RFC 3339, "value": {…}}`, in order of `at` (default: the value's `occurred_at`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import orjson

from schemas.errors import Unreadable
from schemas.policy import Policy
from schemas.reading import read
from schemas.times import micros
from streams.decisions import DECISIONS
from streams.engine import Engine
from streams.path import Arrived, Processed, Record
from streams.tables.memory import MemoryTables


class BadLine(ValueError):
    """A line is not an event line."""


class Simulation:
    """One run. `dead` collects what could not be read, as (line number, why); the stream goes on without it."""

    def __init__(self, policy: Policy) -> None:
        self.tables = MemoryTables()
        self.engine = Engine(self.tables, policy, clock="records")
        self.dead: list[tuple[int, str]] = []
        self._last = 0

    def play(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the decisions of each line as JSON, those of deadlines in between at their own time. Raises BadLine when a line
        has no topic, value or time, or goes back in time."""
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield from self._line(number, line)

    def until(self, end: int) -> Iterator[bytes]:
        """Let time pass to `end` (microseconds) and yield what comes due."""
        yield from self._said(self.engine.fire(max(end, self._last)))

    def _line(self, number: int, line: bytes) -> Iterator[bytes]:
        try:
            given: dict[str, Any] = orjson.loads(line)
            topic, value = str(given["topic"]), given["value"]
            at = micros(_instant(given.get("at") or value["occurred_at"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadLine(f"line {number}: needs topic, value and a time with an offset: {error!r}") from error
        if at < self._last:
            raise BadLine(
                f"line {number}: at {given.get('at') or value['occurred_at']!r} is before the line above it; order the lines by at"
            )
        self._last = at
        record = Record(topic, 0, number, at, None, orjson.dumps(value))
        try:
            arrived = Arrived(record, read(topic, record.value), None)
        except Unreadable as error:
            self.dead.append((number, str(error)))
            arrived = Arrived(record, None, error)
        yield from self._said(self.engine.process([arrived]))

    def _said(self, done: Processed) -> Iterator[bytes]:
        """The decisions among what is published, which needs no broker to be delivered here."""
        self.engine.published(done.outbox_ids)
        return (one.value for one in done.outgoing if one.topic == DECISIONS and one.value is not None)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset; nearest: {text}+00:00")
    return moment
