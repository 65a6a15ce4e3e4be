"""The parts of one `leadlock serve`, put together, started and stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from confluent_kafka import Consumer, TopicPartition

from schemas.policy import Policy
from streams.clock import now_us
from streams.errors import StoreUnavailable
from streams.notify.channels import Channels
from streams.notify.notifier import Notifier
from streams.notify.queue import Queue
from streams.path import TOPICS, place
from streams.publisher import Publisher
from streams.settings.settings import Settings
from streams.tables.connect import Client
from streams.tables.redis import RedisTables
from streams.topics import full_name
from streams.watching.observed import Observed
from streams.web.deciding import Decider
from streams.web.follower import KAFKA_S, Follower, insist
from streams.web.gate import Gate
from streams.web.hub import Hub
from streams.web.inbox import Inbox
from streams.web.keys import Keys
from streams.web.metrics import WebMetrics
from streams.web.once import Once
from streams.web.sessions import Sessions
from streams.web.store import Store

log = logging.getLogger(__name__)

SHORT_S: Final = 1.0
"""How long Redis may take to answer before it counts as away: whoever asks before a send waits no longer, and is told what to do then."""


class Service:
    """Everything that a handler may need. Raises BadSettings for a bad file of keys, BrokerUnavailable when Kafka does not answer. Made
    where there is no event loop yet; `running` is its life."""

    def __init__(self, settings: Settings, policy: Policy, client: Client) -> None:
        self.settings, self.policy = settings, policy
        self.tables = RedisTables(client, settings.redis.prefix)
        self.store = Store(client, settings.redis.prefix)
        self.observed = Observed(self.tables, policy, "wall", settings.max_future_skew)
        self.metrics = WebMetrics(self.observed.registry)
        kafka = settings.kafka
        watch, options, largest = self.observed.metrics, settings.kafka_options("producer"), settings.topics.max_message_bytes
        self.publisher = Publisher(options, self._failed, kafka.topic_prefix, largest, watch)
        self.decider = Decider(self.observed.engine, self.publisher, reached(settings), brief=not settings.redis.cluster)
        self.hub = Hub()
        self.follower = Follower(settings, self.hub)
        self.inbox = Inbox(settings)
        self.sessions = Sessions(self.store, settings.web)
        self.gate = Gate(settings.web, Keys(settings.web.keys_file), self.sessions, self.decider)
        self.once = Once(self.store)
        self.notifier = self._notifier(client) if settings.notify.wanted else None
        self.provider: Any = None
        self.pages: dict[str, Any] = {}  # what a page keeps from one request to the next
        self.broken: BaseException | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """From the first request to the last."""
        await asyncio.to_thread(self.follower.start, asyncio.get_running_loop())
        if self.notifier is not None:
            self.notifier.start()
        try:
            await self.decider.read(lambda: None)
        except StoreUnavailable as error:
            log.warning("starting without the store: %s", error)
        watching = asyncio.create_task(self.decider.watch())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await asyncio.to_thread(self._stop)

    def _notifier(self, client: Client) -> Notifier:
        settings, web = self.settings, self.settings.web
        channels = Channels(settings.notify, web.url or f"http://{web.host}:{web.port}")
        queue = Queue(client, settings.redis.prefix)
        return Notifier(settings, self.policy, queue, channels, self.decider.engine.directory, now_us)

    def _stop(self) -> None:
        if self.notifier is not None:
            self.notifier.stop()
        self.follower.stop()
        self.inbox.stop()
        self.decider.stop()
        self.publisher.stop(2.0)
        self.store.stop()

    def _failed(self, error: BaseException) -> None:
        log.error("the producer of decisions failed, workers publish what is left: %s", error)
        self.broken = error


def reached(settings: Settings) -> dict[str, int]:
    """How far the workers' group has come in each inbound topic: what the tables have reached at least, for offsets are committed to the
    group after the tables. Raises BrokerUnavailable."""
    consumer = Consumer({**settings.kafka_options("consumer"), "log_level": 2})
    try:
        wanted = []
        for name in (full_name(settings, topic) for topic in TOPICS):
            found = insist(partial(consumer.list_topics, name, timeout=KAFKA_S), f"for topic {name}")
            wanted += [TopicPartition(name, number) for number in found.topics[name].partitions]
        committed = insist(lambda: consumer.committed(wanted, timeout=KAFKA_S), "for the group's offsets")
    finally:
        consumer.close()
    prefix = len(settings.kafka.topic_prefix)
    return {place(one.topic[prefix:], one.partition): one.offset for one in committed if one.offset > 0}
