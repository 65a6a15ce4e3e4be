"""One installation with a worker and an HTTP server, on real servers, and clients of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx2 as httpx
from confluent_kafka.admin import AdminClient

from schemas.policy import Policy
from schemas.times import rfc3339
from streams import topics
from streams.clock import now_us
from streams.engine import Engine
from streams.settings.settings import Settings
from streams.tables.connect import connect
from streams.tables.redis import RedisTables
from streams.web.access import SCOPES
from streams.web.keys import hashed
from streams.web.running import Bound
from streams.web.service import SHORT_S, Service
from streams.worker import WorkerThread

KEYS = {scope: f"ll_test-{scope}" for scope in SCOPES}
OPS = "ops@northwind-logistics.com"
REPS: Mapping[str, dict[str, Any]] = {
    "sam": {"name": "Sam", "team": "inbound", "role": "sdr", "manager": "mia", "email": "sam@ours.example"},
    "priya": {"name": "Priya", "team": "outbound", "role": "sdr", "manager": "noor", "email": "priya@ours.example"},
    "mia": {"name": "Mia", "team": "inbound", "role": "team_lead"},
    "noor": {"name": "Noor", "team": "outbound", "role": "team_lead"},
    "rita": {"name": "Rita", "team": "revops", "role": "revops"},
    "ada": {"name": "Ada", "team": "revops", "role": "revops"},
    "old": {"name": "Olaf", "team": "inbound", "role": "sdr", "active": False},
}


class Served:
    """`web`: settings of `[web]`."""

    def __init__(self, bootstrap: str, redis_url: str, name: str, folder: Path, policy: str = "", notify: Any = None, **web: Any) -> None:
        keys = folder / f"{name}-keys.toml"
        entry = '[[keys]]\nname = "{0}"\nhash = "{1}"\nscopes = ["{0}"]\n'
        keys.write_text("".join(entry.format(scope, hashed(key)) for scope, key in KEYS.items()))
        self.settings = Settings.given(
            kafka={"bootstrap_servers": bootstrap, "group_id": name, "topic_prefix": f"{name}.", "linger": "1ms"},
            topics={"partitions": 2},
            redis={"url": redis_url, "prefix": name},
            metrics={"port": 0},
            notify=notify or {},
            web={"port": 0, "keys_file": str(keys), "login": "development", "admins": ["ada"], "person_rate": 1000, **web},
        )
        topics.ensure(self.settings, AdminClient(self.settings.kafka_options("admin")))
        self.policy = Policy.parse(policy)
        self.client = connect(**self.settings.redis_options(), timeout=SHORT_S, connect_timeout=SHORT_S)
        self.tables = RedisTables(self.client, name)
        self.service = Service(self.settings, self.policy, self.client)
        self.bound = Bound(self.service)
        self.worker: WorkerThread | None = None

    def start(self, worker: bool = True) -> None:
        self.bound.start()
        if worker:
            self.worker = WorkerThread(self.settings, Engine(self.tables, self.policy))
            self.worker.start()

    def stop(self) -> None:
        self.bound.stop()
        if self.worker is not None:
            self.worker.stop()
        self.client.close()

    @property
    def url(self) -> str:
        return self.bound.url

    def machine(self, scope: str) -> httpx.Client:
        """A client with the key of a scope."""
        return httpx.Client(base_url=self.url, headers={"authorization": f"Bearer {KEYS[scope]}"}, timeout=20)

    def publish(self, topic: str, event_id: str, **facts: Any) -> None:
        """An event that happens now."""
        self.publish_all((topic, event_id, facts))

    def publish_all(self, *events: tuple[str, str, Mapping[str, Any]]) -> None:
        """Events that happen now, in one request."""
        with self.machine("publish") as client:
            response = client.post("/v1/events", json=[{"topic": topic, "value": stamped(name, facts)} for topic, name, facts in events])
            assert response.status_code == 202, response.text

    def holder(self, target: str) -> str | None:
        """The rep who holds a target."""
        with self.machine("check") as client:
            lock = client.get(f"/v1/locks/{target}").json()["lock"]
            return lock["owner"]["rep"] if lock else None

    def people(self) -> None:
        """Let the reps and Northwind be known, through the API and the worker."""
        events = [{"topic": "rep-updated", "value": stamped(f"rep-{rep}", {"rep": rep, **facts})} for rep, facts in REPS.items()]
        northwind = {"account_id": "nw", "name": "Northwind Logistics", "domains": ["northwind-logistics.com"]}
        events.append({"topic": "account-updated", "value": stamped("account-nw", northwind)})
        with self.machine("publish") as client:
            response = client.post("/v1/events", json=events)
            assert response.status_code == 202, response.text
        eventually(lambda: len(self.tables.directory()[1]) == len(events))


def stamped(event_id: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as an event that happens now."""
    return {"event_id": event_id, "occurred_at": rfc3339(now_us()), **facts}


def eventually(true: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait until something is so. Fails when it is not in time."""
    until = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < until, "it did not come to be"
        time.sleep(0.02)
    return found
