"""Follows `routing-decisions` in a consumer group of its own and sends what they are worth, in a thread: several processes share it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Final

import orjson
from confluent_kafka import Consumer, KafkaException, TopicPartition

from schemas.policy import Policy
from streams.directory.directory import Directory
from streams.errors import StoreUnavailable
from streams.feed.complaints import Complaints
from streams.feed.tuning import CONSUMER
from streams.notify.channels import Channels, NotSent
from streams.notify.messages import Message, messages
from streams.notify.messages import due as due_at
from streams.notify.queue import Queue
from streams.settings.settings import Settings
from streams.topics import DECISIONS, full_name

log = logging.getLogger(__name__)

AT_ONCE: Final = 200
FIRST_US: Final = 1_000_000
LONGEST_US: Final = 600_000_000
"""The pause after a failure: a second, twice as long each time, ten minutes at most."""


class Notifier:
    """Accepts first, commits offsets then, sends after that: a message of a decision that was published is sent once at least, until it is
    given up. `clock`: microseconds."""

    def __init__(
        self, settings: Settings, policy: Policy, queue: Queue, channels: Channels, directory: Directory, clock: Callable[[], int]
    ) -> None:
        self._settings, self._policy, self._clock = settings, policy, clock
        self._queue, self._channels, self._directory = queue, channels, directory
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)

    def start(self) -> None:
        own = {
            "group.id": f"{self._settings.kafka.group_id}-notify",
            # Who starts to be told is told from now on, not of everything there ever was.
            "auto.offset.reset": "latest",
            "enable.partition.eof": False,
            "error_cb": Complaints(),
        }
        self._consumer = Consumer({**CONSUMER, **self._settings.kafka_options("consumer"), **own})
        self._consumer.subscribe([full_name(self._settings, DECISIONS)])
        self._thread.start()

    def stop(self) -> None:
        """Blocks until what is being sent is sent."""
        self._stopping.set()
        self._thread.join()
        self._consumer.close()
        self._channels.close()

    def accept(self, value: bytes) -> None:
        """Keep the messages of one published decision. Raises StoreUnavailable."""
        decision = orjson.loads(value)
        wanted = self._settings.notify.kinds
        if not decision["notify"] or (wanted and decision["kind"] not in wanted):
            return
        now = self._clock()
        for message in messages(decision, self._directory):
            message.first = due_at(message, self._directory, self._policy, self._settings.notify.quiet, now)
            self._queue.accept(message, message.first)

    def send(self) -> None:
        """Send what is due. Raises StoreUnavailable."""
        now = self._clock()
        for message in self._queue.due(now, AT_ONCE):
            if self._stopping.is_set():
                return
            try:
                self._channels.send(message)
            except NotSent as error:
                self._failed(message, error, now)
            else:
                self._queue.sent(message)

    def _failed(self, message: Message, error: NotSent, now: int) -> None:
        message.tries += 1
        if now - message.first > self._settings.notify.give_up:
            log.error("a message about a %s is given up after %d tries: %s did not take it", message.kind, message.tries, error)
            self._queue.sent(message)
            return
        pause = min(FIRST_US << min(message.tries - 1, 20), LONGEST_US)
        log.warning("a message about a %s was not taken by %s, trying again in %d s", message.kind, error, pause // 1_000_000)
        self._queue.again(message, now + pause)

    def _run(self) -> None:
        waiting: list[Any] = []
        while not self._stopping.is_set():
            try:
                if not waiting:
                    waiting = [one for one in self._consumer.consume(AT_ONCE, 0.2) if one.error() is None]
                for one in waiting:
                    self._take(one.value())
                if waiting:
                    ends = {(one.topic(), one.partition()): one.offset() + 1 for one in waiting}
                    waiting = []  # all are in Redis; should the offsets not be taken, they are known there when they come again
                    self._consumer.commit(offsets=[TopicPartition(*where, end) for where, end in ends.items()], asynchronous=False)
                self.send()
            except StoreUnavailable:
                self._stopping.wait(1.0)
            except KafkaException as error:
                log.warning("the group of notifications did not take its offsets: %s", error)
            except Exception:
                log.exception("telling people failed, going on")
                self._stopping.wait(1.0)

    def _take(self, value: bytes | None) -> None:
        try:
            if value:
                self.accept(value)
        except (KeyError, TypeError, ValueError):
            log.exception("a decision could not be read, nobody is told of it")
