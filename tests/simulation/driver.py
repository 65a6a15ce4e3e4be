"""A worker without servers: reads, hands to the engine, publishes and starts again, as feed and turn do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import TypeVar
from zlib import crc32

from schemas.policy import Policy
from schemas.reading import read
from streams.day.planned import Planned
from streams.decisions import DECISIONS
from streams.engine import Engine
from streams.errors import StoreUnavailable
from streams.outbox import Outgoing
from streams.path import Arrived, Processed, Record, place
from streams.tables.contract import Moved
from tests.simulation.faulty import FaultyTables

T = TypeVar("T")
PARTITIONS = 2
MOST_TRIES = 500


def records(events: Sequence[Planned]) -> list[Arrived]:
    """The events as they lie in their topics, in the order of arrival."""
    ends: dict[str, int] = {}
    found = []
    for one in events:
        partition = crc32(one.key) % PARTITIONS
        where = place(one.topic, partition)
        offset = ends.get(where, 0)
        ends[where] = offset + 1
        record = Record(one.topic, partition, offset, one.at, one.key, one.body)
        found.append(Arrived(record, read(one.topic, one.body), None))
    return found


class Driver:
    """One run over `stream` from a seed. `published`: everything that reached a topic, in its order."""

    def __init__(self, stream: Sequence[Arrived], seed: int, rate: float, clock: str, policy: Policy) -> None:
        self.rng = Random(seed)
        self.tables = FaultyTables(self.rng, rate)
        self.published: list[Outgoing] = []
        self.rewinds = self.crashes = self.turned_back = 0
        self._stream, self._clock, self._policy = stream, clock, policy
        self.start()

    def start(self) -> None:
        """A new process: nothing known but what the tables hold; what its predecessor left in the outbox is published first."""
        self.engine = Engine(self.tables, self._policy, self._clock)
        self.read_again()

    def read_again(self) -> None:
        """From the offsets that are stored with the state."""
        self._stored: dict[str, int] = self._insist(self.engine.stored_offsets)
        self._waiting = [one for one in self._stream if one.record.offset >= self._stored.get(_place(one), 0)]

    def run(self, crash: float = 0.0, back: float = 0.0) -> None:
        """Until the stream is done; `crash`: the share of steps at which the process dies, `back`: at which the tables become what
        they were at some earlier step, or empty."""
        self._copies = [self.tables.snapshot()]
        while self._waiting or self._notices():
            if self._dies(crash):
                continue
            self._turn_back(back)
            batch = self._waiting[: self.rng.choice([1, 3, 20])]
            others = [None, partial(self._zombie, batch), partial(self._ahead, batch)]
            self.tables.meanwhile = self.rng.choice(others[:2] if back else others)  # who reads no stream cannot know what was lost
            done = self._insist(partial(self.engine.process, batch, self._positions(batch)))
            if done.rewound:
                self.rewinds += 1
                self.read_again()
                continue
            self._stored |= {where: moved.next for where, moved in self._positions(batch).items()}
            del self._waiting[: len(batch)]
            if not self._dies(crash):
                self._publish(done)
        self.tables.meanwhile = None
        self._sweep()

    def decisions(self) -> dict[str, bytes]:
        """By id; one that was published twice must be the same to the byte."""
        found: dict[str, bytes] = {}
        for one in self.published:
            if one.topic == DECISIONS and one.value is not None:
                name = one.value[: one.value.index(b",")].decode()
                assert found.setdefault(name, one.value) == one.value, f"one id, two decisions: {found[name]!r} {one.value!r}"
        return found

    def _positions(self, batch: Sequence[Arrived]) -> dict[str, Moved]:
        positions: dict[str, Moved] = {}
        for one in batch:
            positions[_place(one)] = Moved(self._stored.get(_place(one)), one.record.offset + 1)
        return {where: Moved(offset, offset) for where, offset in self._stored.items()} | positions

    def _notices(self) -> bool:
        """With nothing left to read the engine is still asked for what is due, and then finds out."""
        if not self._insist(lambda: self.engine.fire(0)).rewound:
            return False
        self.rewinds += 1
        self.read_again()
        return True

    def _turn_back(self, share: float) -> None:
        if self.rng.random() < 0.2 and share:
            self._copies.append(self.tables.snapshot())
        if self.rng.random() < share:
            self.turned_back += 1
            self.tables.turn_back(self.rng.choice(self._copies))

    def _zombie(self, batch: Sequence[Arrived]) -> None:
        """A worker that was given up on and does not know it: the same batch, committed first; its decisions stay in the outbox."""
        Engine(self.tables.model, self._policy, self._clock).process(batch, self._positions(batch))

    def _ahead(self, batch: Sequence[Arrived]) -> None:
        """Whoever asks for an answer at once: an event is decided before the worker reads it."""
        Engine(self.tables.model, self._policy, self._clock).process(batch[:1])

    def _dies(self, share: float) -> bool:
        if self.rng.random() >= share:
            return False
        self.crashes += 1
        self.start()
        return True

    def _publish(self, done: Processed) -> None:
        self.published += done.outgoing
        if self.rng.random() < 0.9:  # else the process would die here, and the entry is swept
            self._insist(lambda: self.engine.published(done.outbox_ids))

    def _sweep(self) -> None:
        while left := self._insist(lambda: self.engine.sweep(0)):
            for entry, outgoing in left:
                self.published += outgoing
                self._insist(partial(self.engine.published, [entry]))

    def _insist(self, work: Callable[[], T]) -> T:
        for _ in range(MOST_TRIES):
            try:
                return work()
            except StoreUnavailable:
                continue
        raise AssertionError(f"the store failed {MOST_TRIES} times in a row")


def _place(one: Arrived) -> str:
    return place(one.record.topic, one.record.partition)
