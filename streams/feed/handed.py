"""What the feed has handed on and is not delivered yet, shared between its thread and the others."""

from __future__ import annotations

import logging
import threading
import time

from streams.feed.alignment import UNKNOWN
from streams.feed.positions import Flight, Partition
from streams.path import Batch

log = logging.getLogger(__name__)


class Handed:
    """Batches in flight, under one lock. `epoch` rises whenever what was handed on and is not processed stops to count; `progress`
    whenever something is delivered."""

    def __init__(self) -> None:
        self.lock = threading.Condition()
        self.flight = Flight()
        self.floor: int | None = UNKNOWN  # the time up to which nothing is left to be handed on; None: all is
        self.epoch = 0
        self.progress = 0
        self.rewound = False

    def current(self, batch: Batch) -> bool:
        """Whether the batch still counts; asked right before it is processed."""
        return batch.epoch == self.epoch

    def processed(self, batch: Batch) -> None:
        """The batch is in the tables."""
        with self.lock:
            batch.processed = True
            self.lock.notify_all()

    def done(self, batch: Batch) -> None:
        """All decisions of a processed batch are delivered."""
        with self.lock:
            batch.delivered = True
            self.lock.notify_all()

    def rewind(self, batch: Batch) -> None:
        """The tables hold other offsets than those that `batch` was read from: nothing that is not in them counts."""
        with self.lock:
            if batch.epoch != self.epoch:
                return
            log.warning("the tables hold other offsets than expected, reading again from theirs: %s", batch)
            self.void()
            self.flight.drop_unprocessed()
            self.rewound = True

    def watermark(self, now: int) -> int:
        """Up to which time (microseconds) every assigned record has been processed: `now` when all partitions are at their ends and
        nothing is in flight, less than any record's time while that cannot be said."""
        with self.lock:
            floor = [] if self.floor is None else [self.floor]
            return min([now, *floor, *(batch.first for batch in self.flight.unprocessed())])

    def collect(self) -> dict[Partition, int]:
        """Pass over what is delivered; the offsets that may now be committed."""
        with self.lock:
            self.progress += self.flight.collect()
            return self.flight.to_commit()

    def wait_for_room(self, most: int, seconds: float) -> None:
        """Wait until fewer than `most` batches are in flight, or one of them is delivered, but no longer than `seconds`."""
        with self.lock:
            if len(self.flight) >= most and not any(batch.delivered for batch in self.flight.batches):
                self.lock.wait(seconds)

    def drain(self, until: float) -> dict[Partition, int]:
        """Wait until nothing is in flight, or the monotonic clock shows `until`; the offsets that may now be committed."""
        with self.lock:
            self.lock.wait_for(self._collect_all, max(0.0, until - time.monotonic()))
            if self.flight:
                log.warning("%d batches were not delivered in time; whoever has their partitions next reads them again", len(self.flight))
            return self.flight.to_commit()

    def forget(self) -> None:
        """Everything in flight is another worker's now."""
        with self.lock:
            self.void()
            self.rewound = False
            self.flight.clear()

    def void(self) -> None:
        """What is not processed stops to count. The lock is held."""
        self.epoch += 1
        self.floor = UNKNOWN

    def _collect_all(self) -> bool:
        self.progress += self.flight.collect()
        return not self.flight
