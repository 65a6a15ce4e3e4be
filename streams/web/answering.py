"""Answering requests with the engine: what only asks, and what is on its topic and is committed. In whatever thread has the engine."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import orjson

from schemas.events import Event
from streams.decisions import DECISIONS
from streams.engine import Engine
from streams.path import Arrived, Record
from streams.publisher import Publisher
from streams.web.floor import Floor

log = logging.getLogger(__name__)

Decisions = list[dict[str, Any]]

LOOK_S: Final = 0.05
"""Who only asks looks so often whether the tables came back older; a failover takes longer, and whoever commits looks every time."""


class Asked(NamedTuple):
    """A request that waits. `record`: it is on its topic and is to be committed; None: it only asks."""

    topic: str
    event: Event
    at: int
    record: Record | None
    answer: asyncio.Future[Decisions]


class Answering:
    """`floor`: as for Decider."""

    def __init__(self, engine: Engine, publisher: Publisher, floor: Floor) -> None:
        self._engine, self._publisher, self._floor = engine, publisher, floor
        self._delivered: deque[str] = deque()

    def commit(self, asked: Sequence[Asked]) -> list[Decisions]:
        """Decide and commit what is on its topic, and publish what was decided. Raises StoreUnavailable."""
        self._floor.look()
        done = self._engine.process([Arrived(one.record, one.event, None) for one in asked if one.record is not None])
        self._publisher.send(done.outgoing, partial(self._sent, done.outbox_ids))
        made: dict[str, Decisions] = {one.event.event_id: [] for one in asked}
        for outgoing in done.outgoing:
            if outgoing.topic == DECISIONS and outgoing.value:
                decision = orjson.loads(outgoing.value)
                made.get(decision["event_id"], []).append(decision)
        return [made[one.event.event_id] for one in asked]

    def ask(self, asked: Sequence[Asked], briefly: bool = False) -> list[Decisions]:
        """What each would be answered with now. Raises StoreUnavailable, and TakesLong if it is to be brief and would not be."""
        self._floor.look(LOOK_S)
        answers: dict[int, Decisions] = {}
        left = list(range(len(asked)))
        while left:  # once, unless two requests have one event id
            first = list({asked[index].event.event_id: index for index in reversed(left)}.values())
            found = self._engine.ask_each([(asked[index].topic, asked[index].event, asked[index].at) for index in first], briefly)
            answers.update(zip(first, found, strict=True))
            left = [index for index in left if index not in answers]
        return [answers[index] for index in range(len(asked))]

    def current(self) -> None:
        """Bring the directory up to date. Raises StoreUnavailable."""
        self._floor.look()
        self._engine.catch_up()

    def _sent(self, ids: Sequence[str], error: BaseException | None) -> None:
        """In the publisher's thread: what could not be delivered waits in the outbox for a worker."""
        if error is None:
            self._delivered.extend(ids)
        else:
            log.error("decisions were not delivered, a worker publishes them: %s", error)

    def forget(self) -> None:
        """Forget outbox entries whose records are in their topics. Raises StoreUnavailable."""
        if not self._delivered:
            return
        ids = list(self._delivered)
        more = self._engine.published(ids)
        for _ in ids:
            self._delivered.popleft()
        if more.outgoing:
            self._publisher.send(more.outgoing, partial(self._sent, more.outbox_ids))
