"""Follows the decisions that are published, for whoever listens.

A consumer of its own in a thread of its own, in no group: it commits nothing and takes no partition from the workers.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final, TypeVar

from confluent_kafka import Consumer, KafkaException, TopicPartition

from streams.errors import BrokerUnavailable
from streams.feed.complaints import Complaints
from streams.feed.tuning import CONSUMER
from streams.settings.settings import Settings
from streams.topics import DECISIONS, full_name
from streams.web.hub import Hub, Positions, Told

log = logging.getLogger(__name__)

T = TypeVar("T")
KAFKA_S: Final = 10.0
AT_ONCE: Final = 1_000
BEFORE: Final = 500
"""Decisions of a partition read from before the start, so that a page has something to show."""


def insist(ask: Callable[[], T], operation: str) -> T:
    """The broker's answer; a partition that was made just now may have no leader yet, and is asked for again. Raises BrokerUnavailable."""
    until = time.monotonic() + KAFKA_S
    while True:
        try:
            return ask()
        except KafkaException as error:
            if time.monotonic() > until:
                raise BrokerUnavailable(operation=operation, error=error.args[0].str()) from error
            time.sleep(0.1)


class Follower:
    """`start` before the loop serves anybody."""

    def __init__(self, settings: Settings, hub: Hub) -> None:
        self._settings, self._hub = settings, hub
        self._stopping = threading.Event()
        self._consumer = self._made()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self._decisions = full_name(settings, DECISIONS)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Raises BrokerUnavailable when Kafka does not answer."""
        self._loop = loop
        decisions, heard = [], {}
        for number, (first, last) in self._ends(self._consumer, self._decisions):
            heard[number] = max(first, last - BEFORE)
            decisions.append(TopicPartition(self._decisions, number, heard[number]))
        self._hub.start(heard)
        self._consumer.assign(decisions)
        self._thread.start()

    def stop(self) -> None:
        """Blocks."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._consumer.close()

    def between(self, since: Positions, until: Positions) -> Iterator[Told]:
        """What lies in the topic from `since` up to `until`, partition by partition; what retention has removed is passed over. Blocks.
        Raises BrokerUnavailable."""
        consumer = self._made()
        try:
            ends = dict(self._ends(consumer, self._decisions))
            for number, end in until.items():
                first, last = ends.get(number, (0, 0))
                at, stop = max(first, since.get(number, end)), min(end, last)
                if at >= stop:
                    continue
                consumer.assign([TopicPartition(self._decisions, number, at)])
                while at < stop:
                    messages = consumer.consume(AT_ONCE, KAFKA_S)
                    if not messages:
                        raise BrokerUnavailable(operation="for decisions of before", error=f"nothing in {KAFKA_S:g} s")
                    for message in messages:
                        if message.error() is None:
                            at = (message.offset() or 0) + 1
                            if at <= stop and (value := message.value()):
                                yield Told(number, at - 1, value)
        finally:
            consumer.close()

    def _made(self) -> Consumer:
        own: Mapping[str, Any] = {
            "group.id": f"{self._settings.kafka.group_id}-web",
            "enable.partition.eof": False,
            # The embedded broker answers one request at a time; a real one answers a waiting fetch at once when something comes.
            "fetch.wait.max.ms": 20,
            "error_cb": Complaints(),
        }
        return Consumer({**CONSUMER, **self._settings.kafka_options("consumer"), **own})

    def _ends(self, consumer: Consumer, topic: str) -> Iterator[tuple[int, tuple[int, int]]]:
        found = insist(lambda: consumer.list_topics(topic, timeout=KAFKA_S).topics[topic], f"for topic {topic}")
        if found.error is not None:
            raise BrokerUnavailable(operation=f"for topic {topic}", error=found.error.str())
        for number in sorted(found.partitions):
            where = TopicPartition(topic, number)
            yield number, insist(partial(consumer.get_watermark_offsets, where, timeout=KAFKA_S), f"for topic {topic}")

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                messages = [message for message in self._consumer.consume(AT_ONCE, 0.1) if message.error() is None]
            except Exception:
                log.exception("following what is published failed, going on")
                self._stopping.wait(1)
                continue
            if messages:
                news = [Told(one.partition() or 0, one.offset() or 0, value) for one in messages if (value := one.value())]
                self._loop.call_soon_threadsafe(partial(self._hub.tell, news))
