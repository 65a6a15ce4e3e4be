"""The rules played over lines of events with a virtual clock and no servers: the same engine over the memory tables.

A line is `{"topic": …, "at": RFC 3339, "value": {…}}`, in order of `at` (default: the value's `occurred_at`). With `"value": null` and
`"key": …` it deletes an account or a rep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from schemas.errors import Unreadable, nearest, shown
from schemas.policy import Policy
from schemas.times import instant
from streams.decisions import DECISIONS
from streams.engine import Engine
from streams.event_of import event_of
from streams.path import Arrived, Processed, Record
from streams.tables.memory import MemoryTables

ANY = 1 << 62
"""However much later than its arrival an event of a file says it happened, it counts as its arrival: no clock here has to be trusted."""

BOM = b"\xef\xbb\xbf"
"""What editors of some systems put before the first line."""


class BadLine(ValueError):
    """A line is not an event line."""


class Lines:
    """Reads event lines. `dead` collects those that are no readable event, as (line number, why); the others go on without them."""

    def __init__(self) -> None:
        self.dead: list[tuple[int, str]] = []
        self._last: tuple[int, str] | None = None

    def arrivals(self, lines: Iterable[bytes]) -> Iterator[Arrived]:
        """Each line as it arrives. Raises BadLine when a line has no topic, value or time, or goes back in time."""
        for number, line in enumerate(lines, 1):
            text = line.removeprefix(BOM) if number == 1 else line
            if text.strip():
                yield self._arrival(number, text)

    def _arrival(self, number: int, line: bytes) -> Arrived:
        try:
            given = _event_line(line)
            at, said = _time(given)
            if self._last is not None and at < self._last[0]:
                raise BadLine(f"at {said!r} is before {self._last[1]!r} of the line above it; order the lines by at")
        except BadLine as error:
            raise BadLine(f"line {number}: {error}") from error
        self._last = at, said
        key, value = str(given["key"]).encode() if given.get("key") else None, given["value"]
        record = Record(given["topic"], 0, number, at, key, None if value is None else orjson.dumps(value))
        try:
            return Arrived(record, event_of(record), None)
        except Unreadable as error:
            self.dead.append((number, str(error)))
            return Arrived(record, None, error)


def _event_line(line: bytes) -> dict[str, Any]:
    """The object of a line, with a topic and a value. Raises BadLine in words for people."""
    try:
        given = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadLine(f"it is not JSON: {error.msg}") from error
    if not isinstance(given, dict):
        raise BadLine(f'it must be an object, {{"topic": …, "at": …, "value": {{…}}}}, found {shown(given)}')
    for field in ("topic", "value"):
        if field not in given:
            near = nearest(field, given)
            raise BadLine(f"`{field}` is missing" + (f"; the nearest that is there is `{near}`" if near else ""))
    if not isinstance(given["topic"], str):
        raise BadLine(f"`topic` must be text, found {shown(given['topic'])}")
    return given


def _time(given: dict[str, Any]) -> tuple[int, str]:
    """(when a line arrives, microseconds, as it says so): its `at`, else its value's `occurred_at`. Raises BadLine."""
    field, value = "at", given["value"]
    said = given.get("at")
    if said is None:
        field, said = "occurred_at", value.get("occurred_at") if isinstance(value, dict) else None
    if said is None:
        raise BadLine("it has no time: neither `at` nor an `occurred_at` in its `value`")
    try:
        return instant(said), said
    except ValueError as error:
        raise BadLine(f"`{field}` {error}, found {shown(said)}") from error


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
