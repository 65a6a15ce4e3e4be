"""Lists on their way to Kafka: each good line is published, each bad one reported, and what was delivered is counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaException, Producer

from streams.errors import BrokerUnavailable
from streams.feed.tuning import PRODUCER
from streams.settings.settings import Settings

TIMEOUT_S = 30.0
"""So long the broker may take for what is still under way at the end, or while the queue is full."""


class Publishing:
    """Publishes records of one topic, keyed, in order. Use as a context manager: leaving it waits for the last delivery. `delivered`: how
    many are in the topic. Raises BrokerUnavailable when some cannot be delivered."""

    def __init__(self, settings: Settings, topic: str, step: Callable[[int], None]) -> None:
        """`step` hears of records delivered."""
        self._topic = settings.kafka.topic_prefix + topic
        self._step = step
        self._producer = Producer({**PRODUCER, **settings.kafka_options("producer"), "message.timeout.ms": int(TIMEOUT_S * 1000)})
        self.delivered = 0
        self._fault = ""

    def send(self, key: str, value: bytes) -> None:
        """Hand over one record; waits while the client's queue is full."""
        while True:
            try:
                self._producer.produce(self._topic, value, key.encode(), on_delivery=self._reported)
                break
            except BufferError:
                self._producer.poll(0.5)
        self._producer.poll(0)
        self._raise()

    def __enter__(self) -> Publishing:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        try:
            left = self._producer.flush(TIMEOUT_S)
        except KafkaException as failed:
            raise BrokerUnavailable(operation=f"for the topic {self._topic}", error=failed.args[0].str()) from failed
        if kind is None:
            if left and not self._fault:
                self._fault = f"{left} records were not delivered in {TIMEOUT_S:g} s"
            self._raise()

    def _reported(self, error: Any, message: Any) -> None:
        if error is not None:
            self._fault = error.str()
        else:
            self.delivered += 1
            self._step(1)

    def _raise(self) -> None:
        if self._fault:
            raise BrokerUnavailable(operation=f"for the topic {self._topic}", error=self._fault)
