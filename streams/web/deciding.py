"""Deciding what comes by HTTP: the same engine as the stream's, in a thread of its own, many requests at once.

While the engine's thread is busy, requests gather; then all that have gathered are asked, or decided and committed, together. So a
thousand requests a second are some hundred reads of Redis, and a request alone waits for nobody.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

import orjson

from schemas.events import Event
from streams.decisions import DECISIONS
from streams.engine import Engine
from streams.errors import StoreUnavailable
from streams.path import Arrived, Record
from streams.publisher import Publisher

log = logging.getLogger(__name__)

T = TypeVar("T")
Decisions = list[dict[str, Any]]

AT_ONCE: Final = 200
"""Requests answered in one turn of the engine's thread: some 10 ms at most, which is how long one that comes meanwhile waits."""

GATHER_S: Final = 0.002
"""From the beginning of one turn to the next, at least: a turn costs 110 microseconds whoever is in it and 45 for each of those, so that at
a thousand requests a second two or three should share one. Who comes after a pause waits for nobody."""

LOOK_S: Final = 0.05
"""Who only asks looks so often whether the tables came back older; a failover takes longer, and whoever commits looks every time."""

AWAY_S: Final = 0.5  # how often a store that is away is tried


class Asked(NamedTuple):
    """A request that waits. `record`: it is on its topic and is to be committed; None: it only asks."""

    topic: str
    event: Event
    at: int
    record: Record | None
    answer: asyncio.Future[Decisions]


class Decider:
    """`floor`: offsets, by partition as the tables name them, that the tables are known to have reached. One that stands lower than it
    stood before says that the store came back older: nothing is answered from it until the workers have replayed what it lacks."""

    def __init__(self, engine: Engine, publisher: Publisher, floor: dict[str, int] | None = None) -> None:
        self.engine = engine
        self._publisher = publisher
        self._floor = dict(floor or {})
        self._thread = ThreadPoolExecutor(1, "engine")
        self._waiting: deque[Asked] = deque()
        self._turning = False
        self._began = 0.0
        self._delivered: deque[str] = deque()
        self._looked = 0.0
        self.away = ""

    async def watch(self) -> None:
        """Keep the directory current, try a store that is away until it answers, forget delivered outbox entries, until cancelled."""
        while True:
            await asyncio.sleep(AWAY_S)
            try:
                # So that who may do what is known, however long nobody has asked anything.
                await self.call(self._current)
                if self.away:
                    log.warning("the store is back")
                    self.away = ""
                if self._delivered:
                    await self.call(self._forget)
            except StoreUnavailable as error:
                self._is_away(error)

    async def ask(self, topic: str, event: Event) -> Decisions:
        """What an event that changes nothing would be answered with now. Raises StoreUnavailable."""
        return await self._answer(topic, event, now_us(), None)

    async def decide(self, topic: str, event: Event, record: Record) -> Decisions:
        """Decide and commit an event that is on its topic. Empty when a worker was faster: then it is decided, and published from there.
        Raises StoreUnavailable: a worker decides it when the store is back."""
        return await self._answer(topic, event, record.timestamp, record)

    async def call(self, work: Callable[[], T]) -> T:
        """Run `work` in the engine's thread, which owns the engine, its tables and its directory."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def read(self, work: Callable[[], T]) -> T:
        """As `call`, with the directory brought up to date. Raises StoreUnavailable."""

        def current() -> T:
            self._current()
            return work()

        try:
            return await self.call(current)
        except StoreUnavailable as error:
            self._is_away(error)
            raise

    def stop(self) -> None:
        """Blocks until the engine's thread has ended."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def _answer(self, topic: str, event: Event, at: int, record: Record | None) -> Decisions:
        if self.away:
            raise StoreUnavailable(self.away)
        answer: asyncio.Future[Decisions] = asyncio.get_running_loop().create_future()
        self._waiting.append(Asked(topic, event, at, record, answer))
        if not self._turning:
            self._turning = True
            self._begin()
        return await answer

    def _begin(self) -> None:
        """Begin the next turn, when it may. On the loop."""
        loop = asyncio.get_running_loop()
        early = self._began + GATHER_S - loop.time()
        if early > 0:
            loop.call_later(early, self._submit, loop)
        else:
            self._submit(loop)

    def _submit(self, loop: asyncio.AbstractEventLoop) -> None:
        self._began = loop.time()
        try:
            self._thread.submit(self._turn, loop)
        except RuntimeError:  # stopped
            while self._waiting:
                self._waiting.popleft().answer.cancel()

    def _answered(self, asked: Sequence[Asked], answers: Sequence[Decisions] | Exception, last: bool) -> None:
        """What a turn has found; after the last of it whoever has come meanwhile is next. On the loop."""
        if isinstance(answers, StoreUnavailable):
            self._is_away(answers)
        for index, one in enumerate(asked):
            if one.answer.done():
                continue
            if isinstance(answers, Exception):
                one.answer.set_exception(answers)
            else:
                one.answer.set_result(answers[index])
        if last:
            self._turning = bool(self._waiting)
            if self._turning:
                self._begin()

    def _is_away(self, error: StoreUnavailable) -> None:
        self._looked = 0.0
        if not self.away:
            log.warning("the store is away: %s", error)
        self.away = str(error)

    # From here on: the engine's thread.

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer whoever waits, once for all of them."""
        asked = [self._waiting.popleft() for _ in range(min(len(self._waiting), AT_ONCE))]
        commits = [one for one in asked if one.record is not None]
        asks = [one for one in asked if one.record is None]
        for part, work, last in ((commits, self._commit, not asks), (asks, self._ask, True)):
            if not part:
                continue
            answers: list[Decisions] | Exception
            try:
                answers = work(part)
            except Exception as error:
                if not isinstance(error, StoreUnavailable):
                    log.exception("requests could not be decided")
                answers = error
            loop.call_soon_threadsafe(self._answered, part, answers, last)

    def _commit(self, asked: Sequence[Asked]) -> list[Decisions]:
        self._look()
        done = self.engine.process([Arrived(one.record, one.event, None) for one in asked if one.record is not None])
        self._publisher.send(done.outgoing, partial(self._sent, done.outbox_ids))
        made: dict[str, Decisions] = {one.event.event_id: [] for one in asked}
        for outgoing in done.outgoing:
            if outgoing.topic == DECISIONS and outgoing.value:
                decision = orjson.loads(outgoing.value)
                made.get(decision["event_id"], []).append(decision)
        return [made[one.event.event_id] for one in asked]

    def _ask(self, asked: Sequence[Asked]) -> list[Decisions]:
        if time.monotonic() - self._looked > LOOK_S:
            self._look()
        answers: dict[int, Decisions] = {}
        left = list(range(len(asked)))
        while left:  # once, unless two requests have one event id
            first = list({asked[index].event.event_id: index for index in reversed(left)}.values())
            found = self.engine.ask_each([(asked[index].topic, asked[index].event, asked[index].at) for index in first])
            answers.update(zip(first, found, strict=True))
            left = [index for index in left if index not in answers]
        return [answers[index] for index in range(len(asked))]

    def _current(self) -> None:
        self._look()
        self.engine.catch_up()

    def _look(self) -> None:
        """Raises StoreUnavailable when the tables lack what they had."""
        self._looked = time.monotonic()
        stored = self.engine.tables.offsets()
        for where, floor in self._floor.items():
            if stored.get(where, 0) < floor:
                raise StoreUnavailable("The store came back with less than it had; workers are replaying what it lacks")
        self._floor.update(stored)

    def _sent(self, ids: Sequence[str], error: BaseException | None) -> None:
        """In the publisher's thread: what could not be delivered waits in the outbox for a worker."""
        if error is None:
            self._delivered.extend(ids)
        else:
            log.error("decisions were not delivered, a worker publishes them: %s", error)

    def _forget(self) -> None:
        ids = list(self._delivered)
        more = self.engine.published(ids)
        for _ in ids:
            self._delivered.popleft()
        if more.outgoing:
            self._publisher.send(more.outgoing, partial(self._sent, more.outbox_ids))


def now_us() -> int:
    """The present time, microseconds since the epoch."""
    return time.time_ns() // 1000
