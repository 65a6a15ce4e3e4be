"""The worker's parts as Faust services. They stop in the opposite order of their start: the feed first, so that it can drain."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any, ClassVar

from mode import Service

from streams.errors import StoreUnavailable
from streams.feed.feed import Feed
from streams.path import Batch
from streams.publisher import Publisher
from streams.turn import Turn

log = logging.getLogger(__name__)

# SIGTERM to the end within ten seconds, a third of what orchestrators commonly give (Kubernetes: terminationGracePeriodSeconds 30).
DRAIN_S = 5.0
FLUSH_S = 2.0


class Part(Service):
    """A part of the worker with one endless task, which ends after `on_stop`, not before."""

    abstract: ClassVar[bool] = True

    async def on_start(self) -> None:
        self.endless = self.add_future(self.go_on())

    async def go_on(self) -> None:
        """What the part does while it runs."""
        await self.wait_until_stopped()


class PublisherPart(Part):
    """Ends the publisher when nobody sends any more."""

    def __init__(self, publisher: Publisher, **options: Any) -> None:
        self.publisher = publisher
        super().__init__(**options)

    async def on_stop(self) -> None:
        await asyncio.to_thread(self.publisher.stop, FLUSH_S)


class TurnPart(Part):
    """Runs the turn."""

    def __init__(self, turn: Turn, feed: Feed, **options: Any) -> None:
        self.turn, self.feed = turn, feed
        super().__init__(**options)

    async def go_on(self) -> None:
        await self.turn.run(self.feed)

    async def on_stop(self) -> None:
        self.endless.cancel()
        try:
            await self.turn.forget()
        except StoreUnavailable as error:
            log.warning("delivered outbox entries stay, whoever comes next publishes them again: %s", error)
        await asyncio.to_thread(self.turn.stop)


class FeedPart(Part):
    """Runs the feed, and puts the parts of its batches into the agents' channels. Once `failure` is done there is nothing to wait for."""

    def __init__(self, feed: Feed, turn: Turn, channels: Mapping[str, Any], failure: asyncio.Future[BaseException], **options: Any) -> None:
        self.feed, self.turn, self.channels, self.failure = feed, turn, channels, failure
        self.inbox: asyncio.Queue[Batch] = asyncio.Queue()
        super().__init__(**options)

    async def on_start(self) -> None:
        await super().on_start()
        loop = asyncio.get_running_loop()

        def emit(batch: Batch) -> None:
            loop.call_soon_threadsafe(self.inbox.put_nowait, batch)

        self.feed.start(emit)

    async def go_on(self) -> None:
        while True:
            for part in self.turn.open(await self.inbox.get()):
                await self.channels[part.topic].put(part)

    async def on_stop(self) -> None:
        began = time.monotonic()
        await asyncio.to_thread(self.feed.stop, 0.0 if self.failure.done() else DRAIN_S)
        log.info("the feed has let go after %.1f s", time.monotonic() - began)
