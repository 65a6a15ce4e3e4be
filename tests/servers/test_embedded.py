"""The embedded stack: a broker and a Redis that answer, are ours, and die with us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from confluent_kafka import Consumer, Producer

from streams import embedded
from streams.embedded import EmbeddedStack
from streams.errors import StoreUnavailable
from tests.servers import ROOT, Redis

PROGRAM = """
import signal
from streams.embedded import EmbeddedStack
stack = EmbeddedStack()
print(stack._redis.pid, stack._directory, flush=True)
signal.pause()
"""

pytestmark = pytest.mark.redis


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # A zombie whose parent has died and that init has yet to reap.
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"


def eventually(pid: int, directory: Path) -> bool:
    for _ in range(500):
        if gone(pid) and not directory.exists():
            return True
        time.sleep(0.02)
    return False


def test_both_servers_answer_and_are_gone_after_close() -> None:
    with EmbeddedStack() as stack:
        pid, directory = stack._redis.pid, stack._directory
        with redis.Redis.from_url(stack.redis_url) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.info("server")["process_id"] == pid
        producer = Producer({"bootstrap.servers": stack.bootstrap, "log_level": 0})
        producer.produce("email-sent", b"{}", key=b"a")
        assert producer.flush(10) == 0
        consumer = Consumer({"bootstrap.servers": stack.bootstrap, "group.id": "g", "auto.offset.reset": "earliest", "log_level": 0})
        consumer.subscribe(["email-sent"])
        message = consumer.poll(20)
        assert message is not None
        assert (message.error(), message.value()) == (None, b"{}")
        consumer.close()
    stack.close()  # a second time does nothing
    assert gone(pid)
    assert not directory.exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "terminated"])
def test_redis_dies_with_the_program(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        assert program.stdout is not None
        pid, directory = program.stdout.readline().split()
        assert not gone(int(pid))
        program.send_signal(number)
    assert eventually(int(pid), Path(directory))


def test_a_port_that_another_server_took_is_given_up(redis_server: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    ports = iter([redis_server.port, embedded.free_port()])
    monkeypatch.setattr(embedded, "free_port", lambda: next(ports))
    with EmbeddedStack() as stack:
        assert str(redis_server.port) not in stack.redis_url


def test_no_redis_on_the_machine_is_said_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "redis_executable", lambda: None)
    with pytest.raises(StoreUnavailable, match="install Redis"):
        EmbeddedStack()
