"""An engine that remembers, a broker in memory, and helpers to fill topics and to wait."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from streams.errors import StoreUnavailable
from streams.outbox import Outgoing
from streams.path import Arrived, Processed
from streams.tables.contract import Moved


class FakeEngine:
    """Tables in memory: offsets checked as the real ones do, every record answered by one decision, an outbox."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seen: list[Arrived] = []
        self.offsets: dict[str, int] = {}
        self.outbox: dict[str, list[Outgoing]] = {}
        self.entries = 0
        self.away = False
        self.bug: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.calls: list[str] = []
        self.fired: list[int] = []
        self.rewinds = 0
        self.answers = True

    def process(self, arrived: list[Arrived], positions: Mapping[str, Moved]) -> Processed:
        self.gate.wait(30)
        self._reach("process")
        with self.lock:
            return self._process(arrived, positions)

    def _process(self, arrived: list[Arrived], positions: Mapping[str, Moved]) -> Processed:
        if self.bug is not None:
            raise self.bug
        if any(self.offsets.get(place) != moved.expected for place, moved in positions.items()):
            self.rewinds += 1
            return Processed([], [], True)
        self.offsets.update({place: moved.next for place, moved in positions.items()})
        self.seen += arrived
        self.entries += 1
        entry = f"{self.entries}-0"
        outgoing = [Outgoing("routing-decisions", each.record.key, each.record.value) for each in arrived] if self.answers else []
        self.outbox[entry] = outgoing
        return Processed(outgoing, [entry], False)

    def fire(self, now: int) -> Processed:
        self._reach("fire")
        self.fired.append(now)
        return Processed([], [], False)

    def stored_offsets(self) -> dict[str, int]:
        self._reach("stored_offsets")
        return dict(self.offsets)

    def sweep(self, older_than_s: float) -> list[tuple[str, list[Outgoing]]]:
        self._reach("sweep")
        return []

    def published(self, ids: Sequence[str]) -> Processed:
        self._reach("published")
        for entry in ids:
            del self.outbox[entry]
        return Processed([], [], False)

    def _reach(self, call: str) -> None:
        self.calls.append(call)
        if self.away:
            raise StoreUnavailable(operation=call, error="away")

    def numbers(self) -> list[int]:
        """What `fill` numbered, as it was processed."""
        return [json.loads(each.record.value or b"")["n"] for each in self.seen if each.error is None]


class Broker:
    """librdkafka's mock cluster: it lives as long as this object."""

    def __init__(self) -> None:
        self._cluster = Producer({"test.mock.num.brokers": 1, "log_level": 0})
        broker = next(iter(self._cluster.list_topics(timeout=10).brokers.values()))
        self.bootstrap = f"{broker.host}:{broker.port}"


def event(number: int) -> dict[str, Any]:
    """A record that `touch-logged` can be read from."""
    said = {"event_id": f"e{number}", "occurred_at": "2026-01-05T09:00:00Z", "kind": "call", "contact": "ann@example.com", "rep": "ada"}
    return {**said, "n": number}


def fill(
    bootstrap: str, topic: str, numbers: Sequence[int], partitions: int = 4, start_ms: int = 1_767_603_600_000, raw: bytes | None = None
) -> None:
    """One record a number, a millisecond apart, spread over the partitions."""
    producer = Producer({"bootstrap.servers": bootstrap})
    for number in numbers:
        value = json.dumps(event(number)).encode() if raw is None else raw
        producer.produce(topic, value, b"k", partition=number % partitions, timestamp=start_ms + number)
    assert producer.flush(20) == 0


def drained(bootstrap: str, topic: str, count: int, seconds: float = 20) -> list[bytes]:
    """The values of at least `count` records of a topic."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": f"drain-{time.time_ns()}", "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    found: list[bytes] = []
    try:
        until = time.monotonic() + seconds
        while len(found) < count and time.monotonic() < until:
            found += [message.value() or b"" for message in consumer.consume(1000, 0.2) if message.error() is None]
    finally:
        consumer.close()
    return found


def committed(bootstrap: str, group: str, topic: str, partitions: int = 4) -> dict[int, int]:
    """partition -> the group's committed offset, where there is one."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group})
    try:
        found = consumer.committed([TopicPartition(topic, number) for number in range(partitions)], timeout=10)
        return {each.partition: each.offset for each in found if each.offset >= 0}
    finally:
        consumer.close()


def wait_until(true: Callable[[], bool], what: str, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(0.02)
