"""Doctor names what is wrong, why, and the cure, and changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient

from streams import doctor, topics
from streams.doctor import Finding, examine
from streams.embedded import EmbeddedStack
from streams.settings.settings import Settings
from tests.servers import Kafka, Redis, free_port

POLICY = '[windows]\nactivation = "24h"\n'


def by_name(settings: Settings) -> dict[str, Finding]:
    found = examine(settings)
    for finding in found:
        assert finding.ok != bool(finding.cause and finding.cure), finding
    return {finding.name: finding for finding in found}


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "rules-of-engagement.toml"
    path.write_text(POLICY)
    return path


@pytest.mark.kafka
@pytest.mark.redis
def test_everything_in_order(kafka: Kafka, own_redis: Redis, topic_prefix: str, policy: Path) -> None:
    kafka_settings = {"bootstrap_servers": kafka.bootstrap, "topic_prefix": topic_prefix}
    settings = Settings.given(kafka=kafka_settings, redis={"url": own_redis.url}, policy=policy)
    missing = by_name(settings)
    assert {name for name, found in missing.items() if not found.ok} == {f"topic {topic_prefix}{topic}" for topic in topics.ALL}
    assert all(found.warning for found in missing.values() if not found.ok)
    admin = AdminClient(settings.kafka_options("admin"))
    assert not [name for name in admin.list_topics(timeout=10).topics if name.startswith(topic_prefix)]
    topics.ensure(settings, admin)
    found = by_name(settings)
    assert list(found) == ["brokers", "topics", "broker clock", "redis", "redis persistence", "redis clock", "policy"]
    assert [finding for finding in found.values() if not finding.ok] == []
    assert found["topics"].seen == "11 as configured"
    assert found["redis persistence"].seen == "append-only file on, no save points"


@pytest.mark.redis
def test_servers_that_are_away_and_a_policy_that_is_wrong(monkeypatch: pytest.MonkeyPatch, policy: Path) -> None:
    monkeypatch.setattr(doctor, "KAFKA_SECONDS", 1.0)
    policy.write_text('[windows]\nactivaton = "24h"\n')
    port = free_port()
    kafka, redis = {"bootstrap_servers": f"127.0.0.1:{port}"}, {"url": f"redis://127.0.0.1:{port}"}
    found = by_name(Settings.given(kafka=kafka, redis=redis, policy=policy))
    assert list(found) == ["brokers", "redis", "policy"]
    assert [finding.ok for finding in found.values()] == [False, False, False]
    assert not any(finding.warning for finding in found.values())
    assert "Connection refused" in found["brokers"].cause
    assert "LEADLOCK_KAFKA_BOOTSTRAP_SERVERS" in found["brokers"].cure
    assert "LEADLOCK_REDIS_URL" in found["redis"].cure
    assert "activation" in found["policy"].cause


@pytest.mark.redis
def test_the_embedded_stack_warns_that_redis_keeps_nothing() -> None:
    with EmbeddedStack() as stack:
        found = by_name(Settings.given(kafka={"bootstrap_servers": stack.bootstrap}, redis={"url": stack.redis_url}))
    assert found["redis persistence"].warning
    assert found["redis persistence"].seen == "append-only file off, no save points"


@pytest.mark.redis
def test_a_redis_that_evicts_or_refuses_the_password(own_redis: Redis) -> None:
    settings = Settings.given(redis={"url": own_redis.url})
    with own_redis.client() as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        [refused] = doctor._redis(settings)
        assert (refused.ok, refused.warning) == (False, False)
        assert "maxmemory-policy is allkeys-lru" in refused.seen
        assert "noeviction" in refused.cure
        client.config_set("requirepass", "right")
    [locked_out] = doctor._redis(Settings.given(redis={"url": own_redis.url, "password": "wrong-one"}))
    assert not locked_out.ok
    assert "wrong-one" not in repr(locked_out)
    assert "password" in locked_out.cure


def test_options_that_librdkafka_does_not_know() -> None:
    [found] = doctor._kafka(Settings.given(kafka={"options": {"fetch.min.bites": 1}}))
    assert "fetch.min.bites" in found.cause


@pytest.mark.parametrize(
    ("said", "cure"),
    [
        (["SASL authentication error: Authentication failed"], "sasl_password"),
        (["SSL handshake failed: certificate verify failed"], "ca_file"),
        (["Failed to resolve 'kafak:9092': Name or service not known"], "host names"),
        ([], "broker runs"),
    ],
)
def test_the_cure_follows_the_cause(said: list[str], cure: str) -> None:
    assert cure in doctor._reach(said)


@pytest.mark.parametrize(("seconds", "ok"), [(0.0, True), (0.9, True), (-5.0, False), (5.0, False)])
def test_clocks_apart(seconds: float, ok: bool) -> None:
    class Client:
        def time(self) -> Any:
            import time

            now = time.time_ns() // 1000 + int(seconds * 1e6)
            return divmod(now, 1_000_000)

    found = doctor._redis_clock(Client())  # type: ignore[arg-type]
    assert (found.ok, found.warning) == (ok, not ok)
