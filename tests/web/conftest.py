"""An installation that is served, for a whole module: with a worker beside it, and with reps and an account known."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import httpx2 as httpx
import pytest

from tests.servers import Kafka, Redis
from tests.web.served import Served


@pytest.fixture(scope="module")
def served(kafka: Kafka, redis_server: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(kafka.bootstrap, redis_server.url, f"w{uuid.uuid4().hex[:8]}", tmp_path_factory.mktemp("web"))
    try:
        made.start()
        made.people()
        yield made
    finally:
        made.stop()


@pytest.fixture
def checker(served: Served) -> Iterator[httpx.Client]:
    with served.machine("check") as client:
        yield client


@pytest.fixture
def commander(served: Served) -> Iterator[httpx.Client]:
    with served.machine("command") as client:
        yield client
