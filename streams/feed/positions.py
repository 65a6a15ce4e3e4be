"""Where a partition is read from, and what may be committed: the bookkeeping of offsets, pure.

Offsets live in two places. The lock tables store them with every batch, so they say what the tables know; the consumer group's say up to
where every decision has also been delivered. The smaller one is right: a store that came back older has lost what lies between.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from streams.path import Batch

BEGINNING: Final = -2  # Kafka's own number for "the earliest there is" (OFFSET_BEGINNING in librdkafka's rdkafka.h)

Partition = tuple[str, int]


def start_at(stored: int | None, committed: int | None) -> int:
    """The offset to start a partition from: the tables' or the group's, whichever is smaller. Tables without an offset that the group
    has are tables that were lost: everything is read again."""
    if stored is None:
        return BEGINNING
    return stored if committed is None else min(stored, committed)


class Flight:
    """Batches handed on and not yet delivered, in order, and how far each partition is delivered without a gap. Not thread-safe."""

    def __init__(self) -> None:
        self.batches: deque[Batch] = deque()
        self.acked: dict[Partition, int] = {}
        self.committed: dict[Partition, int] = {}

    def __len__(self) -> int:
        return len(self.batches)

    def collect(self) -> int:
        """Pass over the leading batches that are delivered; how many."""
        count = 0
        while self.batches and self.batches[0].delivered:
            batch = self.batches.popleft()
            for where, moved in batch.positions.items():
                if where not in batch.checked:
                    topic, _, number = where.rpartition(":")
                    self.acked[topic, int(number)] = moved.next
            count += 1
        return count

    def unprocessed(self) -> list[Batch]:
        return [batch for batch in self.batches if not batch.processed]

    def drop_unprocessed(self) -> None:
        """Forget what the tables do not hold yet; it will be read again. What they do hold is still being delivered."""
        self.batches = deque(batch for batch in self.batches if batch.processed)

    def clear(self) -> None:
        """Forget everything: the partitions are another worker's now."""
        self.batches.clear()
        self.acked.clear()
        self.committed.clear()

    def to_commit(self) -> dict[Partition, int]:
        """What is delivered and not yet committed to the group."""
        return {where: offset for where, offset in self.acked.items() if self.committed.get(where) != offset}
