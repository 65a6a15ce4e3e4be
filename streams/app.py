"""The only place that wires: topic -> feed -> agent -> turn -> engine -> publisher, in a Faust app whose own Kafka half is off."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import faust
from faust.app.base import BootStrategy

from streams.agents import discover
from streams.errors import LeadlockError, StoreUnavailable
from streams.feed import Feed
from streams.path import Engine
from streams.publisher import Publisher
from streams.services import FeedPart, PublisherPart, TurnPart
from streams.settings import Settings
from streams.turn import Turn

log = logging.getLogger(__name__)

DEADLINES_EVERY_S = 0.1
GRACE_US = 200_000  # a deadline waits so long for records that the broker has and this worker has not fetched yet
FORGET_EVERY_S = 0.25  # delivered outbox entries wait so long, far below the age at which they are swept
SWEEP_EVERY_S = 2.0
SWEEP_OLDER_S = 10.0
PROGRESS_EVERY_S = 5.0
STUCK_S = 300.0  # lag that has not moved for so long is a worker that hangs: Kafka's own max.poll.interval default


class WithoutKafka(BootStrategy):
    """Faust's consumer acks what failed and creates tasks per event; its producer is not needed. Agents and timers remain."""

    enable_kafka = False
    enable_web = False
    enable_sensors = False


class App(faust.App):
    """The worker's Faust app. `failure` is done when the worker must end: an exception that says why."""

    BootStrategy = WithoutKafka

    feed: Feed
    turn: Turn
    publisher: Publisher
    failure: asyncio.Future[BaseException]

    async def on_first_start(self) -> None:
        """Faust would make its data directories here; nothing is kept in files."""


def build(settings: Settings, engine: Engine) -> App:
    """The app of one worker, not started yet. Call it on the event loop that is to run it."""
    app = App("leadlock", broker="kafka://unused", autodiscover=False, web_enabled=False, store="memory://", stream_wait_empty=False)
    loop = asyncio.get_running_loop()
    app.failure = loop.create_future()
    failed = partial(_fail, loop, app.failure)
    kafka = settings.kafka
    app.publisher = Publisher(settings.kafka_options("producer"), failed, kafka.topic_prefix, settings.topics.max_message_bytes)
    app.turn = Turn(engine, app.publisher, failed)
    agents = discover()
    wall = settings.clock == "wall"
    app.feed = Feed(
        settings.kafka_options("consumer"),
        list(agents),
        app.turn.stored_offsets,
        failed,
        prefix=kafka.topic_prefix,
        batch_size=kafka.batch_size,
        ceiling=(lambda: now_us() + settings.max_future_skew) if wall else None,
    )
    channels = {topic: app.channel(maxsize=8) for topic in agents}
    for topic, fun in agents.items():
        app.agent(channels[topic], name=topic)(fun)
    # Faust suspends every channel until its own consumer has partitions, which never happens here.
    app.flow_control.resume()
    service: Callable[[Any], Any] = app.service  # takes instances too, its annotation does not say so
    service(PublisherPart(app.publisher))
    service(TurnPart(app.turn, app.feed))
    service(FeedPart(app.feed, app.turn, channels, app.failure))
    if wall:
        _every(app, "deadlines", DEADLINES_EVERY_S, lambda: app.turn.fire(app.feed.watermark(now_us() - GRACE_US)))
    _every(app, "forget", FORGET_EVERY_S, app.turn.forget)
    _every(app, "sweep", SWEEP_EVERY_S, lambda: app.turn.sweep(SWEEP_OLDER_S))
    _every(app, "progress", PROGRESS_EVERY_S, Progress(app, failed).look)
    return app


def now_us() -> int:
    return time.time_ns() // 1000


class Progress:
    """Notices a worker that hangs: lag, and nothing delivered for `STUCK_S` although the store answers."""

    def __init__(self, app: App, failed: Callable[[BaseException], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._app, self._failed, self._clock = app, failed, clock
        self._seen, self._since = -1, clock()

    async def look(self) -> None:
        lag = sum(self._app.feed.lag().values())
        if self._app.feed.progress != self._seen or not lag or self._app.turn.store_away:
            self._seen, self._since = self._app.feed.progress, self._clock()
        elif (still := self._clock() - self._since) > STUCK_S:
            self._failed(LeadlockError(f"nothing delivered for {still:.0f} s although {lag} records wait"))


def _every(app: App, name: str, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """A timer that cannot end the worker: an exception in a Faust timer crashes its app. One error is logged once until it changes."""
    said = ""

    async def tick() -> None:
        nonlocal said
        try:
            await work()
            said = ""
        except StoreUnavailable as error:
            if said != (said := str(error)):
                log.warning("%s: waiting for the store: %s", name, error)
        except Exception as error:
            if not app.should_stop and said != (said := repr(error)):
                log.exception("%s: failed, trying again every %g s", name, seconds)

    app.timer(seconds, name=name)(tick)


def _fail(loop: asyncio.AbstractEventLoop, failure: asyncio.Future[Any], error: BaseException) -> None:
    """Note from any thread why the worker must end; the first reason counts."""

    def note() -> None:
        if not failure.done():
            failure.set_result(error)

    loop.call_soon_threadsafe(note)
