"""Topics are made as the settings say, and a topic that does not fit is named with its cure."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from streams import topics
from streams.embedded import EmbeddedStack
from streams.errors import BrokerUnavailable, TopicMismatch
from streams.settings.settings import Settings
from tests.servers import Kafka, free_port


def settings_for(bootstrap: str, prefix: str = "", **values: Any) -> Settings:
    return Settings.given(kafka={"bootstrap_servers": bootstrap, "topic_prefix": prefix}, **values)


def admin_for(settings: Settings) -> AdminClient:
    return AdminClient(settings.kafka_options("admin") | {"log_level": 0})


def test_names_go_there_and_back() -> None:
    settings = settings_for("unused", "eu.")
    assert topics.full_name(settings, "email-sent") == "eu.email-sent"
    assert {topics.short_name(settings, topics.full_name(settings, topic)) for topic in topics.ALL} == set(topics.ALL)
    assert len(set(topics.ALL)) == 11


def test_configuration_of_each_kind() -> None:
    settings = settings_for("unused", topics={"retention_inbound": "2d", "timestamps": "CreateTime"})
    compacted = {topic for topic in topics.ALL if topics.wanted(settings, topic)["cleanup.policy"] == "compact"}
    assert compacted == {"account-updated", "rep-updated", "lock-changes"}
    assert topics.wanted(settings, "email-sent") == {
        "cleanup.policy": "delete",
        "retention.ms": "172800000",
        "message.timestamp.type": "CreateTime",
        "max.message.bytes": "1048588",
    }
    replay = settings_for("unused", clock="records", topics={"timestamps": "CreateTime"})
    assert topics.wanted(replay, "email-sent")["retention.ms"] == "-1"


@pytest.mark.kafka
def test_missing_topics_are_made_by_whoever_starts_and_then_fit(kafka: Kafka, topic_prefix: str) -> None:
    settings = settings_for(kafka.bootstrap, topic_prefix, topics={"partitions": 3})
    before = topics.describe(settings, admin_for(settings))
    assert {fault.found for found in before for fault in found.faults} == {"missing"}
    with ThreadPoolExecutor(2) as workers:  # two workers at once: one of them finds topics that were not there a moment ago
        assert [done.result() for done in [workers.submit(topics.ensure, settings, admin_for(settings)) for _ in range(2)]] == [None, None]
    found = {found.topic: found for found in topics.describe(settings, admin_for(settings))}
    assert set(found) == {topic_prefix + topic for topic in topics.ALL}
    assert {(one.partitions, one.faults) for one in found.values()} == {(3, ())}
    for topic in topics.ALL:
        assert topics.wanted(settings, topic).items() <= found[topic_prefix + topic].config.items()


@pytest.mark.kafka
def test_topics_that_do_not_fit_are_named_with_their_cure(kafka: Kafka, topic_prefix: str) -> None:
    settings = settings_for(kafka.bootstrap, topic_prefix)
    config = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": "2097152"}  # larger than needed fits
    kafka.create_topics(f"{topic_prefix}email-sent", partitions=2, config=config)
    with pytest.raises(TopicMismatch) as one:
        topics.ensure(settings, admin_for(settings))
    assert str(one.value).startswith(f"Kafka topic {topic_prefix}email-sent does not fit: partitions is 2, needed is 4. ")
    assert "set LEADLOCK_TOPICS_PARTITIONS=2" in str(one.value)
    other = settings_for(kafka.bootstrap, topic_prefix, topics={"timestamps": "CreateTime", "partitions": 2, "max_message_bytes": 4194304})
    with pytest.raises(TopicMismatch) as many:
        topics.ensure(other, admin_for(other))
    said = str(many.value)
    assert f"{topic_prefix}email-sent: message.timestamp.type is LogAppendTime, needed is CreateTime" in said
    assert f"--entity-name {topic_prefix}email-sent --add-config max.message.bytes=4194304" in said
    assert f"{topic_prefix}send-requested: partitions is 4, needed is 2" in said


@pytest.mark.kafka
def test_a_topic_that_is_not_compacted_does_not_fit(kafka: Kafka, topic_prefix: str) -> None:
    settings = settings_for(kafka.bootstrap, topic_prefix)
    config = {"message.timestamp.type": "LogAppendTime", "cleanup.policy": "compact,delete"}
    kafka.create_topics(f"{topic_prefix}rep-updated", config=config)
    with pytest.raises(TopicMismatch, match=r"rep-updated.*cleanup\.policy is compact,delete, needed is compact\. Run kafka-configs"):
        topics.ensure(settings, admin_for(settings))


@pytest.mark.redis
def test_the_embedded_broker_is_left_alone() -> None:
    with EmbeddedStack() as stack:
        settings = settings_for(stack.bootstrap)
        admin = admin_for(settings)
        topics.ensure(settings, admin)
        assert not admin.list_topics(timeout=10).topics
        producer = Producer({"bootstrap.servers": stack.bootstrap, "log_level": 0})
        producer.produce("email-sent", b"{}")
        assert producer.flush(10) == 0
        faults = {found.topic: found.faults for found in topics.describe(settings, admin)}
        assert faults["email-sent"] == ()
        assert [fault.found for fault in faults["lead-created"]] == ["missing"]


def test_a_broker_that_is_away_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "TIMEOUT", 0.5)
    settings = settings_for(f"127.0.0.1:{free_port()}")
    with pytest.raises(BrokerUnavailable, match="Kafka did not answer when asked for its topics"):
        topics.ensure(settings, admin_for(settings))
