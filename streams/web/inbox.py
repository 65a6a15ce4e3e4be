"""Puts events on their topics, before anything is made of them: so whatever commits over HTTP can be replayed (guarantee 8)."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from confluent_kafka import KafkaException, Producer

from streams.errors import BrokerUnavailable
from streams.feed.complaints import Complaints
from streams.feed.tuning import PRODUCER
from streams.path import Record
from streams.settings.settings import Settings
from streams.topics import full_name

log = logging.getLogger(__name__)

WAIT_S: Final = 5.0  # whoever asks over HTTP gives up about then
GIVE_UP_MS: Final = 4_000  # before that, so that what failed for whoever asked is on no topic as far as can be known

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "account-updated": ("account_id",),
    "rep-updated": ("rep",),
    "lead-created": ("email", "lead_id"),
}
ABOUT: Final = ("contact", "account_id", "domain", "lead_id", "by")
"""What an event is about is its record's key, so that one worker has all of it: the first of these fields that it has."""


class Inbox:
    """Used on one event loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        own: Mapping[str, Any] = {"linger.ms": 0, "message.timeout.ms": GIVE_UP_MS, "error_cb": Complaints()}
        self._producer = Producer({**PRODUCER, **settings.kafka_options("producer"), **own})
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._poll, name="inbox", daemon=True)
        self._thread.start()

    async def put(self, topic: str, value: Mapping[str, Any], body: bytes) -> Record:
        """Publish an event; the record as the topic has it. Raises BrokerUnavailable when Kafka does not take it in time: it may be on its
        topic all the same, and the same event id again is the same event."""
        loop = asyncio.get_running_loop()
        delivered: asyncio.Future[Record] = loop.create_future()
        key = key_of(topic, value)

        def report(error: Any, message: Any) -> None:
            loop.call_soon_threadsafe(settle, error, message)

        def settle(error: Any, message: Any) -> None:
            if delivered.done():
                return
            if error is not None:
                delivered.set_exception(BrokerUnavailable(operation="for an event", error=error.str()))
            else:
                # With LogAppendTime the report has the broker's time, which is what the worker reads.
                delivered.set_result(Record(topic, message.partition(), message.offset(), message.timestamp()[1] * 1000, key, body))

        now = time.time_ns() // 1_000_000
        try:
            self._producer.produce(full_name(self._settings, topic), body, key, timestamp=now, on_delivery=report)
            return await asyncio.wait_for(delivered, WAIT_S)
        except TimeoutError as error:
            raise BrokerUnavailable(operation="for an event", error=f"no answer in {WAIT_S:g} s") from error
        except (BufferError, KafkaException) as error:
            raise BrokerUnavailable(operation="for an event", error=str(error)) from error

    def stop(self) -> None:
        """Wait for what is under way, then end. Blocks."""
        self._producer.flush(WAIT_S)
        self._stopping.set()
        self._thread.join()
        del self._producer

    def _poll(self) -> None:
        while not self._stopping.is_set():
            try:
                self._producer.poll(0.1)
            except KafkaException as error:
                log.error("the producer of inbound events failed: %s", error)
                self._stopping.wait(1)


def key_of(topic: str, value: Mapping[str, Any]) -> bytes | None:
    """The record's key: whom the event is about, or None when it names nobody."""
    for name in KEYS.get(topic, ABOUT):
        if value.get(name):
            text = str(value[name])
            return (text.strip().lower() if name in ("contact", "email", "domain") else text).encode()
    return None
