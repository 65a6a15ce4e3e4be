"""Fixtures of every test: real servers for the session, names of its own for each test. What is missing skips, and fails in CI."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import ROOT, Kafka, Redis, in_ci, why_no_kafka, why_no_redis


def missing(reason: str) -> None:
    """Skip the test, or fail it in CI, where everything must be there."""
    if in_ci():
        pytest.fail(f"CI must have it: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A real broker for the whole session; use `topic_prefix` to keep out of other tests' way."""
    if reason := why_no_kafka():
        missing(reason)
    server = Kafka(tmp_path_factory.mktemp("kafka"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[Kafka]:
    """A real broker that the test may kill."""
    if reason := why_no_kafka():
        missing(reason)
    server = Kafka(tmp_path / "kafka")
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A real redis-server for the whole session, without persistence; use `prefix` to keep out of other tests' way."""
    if reason := why_no_redis():
        missing(reason)
    server = Redis(tmp_path_factory.mktemp("redis"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Redis]:
    """A real redis-server with an append-only file, that the test may kill and turn back."""
    if reason := why_no_redis():
        missing(reason)
    server = Redis(tmp_path / "redis", appendonly="yes")
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    return redis_server.url


@pytest.fixture
def prefix() -> str:
    """A prefix of Redis keys that no other test has."""
    return f"t{uuid.uuid4().hex[:8]}"


@pytest.fixture
def topic_prefix(prefix: str) -> str:
    """A prefix of topic names that no other test has."""
    return f"{prefix}."


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of the contract's shared scenarios and data sets: LEADLOCK_SHARED, else `shared` beside the checkout."""
    folder = Path(os.environ.get("LEADLOCK_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        missing(f"no folder {folder}: set LEADLOCK_SHARED")
    return folder
