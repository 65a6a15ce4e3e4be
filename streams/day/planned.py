"""Events that are planned for a time, before anybody has published them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from typing import Any, NamedTuple

import orjson

from schemas.times import rfc3339

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
MILLISECOND = 1_000
"""Kafka's records carry milliseconds: two events of one day never share one, so that their order is the same everywhere."""


ABOUT = ("contact", "email", "account_id", "domain", "lead_id", "from")
"""What an event is about is in the first of these fields that it has."""


class Planned(NamedTuple):
    """One event. `at`: when it reaches its topic, microseconds since the epoch. `value`: what the contract has for the topic."""

    at: int
    topic: str
    key: bytes
    value: dict[str, Any]

    @property
    def body(self) -> bytes:
        """The value as a record holds it."""
        return orjson.dumps(self.value)


class Act(NamedTuple):
    """Something somebody does: `after` microseconds from the beginning of what it belongs to, reported `late` microseconds later."""

    after: int
    topic: str
    value: dict[str, Any]
    late: int = 0


class Life(NamedTuple):
    """What happens with one person, or at one account: acts with ids of their own, from `begin` (microseconds) on."""

    name: str
    begin: int
    acts: list[Act]


def key_of(topic: str, value: dict[str, Any]) -> bytes:
    """The record key that a publisher would choose: whom the event is about."""
    named = {"account-updated": ("account_id",), "rep-updated": ("rep",)}.get(topic, ABOUT)
    return str(next(value[name] for name in named if value.get(name))).encode()


def in_order(lives: Iterable[Life]) -> Iterator[Planned]:
    """The acts of all lives in the order of their arrival, each in a millisecond of its own. Lives come in the order of `begin`; no
    more of them are held than overlap."""
    waiting: list[tuple[int, int, Life, int]] = []
    last = count = 0
    for life in lives:
        while waiting and waiting[0][0] < life.begin:
            last, planned = _next(waiting, last)
            yield planned
        for index, act in enumerate(life.acts):
            count += 1
            heappush(waiting, (life.begin + act.after + act.late, count, life, index))
    while waiting:
        last, planned = _next(waiting, last)
        yield planned


def _next(waiting: list[tuple[int, int, Life, int]], last: int) -> tuple[int, Planned]:
    due, _, life, index = heappop(waiting)
    act = life.acts[index]
    at = max(due // MILLISECOND, last // MILLISECOND + 1) * MILLISECOND
    occurred = min(life.begin + act.after, at)
    value = {"event_id": f"{life.name}-{index}", "occurred_at": rfc3339(occurred), **act.value}
    return at, Planned(at, act.topic, key_of(act.topic, value), value)
