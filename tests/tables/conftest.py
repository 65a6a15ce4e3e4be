"""The backends that every contract test runs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from streams.tables.connect import Client, connect
from streams.tables.contract import Tables
from streams.tables.memory import MemoryTables
from streams.tables.redis import RedisTables
from tests.tables.servers import form_cluster, running

_installations = count(1)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("redis")) as port:
        yield f"redis://127.0.0.1:{port}/0"


@pytest.fixture(scope="session")
def redis_client(redis_url: str) -> Iterator[Client]:
    client = connect(redis_url)
    yield client
    client.close()


@pytest.fixture(scope="session")
def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("cluster")
    with running(directory, "--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1") as port:
        form_cluster(port)
        yield f"redis://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def cluster_client(cluster_url: str) -> Iterator[Client]:
    client = connect(cluster_url, cluster=True)
    yield client
    client.close()


def installation(client: Client, log_limit: int = 1_000_000) -> RedisTables:
    """Tables of their own: tests share the server, not the prefix."""
    return RedisTables(client, f"test{next(_installations)}", log_limit)


@pytest.fixture
def redis_tables(redis_client: Client) -> RedisTables:
    return installation(redis_client)


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis), pytest.param("cluster", marks=pytest.mark.redis)])
def make_tables(request: pytest.FixtureRequest) -> Callable[..., Tables]:
    """Makes empty tables; takes `log_limit`."""
    if request.param == "memory":
        return MemoryTables
    client = request.getfixturevalue(f"{request.param}_client")
    return lambda log_limit=1_000_000: installation(client, log_limit)


@pytest.fixture
def tables(make_tables: Callable[..., Tables]) -> Tables:
    return make_tables()
