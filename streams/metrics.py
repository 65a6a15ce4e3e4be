"""Every metric that a worker keeps count of, declared once. `streams.watching.live` has those that are read when they are asked for.

Counted a batch at a time, so that an event costs nothing of its own. Labels are of few values, all of them ours: topics, kinds, rules,
error names. No address, name or domain is ever one. The registry is the caller's, so that tests and several workers in one process each
have their own.
"""

from __future__ import annotations

import platform
import time
from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise
from operator import attrgetter

from confluent_kafka import libversion
from prometheus_client import Counter, Gauge, Histogram, Info
from prometheus_client.registry import CollectorRegistry

from streams.clock import now_us
from streams.journal import Journal
from streams.outbox import Outgoing
from streams.path import TOPICS, Batch
from streams.rules.said import Said
from streams.watching.kafka_statistics import Brokers, brokers
from streams.watching.spread import Spread
from streams.watching.watch import Fault, Passed, Watch

LATENCY = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
"""Seconds. The objective of 5 s is one of them; the first is what a single record takes, the last a backlog of an hour."""
STAGES = ("feed", "read", "wait", "load", "decide", "commit", "publish")
"""In the order of an event's path. feed: from the arrival of a batch's oldest record to the worker's hands, Kafka's share included; read:
records to events; wait: for the batch before; publish: until the last delivery report."""
STAGE = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
RECORDS = (1, 10, 50, 100, 500, 1000, 2000, 5000, 10_000)
MET = "response_met"
"""What rule 21 notes when the time for an answer ends and the owner has answered."""
FLAGS = ("do_not_contact", "unsubscribed", "complaint", "bounced", "not_interested", "legal", "existing_customer")

_timestamp = attrgetter("timestamp")


class Metrics(Watch):
    """`policy`: the hash of the rules of engagement in force."""

    def __init__(self, registry: CollectorRegistry, policy: str) -> None:
        self.registry = registry
        self._journal = Journal()
        self._load = self._commit = 0.0
        self.brokers: dict[str, Brokers] = {}

        def counter(name: str, documentation: str, *labels: str) -> Counter:
            return Counter(f"leadlock_{name}", documentation, labels, registry=registry)

        def histogram(name: str, documentation: str, labels: Sequence[str], buckets: Sequence[float]) -> Histogram:
            return Histogram(f"leadlock_{name}", documentation, labels, registry=registry, buckets=buckets)

        self.events = counter("events", "Records taken in and committed, dead letters included.", "topic")
        self.dead_letters = counter("dead_letters", "Records that became dead letters, by the class of the error.", "topic", "reason")
        self.latency = Spread(
            "leadlock_event_latency_seconds", "From an event's arrival in Kafka to the delivery of its decisions.", LATENCY, registry
        )
        self.stages = histogram("stage_seconds", "What a batch spends in each stage of the path.", ["stage"], STAGE)
        self.batches = histogram("batch_records", "Records that were decided and committed together.", [], RECORDS)
        self.conflicts = counter("conflicts", "Groups decided again because another worker had changed a record of theirs.")
        self.rewinds = counter("rewinds", "Times that the tables held other offsets than expected, and Kafka was read again from theirs.")
        self.outbox_swept = counter("outbox_swept", "Outbox entries that another worker had left behind, and this one published.")

        self.decisions = counter("decisions", "Committed decisions by kind and by the rule that won.", "kind", "rule")
        self.verdicts = counter("send_verdicts", "Answers to the pre-send check.", "verdict", "stage")
        self.suppressions = counter("suppressions", "Suppressions set, by flag.", "flag")
        self.violations = counter("suppression_violations", "Mails sent to somebody suppressed at that time, by flag.", "flag")
        self.matches = counter("lead_matches", "Routed leads by how they found their account.", "method")
        self.routed = counter("leads_routed", "Routed leads by priority.", "priority")
        self.sla = counter("response_times", "Response times of routed leads that ended, met or missed.", "outcome")
        self.deadlines = counter("deadlines_fired", "Deadlines taken up.")

        self.store = histogram("store_seconds", "What Redis takes to answer, by operation of the lock tables.", ["operation"], STAGE)
        self.store_errors = counter("store_errors", "Operations that Redis did not answer.", "operation")
        self.store_reconnects = counter("store_reconnects", "Times that Redis answered again after it had not.")
        self.kafka_errors = counter("kafka_errors", "Errors that a Kafka client reported, by librdkafka's name.", "client", "error")

        Info("leadlock_build", "What runs.", registry=registry).info(
            {"version": version("leadlock"), "python": platform.python_version(), "librdkafka": libversion()[0]}
        )
        Gauge("leadlock_policy_info", "The rules of engagement in force, by their hash.", ["policy"], registry=registry).labels(policy)
        self._prepare()

    def _prepare(self) -> None:
        """Series that must be there at zero: a rate over a counter that begins with its first increment misses that one."""
        self._stage = {stage: self.stages.labels(stage) for stage in STAGES}
        for topic in TOPICS:
            self.events.labels(topic)
            for reason in ("Unreadable", "FutureDated"):
                self.dead_letters.labels(topic, reason)
        for flag in FLAGS:
            self.suppressions.labels(flag)
            self.violations.labels(flag)
        for outcome in ("met", "missed"):
            self.sla.labels(outcome)
        for verdict in ("allow", "warn", "block"):
            for stage in ("import", "launch"):
                self.verdicts.labels(verdict, stage)

    def decided(self, said: Sequence[Said], outgoing: Sequence[Outgoing]) -> None:
        for (kind, rule), count in Tally((one.kind, one.rule) for one in said).items():
            self.decisions.labels(kind, rule).inc(count)
            more = _DETAILS.get(kind)
            if more is not None:
                more(self, [one for one in said if one.kind == kind and one.rule == rule])
        self._journal.decided(said, outgoing)

    def noted(self, names: Sequence[str]) -> None:
        self.sla.labels("met").inc(names.count(MET))

    def refused(self, faults: Sequence[Fault]) -> None:
        for (topic, reason), count in Tally((fault.topic, fault.reason) for fault in faults).items():
            self.dead_letters.labels(topic, reason).inc(count)
        self._journal.refused(faults)

    def begins(self) -> None:
        self._load = self._commit = 0.0

    def passed(self, passed: Passed) -> None:
        for topic, count in passed.topics.items():
            self.events.labels(topic).inc(count)
        self.batches.observe(len(passed.batch.records))
        fetched = time.time() - (time.monotonic() - passed.opened) - passed.batch.first / 1e6
        decided = passed.ended - passed.began - self._load - self._commit
        spent = (fetched, passed.read - passed.opened, passed.began - passed.read, self._load, decided, self._commit)
        for stage, seconds in zip(STAGES, spent, strict=False):
            self._stage[stage].observe(max(0.0, seconds))

    def delivered(self, batch: Batch, committed: float) -> None:
        self._stage["publish"].observe(max(0.0, time.monotonic() - committed))
        self.latency.add(*ages(batch, now_us(), self.latency.bounds))

    def rewound(self) -> None:
        self.rewinds.inc()

    def swept(self, entries: int) -> None:
        self.outbox_swept.inc(entries)

    def answered(self, operation: str, seconds: float) -> None:
        """The store answered, after so long. The two that a batch is made of count for its stages too."""
        self.store.labels(operation).observe(seconds)
        if operation == "load":
            self._load += seconds
        elif operation == "commit":
            self._commit += seconds

    def complained(self, client: str, error: str) -> None:
        self.kafka_errors.labels(client, error).inc()

    def reported(self, client: str, statistics: str) -> None:
        self.brokers[client] = brokers(statistics).after(self.brokers.get(client))


def ages(batch: Batch, now: int, bounds: Sequence[float]) -> tuple[list[int], float]:
    """How many of a batch's records arrived how long before `now` (microseconds), as `Spread.add` takes it. Records stand in the order of
    their arrival, so that it takes a search for each bound and no look at each; where a clock had run ahead it is right but for those."""
    records = batch.records
    # At or before a bound in age is at or after a moment in time.
    young = [len(records) - bisect_left(records, now - round(bound * 1e6), key=_timestamp) for bound in bounds]
    counts = [young[0], *(new - old for old, new in pairwise(young)), len(records) - young[-1]] if young else [len(records)]
    # The middle of a batch stands for its records: arrivals within a batch are close to even.
    middle = (records[0].timestamp + records[-1].timestamp) / 2 if records else now
    return counts, max(0.0, (now - middle) / 1e6) * len(records)


def _verdicts(metrics: Metrics, said: Sequence[Said]) -> None:
    for (verdict, stage), count in Tally((one.fields["verdict"], one.fields["stage"]) for one in said).items():
        metrics.verdicts.labels(verdict, stage).inc(count)


def _suppressed(metrics: Metrics, said: Sequence[Said]) -> None:
    for one in said:
        metrics.suppressions.labels(one.fields["flag"]).inc()


def _violated(metrics: Metrics, said: Sequence[Said]) -> None:
    for one in said:
        metrics.violations.labels(one.fields["flag"]).inc()


def _routed(metrics: Metrics, said: Sequence[Said]) -> None:
    for one in said:
        metrics.matches.labels((one.fields.get("match") or {}).get("method", "none")).inc()
        metrics.routed.labels(one.fields.get("priority", "normal")).inc()


def _missed(metrics: Metrics, said: Sequence[Said]) -> None:
    metrics.sla.labels("missed").inc(len(said))


_DETAILS = {
    "send_verdict": _verdicts,
    "contact_suppressed": _suppressed,
    "suppression_violated": _violated,
    "lead_routed": _routed,
    "sla_missed": _missed,
}
"""What is counted of a kind of decision beside kind and rule."""
