"""The rules played over lines of events with a virtual clock and no servers: the same engine over the memory tables.

A line is `{"topic": …, "at": RFC 3339, "value": {…}}`, in order of `at` (default: the value's `occurred_at`). With `"value": null` and
`"key": …` it deletes an account or a rep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import orjson

from schemas.errors import Unreadable
from schemas.policy import Policy
from schemas.times import micros
from streams.decisions import DECISIONS
from streams.engine import Engine
from streams.event_of import event_of
from streams.path import Arrived, Processed, Record
from streams.tables.memory import MemoryTables

ANY = 1 << 62
"""However much later than its arrival an event of a file says it happened, it counts as its arrival: no clock here has to be trusted."""


class BadLine(ValueError):
    """A line is not an event line."""


class Lines:
    """Reads event lines. `dead` collects those that are no readable event, as (line number, why); the others go on without them."""

    def __init__(self) -> None:
        self.dead: list[tuple[int, str]] = []
        self._last = 0

    def arrivals(self, lines: Iterable[bytes]) -> Iterator[Arrived]:
        """Each line as it arrives. Raises BadLine when a line has no topic, value or time, or goes back in time."""
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield self._arrival(number, line)

    def _arrival(self, number: int, line: bytes) -> Arrived:
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
        key = str(given["key"]).encode() if given.get("key") else None
        record = Record(topic, 0, number, at, key, None if value is None else orjson.dumps(value))
        try:
            return Arrived(record, event_of(record), None)
        except Unreadable as error:
            self.dead.append((number, str(error)))
            return Arrived(record, None, error)


class Simulation:
    """One run of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.tables = MemoryTables()
        self.engine = Engine(self.tables, policy, clock="records", max_future=ANY)
        self._lines = Lines()
        self._last = 0

    @property
    def dead(self) -> list[tuple[int, str]]:
        """What could not be read, as (line number, why); the stream goes on without it."""
        return self._lines.dead

    @property
    def now(self) -> int:
        """The newest line's time, microseconds; 0 before the first."""
        return self._last

    def play(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the decisions of each line as JSON, those of deadlines in between at their own time. Raises BadLine when a line
        has no topic, value or time, or goes back in time."""
        for arrived in self._lines.arrivals(lines):
            yield from self.decide(arrived)

    def decide(self, arrived: Arrived) -> Iterator[bytes]:
        """The decisions of one arrival, after those of the deadlines before it. In order of arrival."""
        self._last = arrived.record.timestamp
        return self._said(self.engine.process([arrived]))

    def until(self, end: int) -> Iterator[bytes]:
        """Let time pass to `end` (microseconds) and yield what comes due."""
        yield from self._said(self.engine.fire(max(end, self._last)))

    def _said(self, done: Processed) -> Iterator[bytes]:
        """The decisions among what is published, which needs no broker to be delivered here."""
        self.engine.published(done.outbox_ids)
        return (one.value for one in done.outgoing if one.topic == DECISIONS and one.value is not None)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset; nearest: {text}+00:00")
    return moment
