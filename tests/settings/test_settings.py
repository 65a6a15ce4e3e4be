"""Settings: where they come from, what is refused and in which words, and that secrets stay secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streams.errors import BadSettings
from streams.settings.faults import duration
from streams.settings.settings import Settings

SECRET = "hunter2-hunter2"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder and no variables of ours."""
    import os

    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.upper().startswith("LEADLOCK_"):
            monkeypatch.delenv(name)


def refusal(**values: object) -> str:
    with pytest.raises(BadSettings) as caught:
        Settings(**values)
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_defaults_run_on_one_machine() -> None:
    settings = Settings()
    assert (settings.kafka.bootstrap_servers, settings.kafka.group_id, settings.kafka.batch_size) == ("localhost:9092", "leadlock", 2000)
    assert (settings.topics.timestamps, settings.topics.partitions) == ("LogAppendTime", 4)
    assert (settings.clock, settings.max_future_skew, settings.policy_file()) == ("wall", 86_400_000_000, None)


def test_arguments_win_over_environment_over_file_over_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "leadlock.toml").write_text('clock = "records"\n[kafka]\ngroup_id = "file"\nbatch_size = 7\ntopic_prefix = "file."\n')
    monkeypatch.setenv("LEADLOCK_KAFKA_GROUP_ID", "environment")
    monkeypatch.setenv("LEADLOCK_KAFKA_TOPIC_PREFIX", "environment.")
    settings = Settings(kafka={"topic_prefix": "argument."})
    kafka = settings.kafka
    assert (kafka.topic_prefix, kafka.group_id, kafka.batch_size, settings.clock) == ("argument.", "environment", 7, "records")
    assert Settings.given().kafka.group_id == "leadlock"


def test_the_file_may_lie_elsewhere_but_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    monkeypatch.setenv("LEADLOCK_SETTINGS", str(other))
    assert f"no file {other}" in refusal()
    other.write_text("[metrics]\nport = 1234\n")
    assert Settings().metrics.port == 1234
    other.write_text("[metrics\n")
    assert f"{other} is no TOML" in refusal()
    other.write_bytes(b"\xff")
    assert f"{other} is not UTF-8" in refusal()


def test_a_policy_in_the_working_directory_is_found(tmp_path: Path) -> None:
    (tmp_path / "rules-of-engagement.toml").write_text("")
    assert Settings().policy_file() == Path("rules-of-engagement.toml")
    assert "policy = 'rules-of-engagment.toml' is no file: nearest rules-of-engagement.toml" in refusal(policy="rules-of-engagment.toml")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("LEADLOCK_CLOK", "wall", "environment variable LEADLOCK_CLOK: there is no such setting: nearest LEADLOCK_CLOCK"),
        ("LEADLOCK_KAFKA_BOTSTRAP_SERVERS", "k:1", "nearest LEADLOCK_KAFKA_BOOTSTRAP_SERVERS"),
        ("LEADLOCK_CLOCK", "recrods", "clock (environment variable LEADLOCK_CLOCK) = 'recrods' is none of wall, records: nearest records"),
        ("LEADLOCK_TOPICS_TIMESTAMPS", "LogAppend", "is none of LogAppendTime, CreateTime: nearest LogAppendTime"),
        ("LEADLOCK_KAFKA_BATCH_SIZE", "0", "= '0' is out of range: nearest 1"),
        ("LEADLOCK_KAFKA_BATCH_SIZE", "2000 records", "is no whole number: nearest 2000"),
        ("LEADLOCK_METRICS_PORT", "70000", "is out of range: nearest 65535"),
        ("LEADLOCK_REDIS_CLUSTER", "yess", "is neither true nor false: nearest true"),
        ("LEADLOCK_REDIS_PREFIX", "a{b}", "nearest 'ab'"),
        ("LEADLOCK_REDIS_URL", "localhost:6379", "does not begin with redis://, rediss:// (TLS) or unix://: nearest redis://"),
        ("LEADLOCK_REDIS_URL", "redis://host:99999", "Port out of range"),
        ("LEADLOCK_MAX_FUTURE_SKEW", "5 minutes", "= '5 minutes' is not a duration: no unit 'minutes': nearest 5m"),
        ("LEADLOCK_MAX_FUTURE_SKEW", "0s", "is out of range: nearest 1"),
        ("LEADLOCK_KAFKA_LINGER", "3us", "is finer than a millisecond: nearest 1ms"),
        ("LEADLOCK_KAFKA_OPTIONS", "{", "environment variable LEADLOCK_KAFKA_OPTIONS is no JSON object"),
        ("LEADLOCK_KAFKA_OPTIONS", '{"enable.auto.commit": true}', "enable.auto.commit is the worker's own and cannot be set"),
        ("LEADLOCK_KAFKA_OPTIONS", '{"sasl.password": "x"}', "sasl.password is set by kafka.sasl_password"),
        ("LEADLOCK_KAFKA_OPTIONS", '{"fetch.min.bytes": [1]}', "fetch.min.bytes is refused"),
        ("LEADLOCK_KAFKA_SASL_MECHANISM", "PLAIN", "security_protocol PLAINTEXT does not use them: nearest SASL_SSL"),
        ("LEADLOCK_KAFKA_SECURITY_PROTOCOL", "sasl_ssl", "sasl_mechanism is missing"),
        ("LEADLOCK_KAFKA_MAX_POLL_INTERVAL", "10s", "max_poll_interval is shorter than session_timeout: nearest 45000ms"),
    ],
)
def test_wrong_values_are_named_with_their_nearest(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str) -> None:
    monkeypatch.setenv(variable, value)
    assert words in refusal()


def test_unknown_keys_of_the_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "leadlock.toml").write_text('[kafak]\na = 1\n[kafka]\nbatchsize = 1\nlevel = "INFO"\n')
    said = refusal()
    assert "kafak (in leadlock.toml): there is no such setting: nearest kafka" in said
    assert "kafka.batchsize (in leadlock.toml): there is no such setting: nearest kafka.batch_size" in said
    assert "level is of [log]" in said


def test_the_data_sets_folder_is_no_setting_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLOCK_SHARED", "anywhere")
    assert Settings().model_dump() == Settings.given().model_dump()


SASL = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN", "sasl_username": "worker", "sasl_password": SECRET}


def test_secrets_reach_the_client_and_nothing_that_is_shown() -> None:
    url = f"redis://worker:{SECRET}@redis.example:6379/0"
    settings = Settings(kafka={**SASL, "options": {"sasl.oauthbearer.client.secret": SECRET}}, redis={"url": url})
    assert settings.kafka_options("admin")["sasl.password"] == SECRET
    assert settings.redis_options()["password"] == SECRET
    assert settings.redis.url == "redis://redis.example:6379/0"
    assert settings.redis.username == "worker"
    assert SECRET not in repr(settings) + str(settings)


@pytest.mark.parametrize(
    "values",
    [
        {"kafka": {**SASL, "security_protocol": "PLAINTEXT"}},
        {"kafka": {**SASL, "sasl_username": None}},
        {"kafka": {"sasl_pasword": SECRET}},
        {"kafka": {"sasl_password": [SECRET]}},
        {"kafka": {"options": {"sasl.password": SECRET}}},
        {"kafka": {"options": {"sasl.oauthbearer.client.secret": [SECRET]}}},
        {"kafka": SECRET},
        {"redis": {"url": f"http://u:{SECRET}@h"}},
        {"redis": {"url": f"redis://[u:{SECRET}@h"}},
        {"redis": {"url": f"redis://u:{SECRET}@h", "password": SECRET}},
    ],
    ids=range(10),
)
def test_no_refusal_tells_a_secret(values: dict[str, object]) -> None:
    said = refusal(**values)
    assert SECRET not in said
    assert said.startswith(next(iter(values)))


def test_a_secret_in_a_broken_variable_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLOCK_REDIS", json.dumps({"password": SECRET})[:-1])
    assert SECRET not in refusal()


def test_kafka_options_by_role() -> None:
    settings = Settings(kafka={"options": {"fetch.min.bytes": 3}, "max_poll_interval": "2m"})
    consumer, producer, admin = (settings.kafka_options(role) for role in ("consumer", "producer", "admin"))
    assert (consumer["enable.auto.commit"], consumer["max.poll.interval.ms"], consumer["fetch.min.bytes"]) == (False, 120_000, 3)
    assert (producer["acks"], producer["enable.idempotence"], producer["message.timeout.ms"]) == ("all", True, 0)
    assert "group.id" not in admin | producer


def test_durations() -> None:
    assert [duration(text) for text in ("500ms", "30s", "5m", "48h", "7d", "9us", 12)] == [
        500_000, 30_000_000, 300_000_000, 172_800_000_000, 604_800_000_000, 9, 12
    ]  # fmt: skip
    for wrong in ("", "5", "m", "-5m", "1.5h", "5 weeks", True, 1.5, None):
        with pytest.raises(ValueError, match=r"is not a duration.*nearest"):
            duration(wrong)
