"""Metrics that are read when they are asked for: where the worker, its tables and its brokers stand at that moment.

What is of the whole installation and not of one worker (deadlines, outbox, matters, the store) is told by every worker alike: take the
largest, not the sum.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import orjson
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from schemas.times import micros
from streams.clock import now_us
from streams.directory.directory import Directory
from streams.tables.figures import Figures
from streams.watching.health import Health
from streams.watching.kafka_statistics import Brokers

FRESH_S = 15.0
"""Figures older than this are not told: a store that is away must not look as it last was."""
WHAT = ("review", "duplicate", "match", "sla")
LEVELS = ("1", "2", "3")


class Matter(NamedTuple):
    """`what`: review, duplicate, match or sla; `level`: of a review; `since`: microseconds, when it was last told."""

    body: bytes
    what: str
    level: str
    since: int


class Live(Collector):
    """`figures` are set by whoever reads them, with the wall's second at which that was."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self.brokers: Mapping[str, Brokers] = {}
        self.directory: Directory | None = None
        self.caught_up: float | None = None
        self.figures: Figures | None = None
        self.figures_at = 0.0
        self._matters: dict[str, Matter] = {}

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        yield from self._worker()
        yield from self._kafka()
        if self.directory is not None:
            yield from self._directory(self.directory)
        yield _gauge("store_read_timestamp_seconds", "When figures were last read from Redis, seconds since the epoch.", self.figures_at)
        if self.figures is not None and time.time() - self.figures_at < FRESH_S:
            yield from self._store(self.figures)

    def _worker(self) -> Iterator[Metric]:
        health = self._health
        lag = GaugeMetricFamily("leadlock_lag_records", "Records not yet delivered.", labels=["topic", "partition"])
        for where, records in health.feed.lag().items():
            lag.add_metric(where.rsplit(":", 1), records)
        yield lag
        now = now_us()
        reached = health.feed.watermark(now)
        if reached >= 0:
            yield _gauge("behind_seconds", "Age of the oldest record that is not processed, 0 when there is none.", (now - reached) / 1e6)
        yield _gauge("batches_in_flight", "Batches handed on and not delivered.", len(health.feed.flight))
        yield _gauge("undelivered_records", "Records handed to the producer and not delivered.", health.publisher.waiting())
        yield _gauge("store_away", "1 while Redis does not answer.", health.store_away())
        yield _gauge("ready", "1 when the worker has its partitions and reaches Kafka and Redis.", not health.unready())
        beats = health.beats()
        yield _labelled("heartbeat_timestamp_seconds", "When a part of the worker last turned, seconds since the epoch.", "part", beats)

    def _kafka(self) -> Iterator[Metric]:
        told = dict(self.brokers)
        known = {client: one.known for client, one in told.items()}
        yield _labelled("kafka_brokers", "Brokers that a Kafka client knows of.", "client", known)
        up = {client: one.up for client, one in told.items()}
        yield _labelled("kafka_brokers_up", "Brokers that a Kafka client is connected to.", "client", up)
        rtt = {client: one.rtt for client, one in told.items()}
        yield _labelled("kafka_rtt_seconds", "Mean round trip to the slowest broker, its own waiting included.", "client", rtt)
        made = CounterMetricFamily("leadlock_kafka_connects", "Connections to brokers that were tried.", labels=["client"])
        for client, one in told.items():
            made.add_metric([client], one.tries)
        yield made

    def _directory(self, directory: Directory) -> Iterator[Metric]:
        entries = {"account": len(directory.accounts), "rep": len(directory.reps)}
        yield _labelled("directory_entries", "Accounts and reps that the replica holds.", "kind", entries)
        if self.caught_up is not None:
            staleness = time.monotonic() - self.caught_up
            yield _gauge("directory_staleness_seconds", "Since the replica was last level with the directory in Redis.", staleness)
        matters = self._read(directory.matters)
        now = time.time()

        def oldest(found: list[Matter]) -> float:
            return max((now - one.since / 1e6 for one in found), default=0.0)

        by_what = {what: [one for one in matters if one.what == what] for what in WHAT}
        waiting = {what: len(found) for what, found in by_what.items()}
        yield _labelled("matters_open", "Matters that wait for somebody.", "what", waiting)
        ages = {what: oldest(found) for what, found in by_what.items()}
        yield _labelled("matter_oldest_seconds", "Since the longest waiting matter was told, 0 without one.", "what", ages)
        by_level = {level: [one for one in by_what["review"] if one.level == level] for level in LEVELS}
        reviews = {level: len(found) for level, found in by_level.items()}
        yield _labelled("reviews_open", "Open ownership reviews by level.", "level", reviews)
        ages = {level: oldest(found) for level, found in by_level.items()}
        yield _labelled("review_oldest_seconds", "Since the oldest review reached its level, 0 without one.", "level", ages)

    def _read(self, matters: Mapping[str, bytes]) -> list[Matter]:
        """The open matters; a decision is parsed once, however often it is asked for."""
        # A copy in one step: the engine's thread changes the replica.
        known = {}
        for key, body in list(matters.items()):
            matter = self._matters.get(key)
            if matter is None or matter.body is not body:
                decision = orjson.loads(body)
                since = micros(datetime.fromisoformat(decision["decided_at"]))
                matter = Matter(body, key.partition(":")[0], str(decision.get("level", "")), since)
            known[key] = matter
        self._matters = known
        return list(known.values())

    def _store(self, figures: Figures) -> Iterator[Metric]:
        now = time.time()
        yield _gauge("store_keys", "Keys in Redis: a document for each contact, company and lead, and some histories.", figures.keys)
        yield _gauge("store_memory_bytes", "Memory that Redis uses.", figures.memory)
        yield _gauge("store_memory_limit_bytes", "Memory that Redis may use, 0 for no limit.", figures.memory_limit)
        yield _gauge("store_noeviction", "1 while Redis throws nothing away, 0 when locks may vanish.", not figures.evicts)
        yield _gauge("outbox_entries", "Commits whose decisions are not yet known to be published.", figures.outbox)
        waited = 0.0 if figures.outbox_oldest is None else max(0.0, now - figures.outbox_oldest / 1e3)
        yield _gauge("outbox_oldest_seconds", "Age of the oldest unpublished outbox entry, 0 without one.", waited)
        yield _gauge("deadlines_armed", "Deadlines that are still to come or to be fired.", figures.deadlines)
        yield _gauge("deadlines_overdue", "Deadlines that are due and not fired.", figures.overdue)
        late = 0.0 if figures.first_due is None else max(0.0, now - figures.first_due / 1e6)
        yield _gauge("deadline_overdue_seconds", "How long the oldest unfired deadline has been due, 0 without one.", late)


def _labelled(name: str, documentation: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"leadlock_{name}", documentation, labels=[label])
    for value, number in values.items():
        family.add_metric([value], float(number))
    return family


def _gauge(name: str, documentation: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"leadlock_{name}", documentation, float(value))
