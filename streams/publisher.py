"""The publisher: an idempotent Kafka producer that says when everything of a batch has reached its topics.

librdkafka retries for ever (`message.timeout.ms` 0), so Kafka being away costs time and nothing else. What it reports as failed is
refused for good (a record too large, a topic that may not be written, a broken producer): the worker must end and be looked at, and
the outbox still holds the records.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from streams.crash_points import reached
from streams.dead_letters import TOPIC as DEAD_LETTERS
from streams.dead_letters import without_value
from streams.feed.complaints import Complaints
from streams.feed.tuning import PRODUCER, STATISTICS
from streams.outbox import Outgoing
from streams.watching.watch import Watch

log = logging.getLogger(__name__)

Done = Callable[[BaseException | None], None]
Report = Callable[[Any, Any], None]

POLL_S = 0.1
FULL_WAIT_S = 0.01  # a full queue at 100,000 records/s has room for a thousand more after this


class Publisher:
    """`prefix` is put before the topics' names. `failed` is told of a fatal error of the producer. `options` are librdkafka's. `largest`:
    bytes of a value that `dead-letters` takes at least, alone."""

    def __init__(
        self,
        options: Mapping[str, object],
        failed: Callable[[BaseException], None],
        prefix: str = "",
        largest: int = 1_000_000,
        watch: Watch | None = None,
    ) -> None:
        watch = watch or Watch()
        self._largest = largest
        self._failed = failed
        self._prefix = prefix
        listening = {"error_cb": Complaints(told=partial(watch.complained, "producer")), "stats_cb": partial(watch.reported, "producer")}
        self._producer = Producer({**PRODUCER, **STATISTICS, **options, **listening})
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._poll, name="publisher", daemon=True)
        self._thread.start()

    def send(self, outgoing: Sequence[Outgoing], done: Done) -> None:
        """Hand the records to the producer in order; waits while its queue is full. `done` is called once, when all of them are
        delivered (None) or the last report of a failed one is in (its error), in the publisher's thread, or here if there are none."""
        if not outgoing:
            done(None)
            return
        left = len(outgoing)
        fault: BaseException | None = None

        def report(error: Any, _: Any) -> None:
            nonlocal left, fault
            if error is not None:
                fault = KafkaException(error)
            left -= 1
            if not left:
                done(fault)

        produce, prefix = self._producer.produce, self._prefix
        for one in outgoing:
            topic, key, value, headers = one
            delivered = partial(self._letter, one, report) if topic == DEAD_LETTERS else report
            while True:
                try:
                    produce(prefix + topic, value, key, on_delivery=delivered, headers=list(headers))
                    break
                except BufferError:
                    self._producer.poll(FULL_WAIT_S)
                except KafkaException as error:  # refused before it was queued, e.g. larger than message.max.bytes
                    delivered(error.args[0], None)
                    break
        reached("published")

    def _letter(self, letter: Outgoing, report: Report, error: Any, message: Any) -> None:
        """A dead letter that no topic takes goes without its value: one record must not end the worker again and again."""
        if error is None or error.code() != KafkaError.MSG_SIZE_TOO_LARGE:
            report(error, message)
            return
        # Kafka refuses whole batches: a small letter may only have stood beside a large one, and alone it is taken.
        again = letter if len(letter.value or b"") <= self._largest else without_value(letter)
        kept = "with" if again is letter else "without"
        log.warning("a dead letter with a value of %d bytes was refused as too large, sent again %s it", len(letter.value or b""), kept)
        try:
            self._producer.produce(self._prefix + again.topic, again.value, again.key, on_delivery=report, headers=list(again.headers))
        except (BufferError, KafkaException) as fault:  # it waits in the outbox for the next worker
            report(fault.args[0] if isinstance(fault, KafkaException) else KafkaError(KafkaError._QUEUE_FULL), message)

    def waiting(self) -> int:
        """Records handed over and not yet delivered."""
        return len(self._producer)

    def stop(self, within_s: float) -> None:
        """Wait up to `within_s` seconds for what is under way, then end. Blocks."""
        left = self._producer.flush(within_s)
        if left:
            log.warning("%d records were not delivered in time; they wait in the outbox", left)
        self._stopping.set()
        self._thread.join()
        del self._producer  # ends its threads and connections, which would go on for what could not be delivered

    def _poll(self) -> None:
        try:
            while not self._stopping.is_set():
                self._producer.poll(POLL_S)
        except BaseException as error:
            self._failed(error)
