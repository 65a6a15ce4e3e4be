"""Servers of the measurement's own, traffic put into topics beforehand, and contenders as processes that are watched from outside."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import redis
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from streams import topics
from streams.settings.settings import Settings
from tests.bench import processor
from tests.servers import ROOT, Kafka, Redis

PREFIX = "bench"
LOOK_S = 0.01
"""How often the stored offsets are asked for: a hundredth of a second in a run of seconds."""


class Stack:
    """A broker and a Redis in `folder`. Topics are named after `prefix`; every run has a group of its own and an empty Redis."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kafka = Kafka(folder / "kafka")
        self.redis = Redis(folder / "redis")
        self.runs = 0

    def start(self) -> None:
        """Start both. Raises RuntimeError with a server's log when it does not run."""
        self.kafka.start()
        self.redis.start()

    def stop(self) -> None:
        """Stop both."""
        self.redis.stop()
        self.kafka.stop()

    def given(self, prefix: str, **more: Any) -> dict[str, Any]:
        """Settings of a new installation's worker whose topics begin with `prefix` and a dot; never two with one consumer group."""
        self.runs += 1
        kafka = {"bootstrap_servers": self.kafka.bootstrap, "topic_prefix": f"{prefix}.", "group_id": f"{prefix}-{self.runs}"}
        return {"kafka": kafka, "redis": {"url": self.redis.url, "prefix": PREFIX}, "metrics": {"port": 0}, **more}

    def make_topics(self, given: dict[str, Any]) -> Settings:
        """Create the topics that these settings name; the settings."""
        settings = Settings.given(**given)
        topics.ensure(settings, AdminClient(settings.kafka_options("admin")))
        return settings

    def preload(self, topic: str, records: Iterable[tuple[bytes | None, bytes]]) -> int:
        """Put (key, value) records into a topic; how many there are. Returns when the broker has them all. Not compressed: Faust's own
        consumer reads lz4 and the like only with libraries that it does not bring."""
        producer = Producer({"bootstrap.servers": self.kafka.bootstrap, "linger.ms": 50, "enable.idempotence": True})
        count = 0
        faults: list[str] = []

        def arrived(error: Any, _: Any) -> None:
            if error is not None:
                faults.append(str(error))

        for key, value in records:
            while True:
                try:
                    producer.produce(topic, value, key, on_delivery=arrived)
                    break
                except BufferError:  # its queue is full: this preload is faster than the broker
                    producer.poll(0.05)
            count += 1
        if (left := producer.flush(120)) or faults:
            raise RuntimeError(f"{left + len(faults)} records did not reach {topic}: {', '.join(sorted(set(faults))) or 'no answer'}")
        return count

    def empty_redis(self) -> None:
        """Forget everything, and give its memory back."""
        with self.redis.client() as client:
            client.flushall(asynchronous=False)

    def timed(
        self, contender: str, given: dict[str, Any], wanted: int, limit_s: float = 300.0, prepare: Callable[[], None] = lambda: None
    ) -> float:
        """Run a contender over a Redis that is empty but for what `prepare` puts there, until `wanted` records are processed, as the
        offsets stored in Redis tell; records a second from the first look that saw some to the last. Raises RuntimeError with the
        contender's last words when it ends before."""
        return self.paced(contender, given, wanted, limit_s, prepare).rate

    def paced(
        self, contender: str, given: dict[str, Any], wanted: int, limit_s: float = 300.0, prepare: Callable[[], None] = lambda: None
    ) -> Pace:
        """As `timed`, with the processor time that the contender took meanwhile."""
        self.empty_redis()
        prepare()
        with self.running(contender, given) as process, self.redis.client() as client:
            return _watched(process, client, wanted, time.monotonic() + limit_s)

    @contextmanager
    def running(self, contender: str, given: dict[str, Any]) -> Iterator[Running]:
        """A contender that runs until the block ends."""
        log = self.folder / f"{contender}-{self.runs}.log"
        with log.open("wb") as output:
            command = [sys.executable, "-m", "tests.bench.contenders", contender, json.dumps(given)]
            process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
            try:
                yield Running(contender, process, log)
            finally:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


class Pace(NamedTuple):
    """Records a second, and microseconds of the contender's processor time a record."""

    rate: float
    cpu_us: float


class Running(NamedTuple):
    """A contender's process and where it talks to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def cpu(self) -> float:
        """Seconds of processor time that it has taken so far (Linux)."""
        return processor.seconds(self.process.pid)

    def check(self, situation: str) -> None:
        """Raises RuntimeError with its last words when it has ended."""
        if self.process.poll() is not None:
            self.fail(situation)

    def fail(self, situation: str) -> NoReturn:
        """Raises RuntimeError with its last words."""
        raise RuntimeError(f"{self.name} stopped {situation}:\n{self.log.read_text(errors='replace')[-3000:]}")


def _watched(running: Running, client: redis.Redis, wanted: int, until: float) -> Pace:
    first = first_at = spent = 0.0
    while True:
        now, done = time.monotonic(), processed(client)
        if done >= wanted and first:
            return Pace((done - first) / (now - first_at), (running.cpu() - spent) / (done - first) * 1e6)
        if done >= wanted:
            raise RuntimeError(f"{running.name}: {wanted} records are too few to be timed, all of them were done at the first look")
        if done and not first:
            first, first_at, spent = done, now, running.cpu()
        running.check(f"at {done} of {wanted} records")
        if now > until:
            running.fail(f"at {done} of {wanted} records, out of time,")
        time.sleep(LOOK_S)


def processed(client: redis.Redis) -> int:
    """Records processed so far: the sum of the stored offsets."""
    stored: Any = client.hgetall(f"{{{PREFIX}}}offsets")
    return sum(map(int, stored.values()))
