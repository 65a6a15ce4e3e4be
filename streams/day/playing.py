"""A planned day played through a broker, the real worker and a real Redis, and held against what the same rules decide without them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition

from schemas.dead_letters import EXCEPTION_MESSAGE
from schemas.policy import Policy
from schemas.times import rfc3339
from streams.day.planned import Planned
from streams.embedded import EmbeddedStack
from streams.engine import Engine
from streams.errors import BrokerUnavailable, LeadlockError
from streams.settings.settings import Settings
from streams.simulation import Simulation
from streams.tables.connect import connect
from streams.tables.redis import RedisTables
from streams.topics import ALL, DEAD_LETTERS, DECISIONS
from streams.worker import OK, WorkerThread

SLICE = 20_000
"""Events published at once. The mock cluster drops the oldest of a partition beyond 5 MiB (librdkafka's rdkafka_mock.c, `max_size`): 20,000
events of half a kilobyte, were they all of one topic with 4 partitions, take half of that."""

BATCH = 100
"""Events the worker takes at once: a day is seen to pass, rather than to jump."""

STILL_S = 60.0  # a worker on two loaded cores decides hundreds of events a second: nothing for a minute is a failure
KAFKA_S = 20.0

Progress = Callable[[int], None]
Decided = Callable[[dict[str, Any]], None]


class Outcome(NamedTuple):
    """`decisions`: in the order of their times. `missing`, `surplus`: ids of decisions that the rules make and the topic lacks, and the
    other way round. `dead`: why each dead letter is one. `seconds`: how long the worker took, its start included."""

    decisions: list[dict[str, Any]]
    missing: list[str]
    surplus: list[str]
    dead: list[str]
    seconds: float

    @property
    def good(self) -> bool:
        return not (self.missing or self.surplus or self.dead)


class Player:
    """One day on one embedded stack."""

    def __init__(self, stack: EmbeddedStack, policy: Policy) -> None:
        self._policy = policy
        self.settings = Settings.given(
            kafka={"bootstrap_servers": stack.bootstrap, "batch_size": BATCH, "options": {"log_level": 0}},
            redis={"url": stack.redis_url},
            clock="records",
        )
        self.tables = RedisTables(connect(**self.settings.redis_options()), self.settings.redis.prefix)
        self._producer = Producer(self.settings.kafka_options("producer"))
        make_topics(self._producer)
        self._seen: dict[str, dict[str, Any]] = {}
        self._dead: list[str] = []

    def play(self, planned: Sequence[Planned], progress: Progress, decided: Decided) -> Outcome:
        """Publish, decide, collect. `progress` hears how many events are done, `decided` each decision as it reaches its topic.
        Raises LeadlockError when the worker ends or hangs, BrokerUnavailable when the broker does."""
        began = time.monotonic()
        engine, simulation = Engine(self.tables, self._policy, "records"), Simulation(self._policy)
        expected: set[str] = set()
        consumer = self._consumer()
        try:
            for start in range(0, len(planned), SLICE):
                part = planned[start : start + SLICE]
                self._publish(part)
                worker = WorkerThread(self.settings, engine)
                worker.start()
                try:
                    # While the worker still joins its group, the same rules say what must come.
                    expected.update(orjson.loads(one)["decision_id"] for one in simulation.play(lines(part)))
                    self._follow(consumer, worker, start + len(part), progress, decided)
                finally:
                    code = worker.stop()
                if code != OK:
                    raise LeadlockError(problem=f"the worker ended with {code}; its last words are in the log above")
            self._rest(consumer, decided)
        finally:
            consumer.close()
        decisions = sorted(self._seen.values(), key=_place)
        missing, surplus = sorted(expected - self._seen.keys()), sorted(self._seen.keys() - expected)
        return Outcome(decisions, missing, surplus, self._dead, time.monotonic() - began)

    def _publish(self, part: Sequence[Planned]) -> None:
        for one in part:
            while True:
                try:
                    self._producer.produce(one.topic, one.body, one.key, timestamp=one.at // 1000)
                    break
                except BufferError:
                    self._producer.poll(0.1)
        if left := self._producer.flush(KAFKA_S):
            raise BrokerUnavailable(operation=f"for {left} of {len(part)} events", error=f"not delivered in {KAFKA_S:g} s")

    def _consumer(self) -> Consumer:
        # The broker answers one request at a time: an idle fetch of half a second, librdkafka's default, would hold up all others.
        options = {"group.id": "leadlock-day", "enable.partition.eof": False, "fetch.wait.max.ms": 20}
        consumer = Consumer(self.settings.kafka_options("consumer") | options)
        partitions = _partitions(consumer)
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for topic, number in partitions])
        return consumer

    def _follow(self, consumer: Consumer, worker: WorkerThread, until: int, progress: Progress, decided: Decided) -> None:
        done, since = -1, time.monotonic()
        while done < until:
            self._collect(consumer, decided)
            if worker.code is not None:
                raise LeadlockError(problem=f"the worker ended with {worker.code} at {max(done, 0)} of {until} events; the log says why")
            if (now := sum(self.tables.offsets().values())) != done:
                done, since = now, time.monotonic()
                progress(done)
            elif time.monotonic() - since > STILL_S:
                raise LeadlockError(problem=f"the worker stands still at {done} of {until} events")

    def _collect(self, consumer: Consumer, decided: Decided) -> None:
        new: list[dict[str, Any]] = []
        for message in consumer.consume(500, 0.05):
            if (fault := message.error()) is not None:
                raise BrokerUnavailable(operation="for decisions", error=fault.str())
            if message.topic() == DEAD_LETTERS:
                told = dict(message.headers() or ()).get(EXCEPTION_MESSAGE)
                self._dead.append(told.decode() if isinstance(told, bytes) else "no reason given")
                continue
            decision = orjson.loads(message.value() or b"{}")
            if decision["decision_id"] not in self._seen:
                self._seen[decision["decision_id"]] = decision
                new.append(decision)
        # Each partition is in order, the partitions among each other are not.
        for decision in sorted(new, key=lambda one: str(one["decided_at"])):
            decided(decision)

    def _rest(self, consumer: Consumer, decided: Decided) -> None:
        """Everything delivered before the worker ended: up to the ends of both topics."""
        ends = {}
        for topic, number in _partitions(consumer):
            first, last = consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=KAFKA_S)
            if last > first:
                ends[topic, number] = last
        until = time.monotonic() + KAFKA_S
        while any(consumer.position([TopicPartition(*where)])[0].offset < end for where, end in ends.items()):
            if time.monotonic() > until:
                raise BrokerUnavailable(operation="for the last decisions", error=f"not all read in {KAFKA_S:g} s")
            self._collect(consumer, decided)


def _place(decision: dict[str, Any]) -> tuple[str, str, str, int, str]:
    account, contact = str(decision["account"]), decision["contact"] or ""
    return decision["decided_at"], account, contact, decision["sequence"], decision["decision_id"]


def make_topics(producer: Producer) -> None:
    """Bring all topics into being: the embedded broker makes one when it is asked for."""
    for topic in ALL:
        producer.list_topics(topic, timeout=KAFKA_S)


def lines(part: Sequence[Planned]) -> Iterator[bytes]:
    """The events as `leadlock simulate` reads them."""
    return (orjson.dumps({"topic": one.topic, "at": rfc3339(one.at), "value": one.value}) for one in part)


def _partitions(consumer: Consumer) -> list[tuple[str, int]]:
    cluster = consumer.list_topics(timeout=KAFKA_S)
    return [(topic, number) for topic in (DECISIONS, DEAD_LETTERS) for number in cluster.topics[topic].partitions]
