"""What a fetch brought: Kafka messages become records in their partitions' lanes, ends and errors are noted."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, KafkaError

from streams.feed.alignment import Alignment, Lane
from streams.feed.complaints import Complaints
from streams.feed.positions import BEGINNING, Partition
from streams.path import Batch, Record, place
from streams.tables.contract import Moved

log = logging.getLogger(__name__)


class Seat:
    """One assigned partition as it is being read. `start`: the offset asked for. `next`: the one expected next, None before the first
    record of an unknown beginning. `stored`: what the tables hold for it once everything handed on is committed. `end`: the newest
    known end of the partition, -1 while unknown."""

    __slots__ = ("end", "fresh", "lane", "next", "paused", "start", "stored")

    def __init__(self, lane: Lane, start: int, stored: int | None) -> None:
        self.lane = lane
        self.start = start
        self.next = None if start == BEGINNING else start
        self.stored = stored
        self.end = -1
        self.fresh = True
        self.paused = False

    @property
    def partition(self) -> Partition:
        return (self.lane.topic, self.lane.partition)

    def ends_at(self, end: int) -> None:
        """The broker's newest word on where the partition ends; negative: it has not said."""
        self.end = end
        if end == self.next:
            self.lane.at_end = True


class Intake:
    """The seats of all assigned partitions. `prefix` is what the installation's topic names begin with; records do without it."""

    def __init__(self, alignment: Alignment, starts: dict[Partition, tuple[int, int | None]], prefix: str, complain: Complaints) -> None:
        self.alignment = alignment
        self._complain = complain
        self.seats = {
            (prefix + topic, partition): Seat(lane, *starts[topic, partition]) for (topic, partition), lane in alignment.lanes.items()
        }

    def add(self, messages: Iterable[Any], now: int, ceiling: int | None) -> list[Seat]:
        """Put messages into their lanes; the seats that got some. Raises KafkaException for an error that no retry cures.
        `now`: steady microseconds; `ceiling`: the newest time to be believed, microseconds since the epoch."""
        runs: dict[tuple[str, int], list[Record]] = {}
        ended: dict[tuple[str, int], int] = {}
        for message in messages:
            where = (message.topic(), message.partition())
            if (error := message.error()) is not None:
                if error.code() == KafkaError._PARTITION_EOF:
                    ended[where] = message.offset()
                else:
                    self._complain(error)
                continue
            run = runs.get(where)
            if run is None:
                if where not in self.seats:
                    continue  # fetched for an assignment that is gone
                run = runs[where] = []
            if ended:
                ended.pop(where, None)
            kind, milliseconds = message.timestamp()
            lane = self.seats[where].lane
            headers = message.headers()
            run.append(
                Record(
                    lane.topic,
                    lane.partition,
                    message.offset(),
                    0 if kind == TIMESTAMP_NOT_AVAILABLE else milliseconds * 1000,
                    message.key(),
                    message.value(),
                    tuple((name, value or b"") for name, value in headers) if headers else (),
                )
            )
        touched = [self._take_in(self.seats[where], run, now, ceiling) for where, run in runs.items()]
        for where in ended.keys() & self.seats.keys():
            self.seats[where].lane.at_end = True
            self.seats[where].end = ended[where]
        return touched

    def batch(self, most: int, epoch: int) -> Batch:
        """Up to `most` of the records that may be handed on, of which there must be some. Partitions that it has no record of are
        checked, not moved: tables that came back older may have lost records of those alone."""
        entries = self.alignment.take(most)
        seats = list(self.seats.values())  # in the order of the lanes' numbers
        positions: dict[str, Moved] = {}
        for number, following in {number: record.offset + 1 for _, number, _, record in entries}.items():
            seat = seats[number]
            positions[place(*seat.partition)] = Moved(seat.stored, following)
            seat.stored = following
        checked = {
            where: Moved(seat.stored, seat.stored)
            for seat in seats
            if seat.stored is not None and (where := place(*seat.partition)) not in positions
        }
        return Batch([entry[3] for entry in entries], positions | checked, epoch, entries[0][0], checked.keys())

    def lags(self, acked: Mapping[Partition, int]) -> dict[str, int]:
        """`topic:partition` -> records not yet delivered, for every partition whose end is known."""
        known = [seat for seat in self.seats.values() if seat.end >= 0]
        return {place(*seat.partition): max(0, seat.end - acked.get(seat.partition, max(seat.start, 0))) for seat in known}

    def _take_in(self, seat: Seat, run: Sequence[Record], now: int, ceiling: int | None) -> Seat:
        first = run[0].offset
        if seat.next is not None and (first < seat.next or (seat.fresh and first > seat.next)):
            # The broker reset an offset that it does not have: deleted by retention, or the topic was made anew. Behind a start, compaction
            # also leaves such gaps.
            log.warning("%s:%d: offset %d is not there, reading goes on at %d", *seat.partition, seat.next, first)
        seat.fresh = False
        seat.next = run[-1].offset + 1
        seat.lane.add(run, now, ceiling)
        return seat
