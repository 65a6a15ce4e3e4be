"""How long an answer takes: from an event's producer to its decision's consumer, and the pre-send check in the engine."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
from confluent_kafka import OFFSET_END, Consumer, Producer, TopicPartition

from schemas.policy import Policy
from schemas.reading import read
from schemas.times import rfc3339
from streams.engine import Engine
from streams.path import Arrived, Record
from streams.tables.connect import connect
from streams.tables.redis import RedisTables
from tests.bench.engine_alone import BEGIN, play
from tests.bench.stack import PREFIX, Stack
from tests.bench.workload import Scale, address, mails, records

TICK_S = 0.005
WARM_S = 2.0
"""What is sent so early is not counted: connections, code and caches are cold then."""
REST_S = 20.0
KNOWN = 10_000
"""Events played before the checks, so that they meet contacts that are held as well as free ones."""


class Spread(NamedTuple):
    """Milliseconds: half of the answers were as fast as `p50`, 99 in a hundred as fast as `p99`."""

    p50: float
    p99: float
    longest: float


def spread(seconds: list[float]) -> Spread:
    """Raises StatisticsError for fewer than two values."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return Spread(cuts[49] * 1e3, cuts[98] * 1e3, max(seconds) * 1e3)


def end_to_end(stack: Stack, run: int, rate: int, seconds: float) -> Spread:
    """First touches sent at `rate` a second; each is answered with one decision. Raises RuntimeError when a decision does not come."""
    prefix = f"latency{run}"
    given = stack.given(prefix)
    stack.make_topics(given)
    stack.empty_redis()
    topic, decisions = f"{prefix}.email-sent", f"{prefix}.routing-decisions"
    consumer = Consumer({"bootstrap.servers": stack.kafka.bootstrap, "group.id": f"{prefix}-look", "fetch.wait.max.ms": 10})
    partitions = consumer.list_topics(decisions, timeout=20).topics[decisions].partitions
    consumer.assign([TopicPartition(decisions, number, OFFSET_END) for number in partitions])
    sent: dict[str, float] = {}
    count = int(rate * (seconds + WARM_S))
    try:
        with stack.running("worker", given) as worker:
            _one_by_one(stack, topic, consumer, sent, worker.check)
            sending = threading.Thread(target=_send, args=(stack, topic, sent, rate, count))
            sending.start()
            took = dict(_answers(consumer, sent, count, seconds + WARM_S + REST_S, worker.check))
            sending.join()
    finally:
        consumer.close()
    if len(took) < count:
        raise RuntimeError(f"{count - len(took)} of {count} events were not answered within {REST_S:g} s")
    return spread([late for number, late in took.items() if number >= rate * WARM_S])


def _one_by_one(stack: Stack, topic: str, consumer: Consumer, sent: dict[str, float], check: Any) -> None:
    """Wait until the worker has its partitions and answers."""
    producer = Producer({"bootstrap.servers": stack.kafka.bootstrap})
    number, until = 0, time.monotonic() + 60
    while time.monotonic() < until:
        number += 1
        producer.produce(topic, _mail(f"early:{number}", f"early{number}@early.com"))
        producer.flush(10)
        check("before it answered anything")
        if (message := consumer.poll(0.5)) is not None and message.error() is None:
            return
    raise RuntimeError("the worker answered nothing within 60 s")


def _send(stack: Stack, topic: str, sent: dict[str, float], rate: int, count: int) -> None:
    producer = Producer({"bootstrap.servers": stack.kafka.bootstrap, "linger.ms": 1})
    began = time.perf_counter()
    for number in range(count):
        while (ahead := number / rate - (time.perf_counter() - began)) > 0:
            producer.poll(0)
            time.sleep(min(ahead, TICK_S))
        event_id = f"n:{number}"
        value = _mail(event_id, f"person{number}@company-{number % 3000}.com")
        sent[event_id] = time.perf_counter()
        producer.produce(topic, value)
    producer.flush(30)


def _answers(consumer: Consumer, sent: dict[str, float], count: int, limit_s: float, check: Any) -> Iterator[tuple[int, float]]:
    """(number, seconds) of each answered event."""
    left, until = count, time.monotonic() + limit_s
    while left and time.monotonic() < until:
        for message in consumer.consume(1000, 0.02):
            now = time.perf_counter()
            event_id = orjson.loads(message.value() or b"{}").get("event_id", "")
            if message.error() is None and (began := sent.pop(event_id, None)) is not None:
                left -= 1
                yield int(event_id[2:]), now - began
        check(f"with {left} events unanswered")


def _mail(event_id: str, contact: str) -> bytes:
    now = rfc3339(time.time_ns() // 1000)
    return orjson.dumps({"event_id": event_id, "occurred_at": now, "message_id": event_id, "contact": contact, "rep": "rep-001"})


class Checks(NamedTuple):
    """The check that only asks, and the one that claims what it allows."""

    ask: Spread
    process: Spread


def checks(stack: Stack, rate: int, seconds: float) -> Checks:
    """Pre-send checks in this process over the stack's Redis, at `rate` a second: each asked (`Engine.ask`), then processed."""
    stack.empty_redis()
    engine = Engine(RedisTables(connect(stack.redis.url), PREFIX), Policy())
    play(engine, records(list(mails(Scale().shrunk(KNOWN), BEGIN))))
    scale = Scale().shrunk(KNOWN)
    asked: list[float] = []
    processed: list[float] = []
    began = time.perf_counter()
    for number in range(int(rate * seconds)):
        if (ahead := number / rate - (time.perf_counter() - began)) > 0:
            time.sleep(ahead)
        value, at = _check(number, scale), BEGIN + 1_000_000_000 + number * 1000
        first = time.perf_counter()
        event = read("send-requested", value)
        engine.ask("send-requested", event, at)
        second = time.perf_counter()
        record = Record("send-requested", 0, number, at, None, value)
        done = engine.process([Arrived(record, read("send-requested", value), None)])
        processed.append(time.perf_counter() - second)
        asked.append(second - first)
        engine.published(done.outbox_ids)
    return Checks(spread(asked), spread(processed))


def _check(number: int, scale: Scale) -> bytes:
    """Every second one is about somebody whom nobody holds yet."""
    contact = address(number % scale.contacts, scale.domains) if number % 2 else f"new{number}@elsewhere-{number}.com"
    return orjson.dumps(
        {
            "event_id": f"check:{number}",
            "occurred_at": rfc3339(BEGIN),
            "contact": contact,
            "rep": f"rep-{number % 200:03}",
            "stage": "launch",
            "sequence_id": "seq-1",
            "mailbox": "rep@ours.example.com",
        }
    )
