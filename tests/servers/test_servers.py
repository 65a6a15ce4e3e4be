"""The servers that other tests rest on are real: what was acknowledged before a kill is there after the restart."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from tests.conftest import missing
from tests.servers import Kafka, Redis, why_no_kafka


def produce(kafka: Kafka, topic: str, values: list[bytes], timestamp: int = 0) -> None:
    """`timestamp` in milliseconds since the epoch, 0 for now."""
    reports: list[object] = []
    producer = Producer({"bootstrap.servers": kafka.bootstrap, "acks": "all", "log_level": 0})
    for value in values:
        producer.produce(topic, value, timestamp=timestamp, on_delivery=lambda error, message: reports.append(error))
    assert producer.flush(30) == 0
    assert reports == [None] * len(values)


def consume(kafka: Kafka, topic: str, count: int) -> list[bytes | None]:
    consumer = Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": topic, "auto.offset.reset": "earliest", "log_level": 0})
    consumer.subscribe([topic])
    try:
        found = consumer.consume(count, timeout=30)
        assert [message.error() for message in found] == [None] * len(found)
        consumer.commit(asynchronous=False)
        return [message.value() for message in found]
    finally:
        consumer.close()


@pytest.mark.kafka
def test_a_broker_keeps_records_and_offsets_over_kill_and_restart(own_kafka: Kafka, topic_prefix: str) -> None:
    topic = f"{topic_prefix}events"
    own_kafka.create_topics(topic, partitions=1, config={"message.timestamp.type": "LogAppendTime"})
    produce(own_kafka, topic, [b"1", b"2"])
    assert consume(own_kafka, topic, 1) == [b"1"]
    port = own_kafka.port
    own_kafka.kill()
    own_kafka.start()
    assert own_kafka.port == port
    produce(own_kafka, topic, [b"3"])
    assert consume(own_kafka, topic, 2) == [b"2", b"3"]


@pytest.mark.kafka
def test_a_broker_keeps_records_of_long_ago(tmp_path: Path, topic_prefix: str) -> None:
    """Tests write records of other days. What looks for expired ones is made to run at once here, not every five minutes."""
    if reason := why_no_kafka():
        missing(reason)
    server = Kafka(tmp_path / "kafka", {"log.initial.task.delay.ms": "100", "log.retention.check.interval.ms": "100"})
    try:
        server.start()
        where = TopicPartition(f"{topic_prefix}events", 0)
        server.create_topics(where.topic, partitions=1, config={"message.timestamp.type": "CreateTime"})
        produce(server, where.topic, [b"1", b"2"], timestamp=1_600_000_000_000)
        time.sleep(2)
        consumer = Consumer({"bootstrap.servers": server.bootstrap, "group.id": where.topic, "log_level": 0})
        assert consumer.get_watermark_offsets(where, timeout=10) == (0, 2)
        consumer.close()
    finally:
        server.kill()


@pytest.mark.kafka
def test_the_session_broker_makes_no_topics_on_use(kafka: Kafka, topic_prefix: str) -> None:
    from confluent_kafka.admin import AdminClient

    name = f"{topic_prefix}unmade"
    found = AdminClient({"bootstrap.servers": kafka.bootstrap}).list_topics(name, timeout=10).topics[name]
    assert found.error is not None
    assert found.error.name() == "UNKNOWN_TOPIC_OR_PART"


@pytest.mark.redis
def test_redis_keeps_what_it_acknowledged_over_a_kill_and_goes_back_to_a_snapshot(own_redis: Redis) -> None:
    with own_redis.client() as client:
        client.set("before", "1")
        snapshot = own_redis.snapshot()
        client.set("after", "1")
    own_redis.kill()
    own_redis.start()
    with own_redis.client() as client:
        assert client.mget("before", "after") == [b"1", b"1"]
    own_redis.restore(snapshot)
    own_redis.restart()
    with own_redis.client() as client:
        assert client.mget("before", "after") == [b"1", None]
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
