"""One installation on real servers: topics and tables of its own, worker processes, and what they leave behind."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from schemas.policy import Policy
from streams import topics
from streams.day.planned import Planned
from streams.decisions import DECISIONS
from streams.path import place
from streams.settings.settings import Settings
from streams.tables.connect import connect
from streams.tables.redis import RedisTables
from tests.integration.processes import Worker, flat, wait_until


class Found(NamedTuple):
    """One record of an outbound topic."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


_DAY = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
QUIET = f"""
[business_hours]
days = ["{_DAY}"]
"""
"""A policy under which no business time passes while a test runs, whatever the day and the hour: what comes due by the wall's clock in the
middle of the events would come at another place among them in the model."""


class Installation:
    """`name` is the prefix of its topics, keys and group. `folder` takes its workers' logs and its policy file."""

    def __init__(self, bootstrap: str, redis_url: str, name: str, folder: Path, **options: Any) -> None:
        """`options`: `clock`, `policy` (TOML), `partitions`, and any setting of `[kafka]`."""
        clock, policy, partitions = options.pop("clock", "wall"), options.pop("policy", QUIET), options.pop("partitions", 2)
        metrics = {"host": "127.0.0.1", "port": options.pop("metrics_port", 0)}
        self.folder, self.policy = folder, Policy.parse(policy)
        file = folder / f"{name}.toml"
        file.write_text(policy)
        timing = {"session_timeout": "1500ms", "batch_size": 40, "options": {"heartbeat.interval.ms": 300, "reconnect.backoff.max.ms": 500}}
        self.given: dict[str, Any] = {
            "kafka": {"bootstrap_servers": bootstrap, "group_id": name, "topic_prefix": f"{name}.", **timing, **options},
            "topics": {"partitions": partitions, "timestamps": "CreateTime"},
            "redis": {"url": redis_url, "prefix": name},
            "metrics": metrics,
            "clock": clock,
            "policy": str(file),
        }
        self.settings = Settings.given(**self.given)
        topics.ensure(self.settings, AdminClient(self.settings.kafka_options("admin")))
        self.tables = RedisTables(connect(**self.settings.redis_options()), name)
        self.ends: dict[str, int] = {}
        self.workers: list[Worker] = []

    def publish(self, events: Iterable[Planned]) -> None:
        """Put events into their topics, at their times and by their keys. Returns when all are there."""
        producer = self.producer()
        for one in events:
            self.put(producer, one.topic, one.key, one.body, one.at)
        assert producer.flush(30) == 0

    def producer(self) -> Producer:
        # One request at a time: a partition's records stand in the order of their times whatever is sent again.
        return Producer({"bootstrap.servers": self.settings.kafka.bootstrap_servers, "enable.idempotence": True, "linger.ms": 20})

    def put(self, producer: Producer, topic: str, key: bytes | None, value: bytes | None, at: int, headers: Any = None) -> None:
        """Hand one record to the producer; `at` is its time, microseconds."""

        def delivered(error: Any, message: Any) -> None:
            assert error is None, error
            where = place(topic, message.partition())
            self.ends[where] = max(self.ends.get(where, 0), message.offset() + 1)

        full = self.settings.kafka.topic_prefix + topic
        producer.produce(full, value, key, timestamp=at // 1000, headers=headers, on_delivery=delivered)
        producer.poll(0)

    def worker(self, **environment: str) -> Worker:
        """Start a worker process."""
        log = self.folder / f"{self.settings.redis.prefix}-worker{len(self.workers)}.log"
        worker = Worker({**flat(self.given), **environment}, log)
        self.workers.append(worker)
        return worker

    def done(self) -> bool:
        """Whether everything published so far is decided, delivered, and committed to the group."""
        stored = self.tables.offsets()
        if any(stored.get(where, 0) != end for where, end in self.ends.items()) or self.tables.outbox(1):
            return False
        return all(self.committed().get(where) == end for where, end in self.ends.items())

    def settle(self, seconds: float = 60) -> None:
        """Wait until `done`, with a worker restarted by whoever kills it. Fails with the workers' last words."""
        wait_until(self.done, self.situation, seconds)

    def situation(self) -> str:
        """Where it stands, for the message of a failed test."""
        said = "".join(f"\n--- {worker.log.name}, exit {worker.process.poll()}\n{worker.tail()}" for worker in self.workers[-3:])
        waiting = len(self.tables.outbox(1000))
        return f"ends {self.ends}\nstored {self.tables.offsets()}\ncommitted {self.committed()}\noutbox {waiting}{said}"

    def stop(self) -> None:
        """Drain and end the workers that still run."""
        for worker in self.workers:
            worker.stop()

    def committed(self) -> dict[str, int]:
        """`topic:partition` -> the group's offset."""
        prefix = self.settings.kafka.topic_prefix
        consumer = Consumer({"bootstrap.servers": self.settings.kafka.bootstrap_servers, "group.id": self.settings.kafka.group_id})
        try:
            wanted = [TopicPartition(prefix + where.rpartition(":")[0], int(where.rpartition(":")[2])) for where in self.ends]
            found = consumer.committed(wanted, timeout=20) if wanted else []
            return {place(each.topic.removeprefix(prefix), each.partition): each.offset for each in found if each.offset >= 0}
        finally:
            consumer.close()

    def read(self, topic: str) -> list[Found]:
        """Everything in one of the topics, partition by partition, each in its order."""
        full = self.settings.kafka.topic_prefix + topic
        consumer = Consumer({"bootstrap.servers": self.settings.kafka.bootstrap_servers, "group.id": "reader", "enable.auto.commit": False})
        found: list[Found] = []
        try:
            for partition in range(self.settings.topics.partitions):
                _, end = consumer.get_watermark_offsets(TopicPartition(full, partition), timeout=20)
                if not end:
                    continue
                consumer.assign([TopicPartition(full, partition, 0)])
                while (message := consumer.poll(20)) is not None:
                    assert message.error() is None, message.error()
                    given: Any = message.headers() or ()
                    headers = tuple((str(name), bytes(value or b"")) for name, value in given)
                    found.append(Found(message.key(), message.value(), headers))
                    if (message.offset() or 0) + 1 >= end:
                        break
        finally:
            consumer.close()
        return found

    def decisions(self) -> dict[str, dict[str, Any]]:
        """The decisions in `routing-decisions` by id. One that is there twice must be the same to the byte."""
        found: dict[str, bytes] = {}
        for record in self.read(DECISIONS):
            assert record.value is not None
            name = json.loads(record.value)["decision_id"]
            assert found.setdefault(name, record.value) == record.value, f"one id, two decisions:\n{found[name]!r}\n{record.value!r}"
        return {name: json.loads(value) for name, value in found.items()}

    def documents(self) -> dict[str, bytes]:
        """Every document's content."""
        return {key: document.body for key, document in self.tables.scan("")}
