"""An installation that is served, for a whole module: with a worker beside it, and with reps and an account known."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser

from tests.conftest import missing
from tests.servers import Kafka, Redis
from tests.web.browser import Person, chromium, executable
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if executable() is None:
        missing("no chromium on the PATH")
    with chromium() as started:
        yield started


@pytest.fixture
def at(browser: Browser, served: Served) -> Iterator[Any]:
    """`at("sam")`: a rep at the console."""
    people: list[Person] = []

    def come(rep: str, **options: Any) -> Person:
        people.append(Person(browser, served, rep, **options))
        return people[-1]

    yield come
    for person in people:
        person.close()
        assert person.complaints == [], person.rep
