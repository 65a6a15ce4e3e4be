"""Committing delivered offsets to the consumer group, and pausing partitions: what the feed tells its Kafka client."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from confluent_kafka import KafkaException, TopicPartition

from streams.crash_points import reached
from streams.feed.intake import Intake
from streams.feed.positions import Flight, Partition

log = logging.getLogger(__name__)

COMMIT_EVERY_S = 0.2  # a fifth of a second's records are read again after a crash, at most, and are known then


def named(prefix: str, where: Partition, offset: int = -1001) -> Any:
    """A partition in the client's words; -1001 is its "no offset" (RD_KAFKA_OFFSET_INVALID)."""
    return TopicPartition(prefix + where[0], where[1], offset)


class Commits:
    """One commit under way at a time. What failed is logged and goes with the next."""

    def __init__(self, flight: Flight, prefix: str) -> None:
        self._flight, self._prefix = flight, prefix
        self._under_way = False
        self._again_at = 0.0

    def begin(self) -> None:
        """A new assignment: a report on the former one is no longer waited for."""
        self._under_way = False

    def tick(self, consumer: Any, offsets: Mapping[Partition, int]) -> None:
        """Commit in the background when it is time."""
        if offsets and not self._under_way and time.monotonic() >= self._again_at:
            self._again_at = time.monotonic() + COMMIT_EVERY_S
            self._under_way = self._commit(consumer, offsets, True)

    def now(self, consumer: Any, offsets: Mapping[Partition, int]) -> None:
        """Commit and wait for it."""
        if offsets:
            self._commit(consumer, offsets, False)

    def reported(self, error: Any, partitions: Sequence[Any]) -> None:
        """The client's report on a commit in the background (its option `on_commit`)."""
        self._under_way = False
        for each in partitions:
            if (fault := error or each.error) is not None:
                log.warning("%s:%d: %d was not committed, it will be with the next: %s", each.topic, each.partition, each.offset, fault)
            else:
                self._flight.committed[each.topic[len(self._prefix) :], each.partition] = each.offset
                reached("offsets_committed")

    def _commit(self, consumer: Any, offsets: Mapping[Partition, int], background: bool) -> bool:
        try:
            consumer.commit(offsets=[named(self._prefix, where, offset) for where, offset in offsets.items()], asynchronous=background)
        except KafkaException as error:
            log.warning("offsets were not committed, they will be with the next: %s", error)
            return False
        return True


class Pauses:
    """Which partitions are paused: those that run ahead of the others by more than `limit` records, or all of them."""

    def __init__(self, prefix: str, limit: int) -> None:
        self._prefix, self._limit = prefix, limit
        self._all = False

    def begin(self, consumer: Any, assigned: Iterable[Partition]) -> None:
        """A new assignment, with nothing paused: the client keeps what was paused in a former one."""
        self._all = False
        consumer.resume([named(self._prefix, where) for where in assigned])

    def bound(self, consumer: Any, intake: Intake) -> None:
        """Pause what runs ahead, resume what no longer does."""
        for seat in intake.seats.values():
            held = len(seat.lane.records)
            if not seat.paused and held > self._limit:
                seat.paused = True
                consumer.pause([named(self._prefix, seat.partition)])
            elif seat.paused and held * 2 < self._limit and not self._all:
                seat.paused = False
                consumer.resume([named(self._prefix, seat.partition)])

    def all(self, consumer: Any, intake: Intake) -> None:
        """Pause everything."""
        if not self._all:
            self._all = True
            consumer.pause([named(self._prefix, seat.partition) for seat in intake.seats.values()])

    def none(self, consumer: Any, intake: Intake) -> None:
        """End `all`."""
        if self._all:
            self._all = False
            consumer.resume([named(self._prefix, seat.partition) for seat in intake.seats.values() if not seat.paused])
