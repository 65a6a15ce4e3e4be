"""`demo`, `up` and `worker`: the commands that bring servers with them, or need them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from confluent_kafka import Consumer, Producer

from schemas.times import rfc3339
from streams.clock import now_us
from tests.cli.conftest import OPS
from tests.servers import ROOT, Kafka, free_port

LEADLOCK = [sys.executable, "-m", "streams.cli"]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEADLOCK_")}
    return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **more}


@contextmanager
def running(folder: Path, *words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    command = [*LEADLOCK, *words]
    with subprocess.Popen(
        command, cwd=folder, env=environment(**more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def mail(bootstrap: str, topic: str) -> None:
    producer = Producer({"bootstrap.servers": bootstrap})
    value = {"event_id": "e1", "occurred_at": rfc3339(now_us()), "message_id": "m1", "contact": OPS, "rep": "sam"}
    producer.produce(topic, json.dumps(value).encode())
    assert producer.flush(20) == 0


def first_decision(bootstrap: str, topic: str) -> dict[str, object]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "first", "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    try:
        for _ in range(60):
            message = consumer.poll(1)
            if message is not None and message.error() is None:
                found: dict[str, object] = json.loads(message.value() or b"")
                return found
    finally:
        consumer.close()
    raise AssertionError("no decision within a minute")


@pytest.mark.redis
def test_demo_tells_northwinds_day_and_ends_well(tmp_path: Path) -> None:
    done = subprocess.run(
        [*LEADLOCK, "demo", "--events", "1500"], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout, "no colours where there is no terminal"
    assert max(map(len, done.stdout.splitlines())) <= 100
    for said in ("10:05  claim granted", "Sam writes first", "one prospect, one voice", "1,500 events", "Who owns whom"):
        assert said in done.stdout
    assert re.search(r"14:31 +send verdict: warn +vp\.ops@northwind-logistics\.com", done.stdout)
    assert "came through Kafka, under the same id" in done.stderr


@pytest.mark.redis
def test_demo_plays_a_users_lists_as_json_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("account_id,name,domains,country\na1,Acme,acme.example,US\n")
    people = "".join(f"l{number},Acme,p{number}@acme.example,US\n" for number in range(20))
    (tmp_path / "leads.csv").write_text(f"lead_id,company,email,country\n{people}")
    command = [*LEADLOCK, "demo", "--accounts", "accounts.csv", "--leads", "leads.csv", "--json"]
    first, second = (subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, timeout=120) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    *decisions, last = map(json.loads, first.stdout.splitlines())
    assert last["summary"]["decisions"] == len(decisions) > 20
    assert [one["decided_at"] for one in decisions] == sorted(one["decided_at"] for one in decisions)


@pytest.mark.redis
def test_up_stays_up_until_it_is_interrupted(tmp_path: Path) -> None:
    with running(tmp_path, "up") as up:
        assert up.stdout is not None
        said = ""
        while "leadlock check" not in said:
            line = up.stdout.readline()
            assert line, up.stderr.read() if up.stderr else ""
            said += line
        bootstrap = re.search(r"^Kafka +(\S+)$", said, re.MULTILINE)
        redis = re.search(r"^Redis +(\S+)$", said, re.MULTILINE)
        assert bootstrap is not None
        assert redis is not None
        mail(bootstrap[1], "email-sent")
        decision = first_decision(bootstrap[1], "routing-decisions")
        assert (decision["kind"], decision["rule"]) == ("claim_granted", "first_touch")
        asked = [*LEADLOCK, "check", OPS, "--rep", "priya"]
        assert subprocess.run(asked, cwd=tmp_path, env=environment(LEADLOCK_REDIS_URL=redis[1]), check=False).returncode == 20
        up.send_signal(signal.SIGINT)
        assert up.wait(30) == 0


@pytest.mark.kafka
@pytest.mark.redis
def test_worker_makes_its_topics_decides_and_drains(kafka: Kafka, redis_url: str, prefix: str, tmp_path: Path) -> None:
    settings = {
        "LEADLOCK_KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
        "LEADLOCK_KAFKA_TOPIC_PREFIX": f"{prefix}.",
        "LEADLOCK_KAFKA_GROUP_ID": prefix,
        "LEADLOCK_REDIS_URL": redis_url,
        "LEADLOCK_REDIS_PREFIX": prefix,
        "LEADLOCK_METRICS_PORT": str(free_port()),
        "LEADLOCK_LOG_FORMAT": "json",
    }
    with running(tmp_path, "worker", **settings) as worker:
        assert worker.stderr is not None
        logged = [worker.stderr.readline()]
        while "assigned" not in logged[-1]:
            assert logged[-1], "the worker ended"
            logged.append(worker.stderr.readline())
        mail(kafka.bootstrap, f"{prefix}.email-sent")
        assert first_decision(kafka.bootstrap, f"{prefix}.routing-decisions")["kind"] == "claim_granted"
        port = int(next(line for line in logged if "metrics and health" in line).rpartition(":")[2].split('"')[0])
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            assert b'leadlock_decisions_total{kind="claim_granted",rule="first_touch"} 1.0' in answer.read()
        for check in ("healthz", "readyz"):
            with urlopen(f"http://127.0.0.1:{port}/{check}", timeout=10) as answer:
                assert json.load(answer) == {"ok": True, "faults": []}
        worker.send_signal(signal.SIGTERM)
        logged += worker.stderr.readlines()
        assert worker.wait(30) == 0
    assert all(json.loads(line)["level"] for line in logged)
    assert not any("northwind" in line for line in logged), "no address in a log line at info"
