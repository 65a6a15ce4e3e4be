"""What HTTP answers while a server is away, or came back with less, and when a worker was faster."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from streams.engine import Engine
from streams.worker import WorkerThread
from tests.servers import Kafka, Redis
from tests.web.served import Served, eventually
from tests.web.test_api import check, on_topic

pytestmark = [pytest.mark.kafka, pytest.mark.redis]


@pytest.fixture
def alone(kafka: Kafka, own_redis: Redis, tmp_path: Path) -> Iterator[Served]:
    """Served without a worker, on a Redis of its own, where the policy says `warn`."""
    name = f"w{uuid.uuid4().hex[:8]}"
    made = Served(kafka.bootstrap, own_redis.url, name, tmp_path, '[sends]\nwhen_unavailable = "warn"\n')
    try:
        made.start(worker=False)
        yield made
    finally:
        made.stop()


def launch(client: httpx.Client, contact: str) -> httpx.Response:
    return client.post("/v1/send-checks", json={"contact": contact, "rep": "sam", "stage": "launch"})


def test_while_redis_is_away_the_policy_answers_and_nothing_is_published(alone: Served, own_redis: Redis) -> None:
    with alone.machine("check") as client, alone.machine("command") as commander:
        assert launch(client, "a@fabrikam.com").json()["claim"]
        own_redis.kill()
        first = client.post("/v1/send-checks", json={"contact": "b@fabrikam.com", "rep": "sam", "stage": "import"})
        assert (first.status_code, first.headers["content-type"]) == (503, "application/problem+json")
        assert (first.json()["verdict"], first.headers["retry-after"]) == ("warn", "2")
        assert launch(client, "b@fabrikam.com").json()["verdict"] == "warn"
        many = client.post("/v1/send-checks", json=[{"contact": "b@fabrikam.com", "rep": "sam", "stage": "launch"}])
        assert [(one["status"], one["problem"]["verdict"]) for one in many.json()["results"]] == [(503, "warn")]
        for response in (
            commander.post("/v1/claims", json={"by": "sam", "contact": "b@fabrikam.com"}),
            commander.get("/v1/locks/b@fabrikam.com"),
            commander.get("/v1/reviews"),
        ):
            assert (response.status_code, response.json()["type"]) == (503, "urn:leadlock:problem:unavailable")
        assert len(on_topic(alone, "send-requested")) == 1
        assert on_topic(alone, "ownership-commands") == []
        own_redis.start()
        eventually(lambda: launch(client, "b@fabrikam.com").status_code == 200)


def test_a_redis_that_came_back_older_answers_nothing_until_it_is_replayed(alone: Served, own_redis: Redis) -> None:
    worker = WorkerThread(alone.settings, Engine(alone.tables, alone.policy))
    worker.start()
    old = own_redis.snapshot()
    with alone.machine("check") as client:
        assert launch(client, "c@fabrikam.com").json()["claim"]["owner"]["rep"] == "sam"
        eventually(lambda: sum(alone.tables.offsets().values()) == 1)
        eventually(lambda: check(client, "c@fabrikam.com", "priya")["rule"] == "contact_locked")  # and has seen the offset
        worker.stop()
        own_redis.restore(old)
        asked = {"contact": "c@fabrikam.com", "rep": "priya", "stage": "import"}
        lost = client.post("/v1/send-checks", json=asked)
        assert lost.status_code == 503, "the grant is lost: to say that the contact is free would be a lie"
        worker = WorkerThread(alone.settings, Engine(alone.tables, alone.policy))
        worker.start()
        try:
            eventually(lambda: client.post("/v1/send-checks", json=asked).status_code == 200)
            assert check(client, "c@fabrikam.com", "priya")["held_by"]["rep"] == "sam"
        finally:
            worker.stop()


def test_an_answer_that_a_worker_gave_first_is_passed_on(alone: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = WorkerThread(alone.settings, Engine(alone.tables, alone.policy))
    worker.start()
    decide = alone.service.decider.decide

    async def late(topic: str, event: Any, record: Any) -> Any:
        import asyncio

        await asyncio.sleep(1)
        return await decide(topic, event, record)

    monkeypatch.setattr(alone.service.decider, "decide", late)
    try:
        with alone.machine("check") as client:
            found = check(client, "d@fabrikam.com", "sam", "launch")
        assert (found["verdict"], found["rule"], found["claim"]["owner"]["rep"]) == ("allow", "free", "sam")
    finally:
        worker.stop()
