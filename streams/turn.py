"""The turn: batches go through the engine one at a time, in the order in which they were fetched, and out through the publisher.

The engine has one thread, the publisher another, so that a batch is decided while the one before it is being sent and the one after
it is being read. A batch's outbox entries are forgotten, and its offsets given free, when its last delivery report is in.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Protocol, TypeVar

from streams.collector import Collector
from streams.crash_points import reached
from streams.errors import StoreUnavailable
from streams.outbox import Outgoing
from streams.parts import Part, Pending, split
from streams.path import Arrived, Batch, Engine
from streams.publisher import Done
from streams.watching.watch import Passed, Watch

log = logging.getLogger(__name__)

BACKOFF_S = (0.05, 2.0)  # first and longest pause while the store is away

T = TypeVar("T")


class Sender(Protocol):
    def send(self, outgoing: Sequence[Outgoing], done: Done) -> None: ...


class Source(Protocol):
    """What the turn asks and tells the feed, from any thread."""

    def current(self, batch: Batch) -> bool: ...
    def processed(self, batch: Batch) -> None: ...
    def done(self, batch: Batch) -> None: ...
    def rewind(self, batch: Batch) -> None: ...


class Turn:
    """`failed` is told of whatever must end the worker. Used on one event loop; `call` and `run` are its coroutines."""

    def __init__(self, engine: Engine, sender: Sender, failed: Callable[[BaseException], None], watch: Watch | None = None) -> None:
        self._engine = engine
        self._sender = sender
        self._failed = failed
        self._watch = watch or Watch()
        self._deciding = ThreadPoolExecutor(1, "engine")
        self._sending = ThreadPoolExecutor(1, "sending")
        self._queue: asyncio.Queue[Pending] = asyncio.Queue()
        self._sent: set[str] = set()  # outbox entries under way: nobody here may send them again
        self._delivered: deque[str] = deque()  # those whose records are in their topics
        self._last: tuple[Batch, Source] | None = None
        self._collector = Collector()
        self.store_away = False

    def stored_offsets(self) -> Future[dict[str, int]]:
        """Ask the tables for their offsets; answered between two batches, never beside one."""
        return self._deciding.submit(self._engine.stored_offsets)

    def open(self, batch: Batch) -> list[Part]:
        """Take a batch in, and split it for the agents."""
        pending = Pending(batch)
        self._queue.put_nowait(pending)
        return split(batch, pending)

    async def run(self, source: Source) -> None:
        """Put batch after batch through the engine, for ever. An error other than the store's being away ends the worker."""
        while True:
            pending = await self._queue.get()
            batch = pending.batch
            try:
                await pending.ready
                reached("parsed")
                await self.insist(partial(self._process, pending.arrived(), pending, time.monotonic(), source))
            except Exception as error:
                log.exception("a batch could not be processed, the worker ends: %s", batch)
                self._failed(error)
                return

    async def fire(self, now: int) -> None:
        """Let the engine decide what is due at or before `now` (microseconds), and publish it. Raises StoreUnavailable."""
        await self.call(partial(self._fire, now))

    async def sweep(self, older_than_s: float) -> None:
        """Publish what has waited in the outbox for so many seconds, unless it is under way already. Raises StoreUnavailable."""
        await self.call(partial(self._sweep, older_than_s))

    async def forget(self) -> None:
        """Take delivered entries out of the outbox. Raises StoreUnavailable; they are then tried again with the next."""
        if self._delivered:
            await self.call(self._forget)

    async def call(self, work: Callable[[], T]) -> T:
        """Run `work` in the engine's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._deciding, work)

    async def insist(self, work: Callable[[], T]) -> T:
        """Run `work` in the engine's thread, again and again while the store is away."""
        pause, longest = BACKOFF_S
        while True:
            try:
                result = await self.call(work)
            except StoreUnavailable as error:
                if not self.store_away:
                    self.store_away = True
                    log.warning("the store is away, waiting for it: %s", error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, longest)
            else:
                if self.store_away:
                    self.store_away = False
                    log.warning("the store is back")
                return result

    def stop(self) -> None:
        """End both threads, after what they are doing. Blocks."""
        self._deciding.shutdown(wait=True, cancel_futures=True)
        self._sending.shutdown(wait=True)

    # From here on: the engine's thread, so that what is sent is sent in the order in which it was decided.

    def _process(self, arrived: list[Arrived], pending: Pending, read: float, source: Source) -> None:
        batch = pending.batch
        if not source.current(batch):
            return
        began = time.monotonic()
        self._watch.begins()
        result = self._engine.process(arrived, batch.positions)
        if result.rewound:
            self._watch.rewound()
            source.rewind(batch)
            return
        ended = time.monotonic()
        self._watch.passed(Passed(batch, pending.topics, pending.opened, read, began, ended))
        self._last = batch, source
        source.processed(batch)

        def delivered() -> None:
            self._watch.delivered(batch, ended)
            source.done(batch)

        self._send(result.outgoing, result.outbox_ids, delivered)
        self._collector.after_batch()

    def _fire(self, now: int) -> None:
        result = self._engine.fire(now)
        if result.rewound and self._last is not None:
            self._watch.rewound()
            batch, source = self._last
            source.rewind(batch)
        self._send(result.outgoing, result.outbox_ids, lambda: None)

    def _sweep(self, older_than_s: float) -> None:
        swept = [(entry, outgoing) for entry, outgoing in self._engine.sweep(older_than_s) if entry not in self._sent]
        for entry, outgoing in swept:
            log.info("publishing outbox entry %s, which was left behind", entry)
            self._send(outgoing, [entry], lambda: None)
        self._watch.swept(len(swept))

    def _forget(self) -> None:
        ids = list(self._delivered)
        more = self._engine.published(ids)
        reached("trimmed")
        for entry in ids:
            self._delivered.popleft()
            self._sent.discard(entry)
        if more.outgoing:
            self._send(more.outgoing, more.outbox_ids, lambda: None)

    def _send(self, outgoing: Sequence[Outgoing], ids: Sequence[str], then: Callable[[], None]) -> None:
        self._sent.update(ids)

        def done(error: BaseException | None) -> None:
            if error is not None:
                self._failed(error)
                return
            reached("delivered")
            self._delivered.extend(ids)
            then()

        self._sending.submit(self._sender.send, outgoing, done).add_done_callback(self._sending_ended)

    def _sending_ended(self, sending: Future[None]) -> None:
        if not sending.cancelled() and (error := sending.exception()) is not None:
            self._failed(error)
