"""What Kafka's clients complain of, in the log: each kind of error once in a while, however often it is reported."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaException

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 30.0  # librdkafka reports a broker that is away about once a second


class Complaints:
    """The client's `error_cb`. Raises KafkaException for a fatal error, out of the client's poll. `told` hears of each
    error by its name."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, told: Callable[[str], None] | None = None) -> None:
        self._clock, self._told = clock, told
        self._said: dict[int, float] = {}

    def __call__(self, error: Any) -> None:
        if self._told is not None:
            self._told(error.name())
        if error.fatal():
            raise KafkaException(error)
        now = self._clock()
        if now - self._said.get(error.code(), -AGAIN_AFTER_S) >= AGAIN_AFTER_S:
            self._said[error.code()] = now
            log.warning("Kafka: %s", error.str())
