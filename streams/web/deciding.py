"""Deciding what comes by HTTP: the same engine as the stream's, many requests at once.

What only asks is asked on the event loop itself, in one look at Redis for whoever has come by then: on a machine without an idle core each
change of threads is a wait for the scheduler, and this is two fewer. The loop stands still meanwhile, some 0.2 ms, or as long as Redis
works on somebody's commit, which an answer has to wait for anyway; those who come then are asked together next. Whatever may take longer
(commits, a directory that has to be loaded, pages) is the engine's thread's, and so is the engine while that works.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from schemas.events import Event
from streams.clock import now_us
from streams.engine import Engine, TakesLong
from streams.errors import StoreUnavailable
from streams.path import Record
from streams.publisher import Publisher
from streams.web.answering import Answering, Asked, Decisions
from streams.web.floor import Floor

log = logging.getLogger(__name__)

T = TypeVar("T")

AT_ONCE: Final = 200
"""Requests answered in one turn of the engine's thread: some 10 ms at most, which is how long one that comes meanwhile waits."""

BRIEFLY: Final = 50
"""Requests asked in one go on the loop: some 2 ms, after which it sees to others before it goes on."""

AWAY_S: Final = 0.5  # how often a store that is away is tried


class Decider:
    """`floor`: offsets, by partition as the tables name them, that the tables are known to have reached; tables that lack them answer
    nothing. `brief`: whether the store answers, or fails, in one short wait; a cluster's client tries several nodes again and again."""

    def __init__(self, engine: Engine, publisher: Publisher, floor: dict[str, int] | None = None, brief: bool = True) -> None:
        self.engine = engine
        self._brief = brief
        self._floor = Floor(engine.tables, floor or {})
        self._answering = Answering(engine, publisher, self._floor)
        self._thread = ThreadPoolExecutor(1, "engine")
        self._waiting: deque[Asked] = deque()
        self._turning = False
        self._busy = 0  # works that the engine's thread has or is to have; counted on the loop
        self.away = ""

    async def watch(self) -> None:
        """Keep the directory current, try a store that is away until it answers, forget delivered outbox entries, until cancelled."""
        while True:
            await asyncio.sleep(AWAY_S)
            try:
                # So that who may do what is known, however long nobody has asked anything.
                await self.call(self._answering.current)
                if self.away:
                    log.warning("the store is back")
                    self.away = ""
                await self.call(self._answering.forget)
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
        return await asyncio.wrap_future(self._give(asyncio.get_running_loop(), work))

    async def read(self, work: Callable[[], T]) -> T:
        """As `call`, with the directory brought up to date. Raises StoreUnavailable."""

        def current() -> T:
            self._answering.current()
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
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Decisions] = loop.create_future()
        self._waiting.append(Asked(topic, event, at, record, answer))
        if not self._turning:
            self._turning = True
            # Soon, not now: whose requests were read in the same go are asked together.
            loop.call_soon(self._next, loop)
        return await answer

    def _give(self, loop: asyncio.AbstractEventLoop, work: Callable[[], T]) -> Future[T]:
        given = self._thread.submit(work)
        self._busy += 1
        # When it has ended, not when nobody waits for it any more: a request that goes away leaves its work running.
        given.add_done_callback(lambda _: loop.call_soon_threadsafe(self._given_back))
        return given

    def _given_back(self) -> None:
        self._busy -= 1

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer whoever waits, here if that is brief. On the loop."""
        if self._is_brief():
            asked = [self._waiting.popleft() for _ in range(min(len(self._waiting), BRIEFLY))]
            try:
                self._tell(asked, _tried(partial(self._answering.ask, briefly=True), asked))
                self._go_on(loop)
                return
            except TakesLong:
                self._waiting.extendleft(reversed(asked))
        try:
            self._thread.submit(self._turn, loop)
        except RuntimeError:  # stopped
            while self._waiting:
                self._waiting.popleft().answer.cancel()
        else:
            self._busy += 1

    def _is_brief(self) -> bool:
        return self._brief and not self._busy and self.engine.is_current and all(one.record is None for one in self._waiting)

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Whoever has come meanwhile is next. On the loop."""
        self._turning = bool(self._waiting)
        if self._turning:
            loop.call_soon(self._next, loop)

    def _turned(self, loop: asyncio.AbstractEventLoop) -> None:
        """The engine's thread has ended a turn. On the loop."""
        self._busy -= 1
        self._go_on(loop)

    def _tell(self, asked: Sequence[Asked], answers: Sequence[Decisions] | Exception) -> None:
        """Answer them. On the loop."""
        if isinstance(answers, StoreUnavailable):
            self._is_away(answers)
        for index, one in enumerate(asked):
            if one.answer.done():
                continue
            if isinstance(answers, Exception):
                one.answer.set_exception(answers)
            else:
                one.answer.set_result(answers[index])

    def _is_away(self, error: StoreUnavailable) -> None:
        self._floor.doubt()
        if not self.away:
            log.warning("the store is away: %s", error)
        self.away = str(error)

    # From here on: the engine's thread.

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer whoever waits, once for all of them."""
        asked = [self._waiting.popleft() for _ in range(min(len(self._waiting), AT_ONCE))]
        commits = [one for one in asked if one.record is not None]
        asks = [one for one in asked if one.record is None]
        try:
            for part, work in ((commits, self._answering.commit), (asks, self._answering.ask)):
                if part:
                    loop.call_soon_threadsafe(self._tell, part, _tried(work, part))
        finally:
            loop.call_soon_threadsafe(self._turned, loop)


def _tried(work: Callable[[Sequence[Asked]], list[Decisions]], asked: Sequence[Asked]) -> list[Decisions] | Exception:
    try:
        return work(asked)
    except TakesLong:
        raise
    except Exception as error:
        if not isinstance(error, StoreUnavailable):
            log.exception("requests could not be decided")
        return error
