"""A real Prometheus over real workers, on real servers, all of them from the environment files of the compose stack."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import yaml
from confluent_kafka import Producer

from schemas.times import rfc3339
from streams.day.planned import key_of
from streams.settings.settings import Settings
from streams.tables.connect import connect
from streams.tables.redis import RedisTables
from tests.integration.processes import Worker, wait_until
from tests.ops.compose import SINGLE, environment, stack
from tests.ops.sped import sped_rules
from tests.servers import ROOT, Kafka, Redis, Server, free_port

QUICK = {"statistics.interval.ms": 500, "reconnect.backoff.max.ms": 500, "heartbeat.interval.ms": 300}


class Stack:
    """Kafka, Redis and two workers. `settle` waits until everything published is decided."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kafka = Kafka(folder / "kafka")
        # A disk that has what was acknowledged, and a limit, as the compose stack has one.
        self.redis = Redis(folder / "redis", appendonly="yes", options={"appendfsync": "always", "maxmemory": "512mb"})
        self.workers: list[Worker] = []
        self.ports: list[int] = []
        self.ends: dict[str, int] = {}
        self.sent = 0

    def start(self) -> None:
        self.kafka.start()
        self.redis.start()
        self.given = environment(stack(*SINGLE)["services"]["worker"]) | {
            "LEADLOCK_KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap,
            "LEADLOCK_KAFKA_OPTIONS": json.dumps(QUICK),
            "LEADLOCK_REDIS_URL": self.redis.url,
            "LEADLOCK_POLICY": str(ROOT / "rules-of-engagement.toml"),
            "LEADLOCK_METRICS_HOST": "127.0.0.1",
        }
        for _ in range(2):
            self.worker()
        for worker, port in zip(self.workers, self.ports, strict=True):
            wait_until(lambda port=port: ready(port), worker.tail, 60)  # type: ignore[misc]
        self.producer = Producer({"bootstrap.servers": self.kafka.bootstrap, "enable.idempotence": True, "linger.ms": 5, "log_level": 0})
        self.tables = RedisTables(connect(self.redis.url), Settings.given().redis.prefix)

    def worker(self) -> None:
        """One more; its port is its own from the start, so that nobody asks another's."""
        self.ports.append(free_port())
        given = {**self.given, "LEADLOCK_METRICS_PORT": str(self.ports[-1])}
        self.workers.append(Worker(given, self.folder / f"worker{len(self.workers)}.log", "tests.ops.program"))

    def stop(self) -> None:
        for worker in self.workers:
            worker.kill()
        self.redis.kill()
        self.kafka.kill()

    def send(self, topic: str, ago: float = 0, **value: Any) -> None:
        """Publish an event that happened `ago` seconds ago."""
        self.sent += 1
        fields = {"event_id": f"e{self.sent}", "occurred_at": rfc3339(int((time.time() - ago) * 1e6)), **value}
        fields["class"] = fields.pop("as_", None)
        whole = {name: each for name, each in fields.items() if each is not None}
        self.put(topic, key_of(topic, whole), json.dumps(whole).encode())

    def put(self, topic: str, key: bytes, value: bytes) -> None:
        def delivered(error: Any, message: Any) -> None:
            if error is None:
                where = f"{topic}:{message.partition()}"
                self.ends[where] = max(self.ends.get(where, 0), message.offset() + 1)

        self.producer.produce(topic, value, key, on_delivery=delivered)
        self.producer.poll(0)

    def settle(self) -> None:
        assert self.producer.flush(20) == 0
        wait_until(self.done, lambda: "\n".join(worker.tail() for worker in self.workers), 60)

    def done(self) -> bool:
        stored = self.tables.offsets()
        return all(stored.get(where, 0) >= end for where, end in self.ends.items()) and not self.tables.outbox(1)


class Traffic:
    """Mails and checks, some a second, until the block ends."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Traffic:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._over.wait(0.1):
            number += 1
            contact = f"t{number % 50}@traffic{number % 7}.example"
            self._stack.send("email-sent", message_id=f"t{time.time_ns()}", contact=contact, rep="ana", sequence_id="s", step=1)
            self._stack.send("send-requested", contact=contact, rep="bob", stage="import")


class Prometheus(Server):
    """The real one, from a configuration like the stack's, with the sped-up rules."""

    def __init__(self, folder: Path, ports: list[int]) -> None:
        super().__init__(folder)
        self.port = free_port()
        (folder / "rules.yml").write_text(yaml.safe_dump(sped_rules()))
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s", "external_labels": {"leadlock_source": "https://leadlock.example"}},
            "rule_files": ["rules.yml"],
            "scrape_configs": [{"job_name": "leadlock-worker", "static_configs": [{"targets": [f"127.0.0.1:{port}" for port in ports]}]}],
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))

    def start(self) -> None:
        address = f"--web.listen-address=127.0.0.1:{self.port}"
        self._spawn(["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data", address], "prometheus.log")
        wait_until(self._ready, lambda: self._tail("prometheus.log"), 30)

    def query(self, expr: str) -> list[dict[str, Any]]:
        """The samples of an instant query. Raises AssertionError with Prometheus' own words when it is refused."""
        return self._asked(f"query?query={quote(expr)}")["result"]  # type: ignore[no-any-return]

    def firing(self) -> set[str]:
        """The names of the alerts that fire."""
        return {alert["labels"]["alertname"] for alert in self._asked("alerts")["alerts"] if alert["state"] == "firing"}

    def alerts(self) -> list[dict[str, Any]]:
        """Alerts that fire or are pending."""
        return self._asked("alerts")["alerts"]  # type: ignore[no-any-return]

    def _asked(self, path: str) -> dict[str, Any]:
        with urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}", timeout=20) as answer:
            found: dict[str, Any] = json.load(answer)
        assert found["status"] == "success", found
        return found["data"]  # type: ignore[no-any-return]

    def _ready(self) -> bool:
        assert self.process is not None and self.process.poll() is None, self._tail("prometheus.log")
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=2):
                return bool(self.query("count(up == 1) >= 1"))
        except OSError:
            return False


def ready(port: int) -> bool:
    """Whether the worker at that port says that it is ready."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
            return True
    except OSError:
        return False


def once(true: Callable[[], bool], what: Callable[[], str], seconds: float = 60) -> None:
    """Wait for it."""
    wait_until(true, what, seconds)
