"""The feed: a Kafka consumer in a thread of its own that hands on whole batches in arrival order, and owns their offsets.

Offsets are committed to the group only after a batch is in the tables and its decisions are delivered, in order, without gaps. Before
partitions are let go, what is in flight is waited for; once they are lost, nothing is committed. When the tables turn out to hold
other offsets than a batch was read from, everything not yet in the tables is dropped and read again from where they are.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from confluent_kafka import Consumer

from streams.crash_points import reached
from streams.feed.alignment import UNKNOWN, Alignment
from streams.feed.commits import Commits, Pauses, named
from streams.feed.complaints import Complaints
from streams.feed.handed import Handed
from streams.feed.intake import Intake
from streams.feed.positions import Partition
from streams.feed.settling import Settling, StoredOffsets
from streams.feed.tuning import CONSUMER, STATISTICS
from streams.path import Batch
from streams.watching.watch import Watch

log = logging.getLogger(__name__)

POLL_S = 0.02  # how long an idle fetch waits: the latency that an idle worker adds
KEEP_POLLING_S = 1.0  # without room for so long, partitions are paused and polled: far below any max.poll.interval
LAG_EVERY_S = 1.0
AHEAD = 4  # batches held of one partition: it runs ahead of the others and is paused


class Feed(Handed):
    """`topics`: names without `prefix`. `stored_offsets` starts asking the tables for their offsets, off this thread. `failed` is told what
    ended the feed, if not `stop`. `max_wait` (microseconds): how long a silent partition is waited for. `ceiling` gives the newest
    record time to be believed, microseconds since the epoch (None: any). `options` are librdkafka's consumer options."""

    def __init__(
        self,
        options: Mapping[str, object],
        topics: Sequence[str],
        stored_offsets: StoredOffsets,
        failed: Callable[[BaseException], None],
        *,
        prefix: str = "",
        batch_size: int = 2000,
        max_in_flight: int = 4,
        max_wait: int = 200_000,
        ceiling: Callable[[], int] | None = None,
        watch: Watch | None = None,
    ) -> None:
        super().__init__()
        watch = watch or Watch()
        self._complain = Complaints(told=partial(watch.complained, "consumer"))
        self._commits = Commits(self.flight, prefix)
        self._pauses = Pauses(prefix, AHEAD * batch_size)
        self._settling = Settling(stored_offsets)
        heard = {"error_cb": self._complain, "on_commit": self._commits.reported, "stats_cb": partial(watch.reported, "consumer")}
        self._options = {**CONSUMER, **STATISTICS, **options, **heard}
        self._drain_s = int(str(options.get("max.poll.interval.ms", 300_000))) / 5000
        self._topics, self._prefix, self._failed, self._ceiling = topics, prefix, failed, ceiling
        self._batch_size, self._max_in_flight, self._max_wait = batch_size, max_in_flight, max_wait
        self._assigned: list[Partition] = []
        self._intake: Intake | None = None
        self._lag_due = self._blocked_since = 0.0
        self._lags: dict[str, int] = {}
        self._stop_by: float | None = None
        self.beat = time.monotonic()  # when the thread last began a step
        self._member = False
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)

    def start(self, emit: Callable[[Batch], None]) -> None:
        """Begin to consume; `emit` is called with each batch, in the feed's thread."""
        self._emit = emit
        self._thread.start()

    def stop(self, within_s: float) -> None:
        """Hand on nothing more, wait up to `within_s` seconds for what is in flight, commit, leave the group. Blocks until done."""
        self._stop_by = time.monotonic() + within_s
        if self._thread.ident is not None:
            self._thread.join()

    def lag(self) -> dict[str, int]:
        """`topic:partition` -> records not yet delivered, about a second old."""
        return self._lags

    def settled(self) -> bool:
        """Whether this member of the group has partitions and reads them, or knows that there are none for it."""
        return self._member and (self._intake is not None or not self._assigned)

    # From here on: the feed's own thread.

    def void(self) -> None:
        super().void()
        self._intake = None

    def _run(self) -> None:
        try:
            self._consumer = Consumer(self._options)
            try:
                topics = [self._prefix + topic for topic in self._topics]
                self._consumer.subscribe(topics, on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost)
                while self._stop_by is None:
                    self._step()
                self._let_go(self._stop_by)
            finally:
                self._consumer.close()
        except BaseException as error:
            self._failed(error)

    def _step(self) -> None:
        self.beat = time.monotonic()
        self._commits.tick(self._consumer, self.collect())
        self._measure()
        with self.lock:
            rewound, self.rewound = self.rewound, False
            if rewound:
                self._intake, self.floor = None, UNKNOWN
            intake = self._intake
        if rewound:
            self._settling.begin(rewound=True)
            self._consumer.assign([])
        if intake is None:
            self._settle()
            return
        ready = intake.alignment.release(time.monotonic_ns() // 1000)
        self._pauses.bound(self._consumer, intake)
        if ready and len(self.flight) >= self._max_in_flight:
            self._hold(intake)
            return
        self._blocked_since = 0.0
        self._pauses.none(self._consumer, intake)
        # A batch that is not full waits while the engine is busy: fewer, larger batches are cheaper and no later.
        if ready >= self._batch_size or (ready and not self.flight.unprocessed()):
            self._hand_on(intake)
        if intake.alignment.ready < self._batch_size:
            self._fetch(intake, self._batch_size, 0.005 if ready else POLL_S)

    def _fetch(self, intake: Intake, count: int, timeout: float) -> None:
        messages = self._consumer.consume(count, timeout)
        if self._intake is not intake:
            return  # a rebalance or a rewind came first: this is fetched again
        now = time.monotonic_ns() // 1000
        if messages:
            reached("consumed")
            for seat in intake.add(messages, now, None if self._ceiling is None else self._ceiling()):
                seat.ends_at(self._consumer.get_watermark_offsets(named(self._prefix, seat.partition), cached=True)[1])
            if len(messages) == count:
                intake.alignment.hear(now)  # silence is known only once all answers are read
        with self.lock:
            if self._intake is intake:
                self.floor = intake.alignment.oldest()

    def _hand_on(self, intake: Intake) -> None:
        with self.lock:
            if self._intake is not intake:
                return
            batch = intake.batch(self._batch_size, self.epoch)
            self.flight.batches.append(batch)
            self.floor = intake.alignment.oldest()
        self._emit(batch)

    def _hold(self, intake: Intake) -> None:
        """No room: wait for some, and keep polling so that the group does not give this member up."""
        self._blocked_since = self._blocked_since or time.monotonic()
        if time.monotonic() - self._blocked_since > KEEP_POLLING_S:
            self._pauses.all(self._consumer, intake)
            self._fetch(intake, 1, 0)
        self.wait_for_room(self._max_in_flight, 0.1)
        intake.alignment.hear(time.monotonic_ns() // 1000)

    def _settle(self) -> None:
        """Find where to start, then start. Polls meanwhile."""
        epoch = self.epoch
        for message in self._consumer.consume(1, POLL_S):
            if message.error() is not None:
                self._complain(message.error())
        if not self._assigned or self.epoch != epoch:
            return
        starts = self._settling.starts(self._consumer, [named(self._prefix, each) for each in self._assigned], len(self._prefix))
        if starts is None:
            return
        with self.lock:
            # A worker that died before it committed leaves a lag that nothing ends where no record comes. Its decisions are in the outbox.
            self.flight.acked.update(self._settling.untold)
        self._intake = Intake(Alignment(self._assigned, self._max_wait, time.monotonic_ns() // 1000), starts, self._prefix, self._complain)
        self._consumer.assign([named(self._prefix, where, start) for where, (start, _) in starts.items()])
        self._pauses.begin(self._consumer, starts)

    def _measure(self) -> None:
        intake = self._intake
        if intake is not None and time.monotonic() >= self._lag_due:
            self._lag_due = time.monotonic() + LAG_EVERY_S
            self._lags = intake.lags(self.flight.acked)

    def _on_assign(self, consumer: Any, partitions: Sequence[Any]) -> None:
        self._member = True
        self._assigned = [(each.topic[len(self._prefix) :], each.partition) for each in partitions]
        self._forget(self._assigned)
        self._commits.begin()
        self._settling.begin(rewound=False)
        log.info("assigned %d partitions", len(self._assigned))
        consumer.assign([])  # nothing is fetched before it is known where to start

    def _on_revoke(self, consumer: Any, partitions: Sequence[Any]) -> None:
        log.info("letting go of %d partitions", len(partitions))
        self._member = False
        self._let_go(time.monotonic() + self._drain_s)

    def _on_lost(self, consumer: Any, partitions: Sequence[Any]) -> None:
        log.warning("lost %d partitions: what is in flight is dropped and not committed", len(partitions))
        self._member = False
        self._forget([])

    def _let_go(self, until: float) -> None:
        self._commits.now(self._consumer, self.drain(until))
        self._forget([])

    def _forget(self, assigned: list[Partition]) -> None:
        self.forget()
        self._assigned = assigned
        self._lags = {}
