"""Guarantees 3, 7 and 8: Redis or Kafka going away in the middle of a stream costs time, never an event, and never a dead letter."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest

from streams.day.planned import Planned
from tests.integration.conftest import Make
from tests.integration.mix import mix
from tests.integration.model import expected
from tests.integration.processes import wait_until
from tests.integration.same import same
from tests.integration.stack import Installation
from tests.servers import Kafka, Redis

pytestmark = [pytest.mark.kafka, pytest.mark.redis]


def halfway(subject: Installation, events: list[Planned]) -> None:
    """Wait until the worker is in the middle of the stream."""

    def begun() -> bool:
        return sum(subject.tables.offsets().values()) > len(events) // 4

    wait_until(begun, subject.situation)
    assert not subject.done(), "the stream is over before anything could happen: it is too short for this machine"


def test_redis_killed_and_restarted(installation: Make, strict_redis: Redis, lately: int) -> None:
    events = mix(21, 1500, lately)
    subject = installation(redis=strict_redis, batch_size=10)
    subject.publish(events)
    worker = subject.worker()
    for _ in range(2):
        halfway(subject, events)
        strict_redis.kill()
        time.sleep(Random(21).uniform(0.2, 1.0))
        strict_redis.start()
    subject.settle()
    same(subject, expected(events))
    assert worker.stop() == 0, worker.tail()


def test_the_broker_killed_and_restarted(installation: Make, own_kafka: Kafka, lately: int) -> None:
    events = mix(22, 1500, lately)
    subject = installation(broker=own_kafka, batch_size=10)
    subject.publish(events)
    worker = subject.worker()
    halfway(subject, events)
    own_kafka.kill()
    time.sleep(1)
    own_kafka.start()
    subject.settle(90)
    same(subject, expected(events))
    assert worker.stop() == 0, worker.tail()


def in_parts(subject: Installation, redis: Redis, events: list[Planned]) -> Path:
    """Play the first half by one worker, and the second by another that runs on; the snapshot of Redis between the two. The second
    one starts when all is published: what comes in while a worker idles is decided in the order in which it sees it, not quite in that of
    arrival, and then counters would differ when it is read again."""
    half = len(events) // 2
    subject.publish(events[:half])
    first = subject.worker()
    subject.settle()
    assert first.stop() == 0, first.tail()
    snapshot = redis.snapshot()
    subject.publish(events[half:])
    subject.worker()
    subject.settle()
    return snapshot


@pytest.mark.parametrize(
    ("lost", "after"),
    [
        ("everything", "silence"),
        ("the second half", "more events"),
        pytest.param("everything", "more events", marks=pytest.mark.slow),
        pytest.param("the second half", "silence", marks=pytest.mark.slow),
    ],
)
def test_redis_comes_back_with_less(installation: Make, strict_redis: Redis, lately: int, lost: str, after: str) -> None:
    """Guarantee 8. The worker that runs on must notice, whether or not anything comes in afterwards."""
    events = mix(23, 700, lately)
    subject = installation(redis=strict_redis)
    nothing = strict_redis.snapshot()
    some = in_parts(subject, strict_redis, events[:600])
    strict_redis.kill()
    played = events if after == "more events" else events[:600]
    subject.publish(played[600:])
    strict_redis.restore(nothing if lost == "everything" else some)
    subject.settle()
    same(subject, expected(played))
    worker = subject.workers[-1]
    assert "the tables hold other offsets than expected" in worker.log.read_text()
    assert worker.stop() == 0, worker.tail()


def test_redis_comes_back_with_less_to_a_worker_that_starts(installation: Make, strict_redis: Redis, lately: int) -> None:
    events = mix(24, 600, lately)
    subject = installation(redis=strict_redis)
    some = in_parts(subject, strict_redis, events)
    subject.stop()
    strict_redis.restore(some)
    subject.worker()
    subject.settle()
    same(subject, expected(events))
