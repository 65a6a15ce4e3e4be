"""Installations on the session's Kafka and Redis; their workers end with the test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from streams.day.planned import MILLISECOND, MINUTE
from tests.conftest import missing
from tests.integration.stack import Installation
from tests.servers import Kafka, Redis, why_no_redis

Make = Callable[..., Installation]


@pytest.fixture
def installations(tmp_path: Path) -> Iterator[list[Installation]]:
    """Those that the test makes."""
    made: list[Installation] = []
    yield made
    for one in made:
        for worker in one.workers:
            worker.kill()


@pytest.fixture
def installation(kafka: Kafka, redis_server: Redis, installations: list[Installation], prefix: str, tmp_path: Path) -> Make:
    """Makes an installation on the session's servers, or on the Redis or Kafka given."""

    def make(redis: Redis = redis_server, broker: Kafka = kafka, **options: Any) -> Installation:
        made = Installation(broker.bootstrap, redis.url, prefix, tmp_path, **options)
        installations.append(made)
        return made

    return make


@pytest.fixture
def strict_redis(tmp_path: Path) -> Iterator[Redis]:
    """A real redis-server that has on disk whatever it acknowledged, and that the test may kill and turn back."""
    if reason := why_no_redis():
        missing(reason)
    server = Redis(tmp_path / "redis", appendonly="yes", options={"appendfsync": "always"})
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture
def lately() -> int:
    """Half an hour ago, in whole milliseconds: events from then on come due by the wall's clock only much later."""
    return time.time_ns() // 1000 // MILLISECOND * MILLISECOND - 30 * MINUTE
