"""The only place that wires: topic -> feed -> agent -> turn -> engine -> publisher, in a Faust app whose own Kafka half is off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import faust
from faust.app.base import BootStrategy

from streams.agents import discover
from streams.clock import now_us
from streams.errors import LeadlockError, StoreUnavailable
from streams.feed.feed import Feed
from streams.path import Engine
from streams.publisher import Publisher
from streams.services import FeedPart, PublisherPart, TurnPart
from streams.settings.settings import Settings
from streams.turn import Turn
from streams.watching.health import Health
from streams.watching.observed import Observed

log = logging.getLogger(__name__)

DEADLINES_EVERY_S = 0.1
GRACE_US = 200_000  # a deadline waits so long for records that the broker has and this worker has not fetched yet
FORGET_EVERY_S = 0.25  # delivered outbox entries wait so long, far below the age at which they are swept
SWEEP_EVERY_S = 2.0
SWEEP_OLDER_S = 10.0
PROGRESS_EVERY_S = 5.0
BEAT_EVERY_S = 1.0
LOOK_EVERY_S = 5.0  # some ten small commands: nothing to Redis, and no figure is older than two scrapes
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
    health: Health
    failure: asyncio.Future[BaseException]

    async def on_first_start(self) -> None:
        """Faust would make its data directories here; nothing is kept in files."""


def build(settings: Settings, engine: Engine, observed: Observed | None = None) -> App:
    """The app of one worker, not started yet. Call it on the event loop that is to run it. `observed` is the engine's, if it is watched."""
    app = App("leadlock", broker="kafka://unused", autodiscover=False, web_enabled=False, store="memory://", stream_wait_empty=False)
    loop = asyncio.get_running_loop()
    app.failure = loop.create_future()
    failed = partial(_fail, loop, app.failure)
    kafka = settings.kafka
    watch = observed.metrics if observed is not None else None
    app.publisher = Publisher(settings.kafka_options("producer"), failed, kafka.topic_prefix, settings.topics.max_message_bytes, watch)
    app.turn = Turn(engine, app.publisher, failed, watch)
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
        watch=watch,
    )
    app.health = Health(app.feed, app.turn, app.publisher, watch.brokers if watch is not None else {})
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
    _every(app, "beat", BEAT_EVERY_S, app.health.beat)
    _every(app, "progress", PROGRESS_EVERY_S, partial(end_if_stuck, app.health, failed))
    if observed is not None:
        observed.attach(app.health)
        _every(app, "look", LOOK_EVERY_S, partial(_look, app, observed))
    return app


async def end_if_stuck(health: Health, failed: Callable[[BaseException], None]) -> None:
    """End a worker that hangs: lag, and nothing delivered for `STUCK_S` although Redis and Kafka answer."""
    if (still := health.still()) > STUCK_S:
        failed(LeadlockError(f"nothing delivered for {still:.0f} s although {health.lag()} records wait"))


async def _look(app: App, observed: Observed) -> None:
    await asyncio.to_thread(observed.look)
    if not app.turn.store_away:
        await app.turn.call(observed.refresh)


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
