"""The whole path, with an engine that only remembers: topic -> feed -> agents -> turn -> engine -> publisher."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from confluent_kafka import KafkaException

from streams.path import TOPICS
from streams.settings.settings import Settings
from streams.worker import DIED, OK, WorkerThread
from tests.path.fakes import Broker, FakeEngine, committed, drained, fill, wait_until
from tests.servers import Kafka

TOUCHES = "touch-logged"


def given(bootstrap: str, prefix: str, **kafka: object) -> Settings:
    return Settings.given(kafka={"bootstrap_servers": bootstrap, "group_id": f"{prefix}g", "topic_prefix": prefix, **kafka})


def make_topics(kafka: Kafka, prefix: str) -> None:
    times = {"message.timestamp.type": "CreateTime"}
    kafka.create_topics(*(prefix + topic for topic in (*TOPICS, "routing-decisions")), config=times)


def test_every_record_once_in_order_over_the_embedded_broker(topic_prefix: str) -> None:
    broker, engine = Broker(), FakeEngine()
    for number, topic in enumerate(TOPICS):
        fill(broker.bootstrap, topic_prefix + topic, range(number, 400, len(TOPICS)))
    worker = WorkerThread(given(broker.bootstrap, topic_prefix, batch_size=50), engine)
    worker.start()
    try:
        wait_until(lambda: len(engine.seen) == 400, "all records")
        times = [each.record.timestamp for each in engine.seen]
        assert times == sorted(times)
        assert len({(each.record.topic, each.record.partition, each.record.offset) for each in engine.seen}) == 400
        assert {each.record.topic for each in engine.seen} == set(TOPICS)
        wait_until(lambda: not engine.outbox, "published entries are forgotten")
        wait_until(lambda: bool(engine.fired) and engine.fired[-1] > 1_767_603_600_000_000 + 400_000, "deadlines go on to now")
    finally:
        assert worker.stop() == OK
    assert len(drained(broker.bootstrap, f"{topic_prefix}routing-decisions", 400)) == 400
    for topic in TOPICS:
        offsets = committed(broker.bootstrap, f"{topic_prefix}g", topic_prefix + topic)
        assert {f"{topic}:{number}": offset for number, offset in offsets.items()}.items() <= engine.offsets.items()
        assert sum(offsets.values()) == 50


@pytest.mark.kafka
def test_a_store_that_is_away_costs_time_only(kafka: Kafka, topic_prefix: str) -> None:
    make_topics(kafka, topic_prefix)
    engine = FakeEngine()
    worker = WorkerThread(given(kafka.bootstrap, topic_prefix), engine)
    worker.start()
    try:
        fill(kafka.bootstrap, topic_prefix + TOUCHES, [0])
        wait_until(lambda: len(engine.seen) == 1, "it runs")
        engine.away = True
        fill(kafka.bootstrap, topic_prefix + TOUCHES, range(1, 30))
        before = len(engine.calls)
        wait_until(lambda: engine.calls[before:].count("process") >= 3, "it is tried again")
        assert len(engine.seen) == 1
        engine.away = False
        wait_until(lambda: len(engine.seen) == 30, "all records")
        assert sorted(engine.numbers()) == list(range(30))
        assert engine.rewinds == 0
    finally:
        engine.away = False
        assert worker.stop() == OK


@pytest.mark.kafka
def test_a_record_that_cannot_be_read_goes_through_with_its_error(kafka: Kafka, topic_prefix: str) -> None:
    make_topics(kafka, topic_prefix)
    engine = FakeEngine()
    fill(kafka.bootstrap, topic_prefix + TOUCHES, [0, 4])
    fill(kafka.bootstrap, topic_prefix + TOUCHES, [8], raw=b'{"event_id": "torn')
    fill(kafka.bootstrap, topic_prefix + TOUCHES, [12])
    worker = WorkerThread(given(kafka.bootstrap, topic_prefix), engine)
    worker.start()
    try:
        wait_until(lambda: len(engine.seen) == 4, "all records")
    finally:
        assert worker.stop() == OK
    assert [each.error is None for each in engine.seen] == [True, True, False, True]
    assert [each.event is None for each in engine.seen] == [False, False, True, False]
    assert engine.seen[2].record.value == b'{"event_id": "torn'


@pytest.mark.kafka
def test_tables_that_came_back_older_get_what_they_lost(kafka: Kafka, topic_prefix: str) -> None:
    make_topics(kafka, topic_prefix)
    engine = FakeEngine()
    fill(kafka.bootstrap, topic_prefix + TOUCHES, range(40))
    worker = WorkerThread(given(kafka.bootstrap, topic_prefix), engine)
    worker.start()
    try:
        wait_until(lambda: len(engine.seen) == 40, "all records")
        with engine.lock:
            engine.offsets = {f"{TOUCHES}:{number}": 6 for number in range(4)}
            engine.seen.clear()
        fill(kafka.bootstrap, topic_prefix + TOUCHES, range(40, 44))
        wait_until(lambda: len(engine.seen) == 20, "what was lost, and the new")
        assert engine.numbers() == list(range(24, 44))
        assert engine.rewinds == 1
    finally:
        assert worker.stop() == OK


@pytest.mark.kafka
def test_a_worker_that_died_before_it_committed_leaves_no_lag_behind(kafka: Kafka, topic_prefix: str) -> None:
    make_topics(kafka, topic_prefix)
    engine = FakeEngine()
    engine.offsets = {f"{TOUCHES}:{number}": 10 for number in range(4)}
    fill(kafka.bootstrap, topic_prefix + TOUCHES, range(40))
    worker = WorkerThread(given(kafka.bootstrap, topic_prefix), engine)
    worker.start()
    try:

        def told() -> bool:
            try:
                return committed(kafka.bootstrap, f"{topic_prefix}g", topic_prefix + TOUCHES) == dict.fromkeys(range(4), 10)
            except KafkaException:  # a broker that has just begun is no group's coordinator yet
                return False

        wait_until(told, "the group's offsets")
        assert engine.seen == [], "the tables had them all"
    finally:
        assert worker.stop() == OK


@pytest.mark.kafka
def test_an_error_that_is_no_outage_ends_the_worker_and_acks_nothing(
    kafka: Kafka, topic_prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    make_topics(kafka, topic_prefix)
    engine = FakeEngine()
    engine.bug = ZeroDivisionError("bug")
    fill(kafka.bootstrap, topic_prefix + TOUCHES, range(8))
    worker = WorkerThread(given(kafka.bootstrap, topic_prefix), engine)
    worker.start()
    assert worker.join(30) == DIED
    assert committed(kafka.bootstrap, f"{topic_prefix}g", topic_prefix + TOUCHES) == {}
    assert f"{TOUCHES}:0 [None, 2)" in caplog.text, "the batch's coordinates are logged"


@pytest.mark.kafka
def test_a_timer_that_fails_does_not_end_the_worker(kafka: Kafka, topic_prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_topics(kafka, topic_prefix)
    engine = FakeEngine()
    tries: list[int] = []

    def fire(now: int) -> None:
        tries.append(now)
        raise ZeroDivisionError("bug")

    monkeypatch.setattr(engine, "fire", fire)
    worker = WorkerThread(given(kafka.bootstrap, topic_prefix), engine)
    worker.start()
    try:
        wait_until(lambda: len(tries) >= 3, "it is tried again")
        fill(kafka.bootstrap, topic_prefix + TOUCHES, range(3))
        wait_until(lambda: len(engine.seen) == 3, "records go on")
    finally:
        assert worker.stop() == OK


@pytest.mark.kafka
def test_two_workers_share_the_partitions_and_hand_them_over(kafka: Kafka, topic_prefix: str) -> None:
    make_topics(kafka, topic_prefix)
    engine = FakeEngine()
    first, second = (WorkerThread(given(kafka.bootstrap, topic_prefix, batch_size=20), engine) for _ in range(2))
    first.start()
    try:
        fill(kafka.bootstrap, topic_prefix + TOUCHES, range(400))
        wait_until(lambda: len(engine.seen) >= 100, "the first works")
        second.start()
        fill(kafka.bootstrap, topic_prefix + TOUCHES, range(400, 800))
        wait_until(lambda: len(engine.seen) >= 800, "all records")
        fill(kafka.bootstrap, topic_prefix + TOUCHES, range(800, 1000))
    finally:
        assert first.stop() == OK
    try:
        wait_until(lambda: len(engine.seen) >= 1000, "the second goes on alone")
    finally:
        assert second.stop() == OK
    assert sorted(engine.numbers()) == list(range(1000))
    assert len(drained(kafka.bootstrap, f"{topic_prefix}routing-decisions", 1000)) == 1000


PROGRAM = """
import sys, threading
from streams.worker import run
from tests.path.fakes import FakeEngine
from tests.path.test_worker import given
engine = FakeEngine()
plain = engine.process
def slow(arrived, positions):
    print("begun", flush=True)
    threading.Event().wait(0.5)
    return plain(arrived, positions)
engine.process = slow
code = run(given(sys.argv[1], sys.argv[2], batch_size=10), engine)
print(sum(engine.offsets.values()), len(engine.outbox), flush=True)
sys.exit(code)
"""


@pytest.mark.kafka
def test_a_signal_drains_what_is_in_flight(kafka: Kafka, topic_prefix: str) -> None:
    make_topics(kafka, topic_prefix)
    fill(kafka.bootstrap, topic_prefix + TOUCHES, range(200))
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", PROGRAM, kafka.bootstrap, topic_prefix]
    with subprocess.Popen(command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        said = process.stdout.read().splitlines()
        assert process.wait(20) == OK
    assert time.monotonic() - began < 12
    offsets, outbox = map(int, said[-1].split())
    assert 0 < offsets < 200, "it did not go on until the end"
    assert outbox == 0
    assert sum(committed(kafka.bootstrap, f"{topic_prefix}g", topic_prefix + TOUCHES).values()) == offsets
