"""The pre-send check over HTTP: how long an answer takes at a rate while the stream works, and how long a list takes.

Who sends events and who asks are processes of their own (`tests.bench.sending`, `tests.bench.asking`), which make all they send before.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import orjson

from streams.embedded import free_port
from streams.web.keys import hashed, new_key
from tests.bench.asking import check, request
from tests.bench.latency import Spread
from tests.bench.processor import Shares
from tests.bench.stack import Stack, processed
from tests.servers import ROOT

LIST = 10_000
RATE = 1_000
EVENTS_S = 5_000
WARM_S = 5.0
"""The stream runs so long before anything is asked: the broker's compiler is busy with what is new to it."""
START_S = 30.0
LIST_S = 15.0
"""What the list may take, and the end of it all: the stream goes on so much longer than the asking."""


class Answers(NamedTuple):
    """`asked`: checks that only ask; `claimed`: launches that claim, of contacts that nobody holds. `reached`: checks a second that were
    answered, `stream`: events a second that the worker processed meanwhile, `shares`: how many processors each process took. `listed`:
    seconds that a list of `LIST` addresses took, in requests of 1,000."""

    asked: Spread
    claimed: Spread
    reached: float
    stream: float
    shares: dict[str, float]
    listed: float


def answers(stack: Stack, run: int, rate: int, claims: int, seconds: float) -> Answers:
    """Checks at `rate` a second, then claims at `claims` a second, while `EVENTS_S` events a second are sent to the worker. Raises
    RuntimeError when a server ends, or answers with anything but 200."""
    prefix = f"http{run}"
    given = stack.given(prefix)
    stack.make_topics(given)
    stack.empty_redis()
    key = new_key()
    whole = WARM_S + 2 * seconds + LIST_S
    with stack.running("watched", given) as worker, _serving(stack, given, key) as (server, port), _sending(stack, prefix, whole) as sender:
        time.sleep(WARM_S)
        pids = {"worker": worker.process.pid, "server": server, "broker": _pid(stack.kafka.process), "Redis": _pid(stack.redis.process)}
        asking = _asking(port, key, rate, seconds, "import")
        shares, before, began = Shares(pids | {"sender": sender, "asker": asking.pid}), _done(stack), time.perf_counter()
        time.sleep(seconds)
        stream, taken = (_done(stack) - before) / (time.perf_counter() - began), shares.of()
        asked, reached = _answered(asking)
        claimed, _ = _answered(_asking(port, key, claims, seconds, "launch"))
        listed = asyncio.run(_list(port, key))
        worker.check("while checks were asked")
    return Answers(asked, claimed, reached, stream, taken, listed)


def _pid(process: subprocess.Popen[bytes] | None) -> int:
    assert process is not None, "the stack runs"
    return process.pid


@contextmanager
def _serving(stack: Stack, given: dict[str, dict[str, object]], key: str) -> Iterator[tuple[int, int]]:
    port = free_port()
    keys = stack.folder / f"keys-{stack.runs}.toml"
    keys.write_text(f'[[keys]]\nname = "bench"\nhash = "{hashed(key)}"\nscopes = ["check"]\n')
    flat = {f"LEADLOCK_{group}_{name}".upper(): str(value) for group, values in given.items() for name, value in values.items()}
    flat |= {"LEADLOCK_WEB_PORT": str(port), "LEADLOCK_WEB_KEYS_FILE": str(keys), "LEADLOCK_WEB_KEY_RATE": "100000"}
    log = stack.folder / f"serve-{stack.runs}.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "streams.cli", "serve"]
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | flat, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait(port, process, log.read_text)
            yield process.pid, port
        finally:
            process.terminate()
            process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes], said: object) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"leadlock serve does not run: {said() if callable(said) else ''}")


@contextmanager
def _sending(stack: Stack, prefix: str, seconds: float) -> Iterator[int]:
    """Events at `EVENTS_S`; the sender's pid."""
    words = [stack.kafka.bootstrap, f"{prefix}.email-sent", str(EVENTS_S), str(seconds)]
    with subprocess.Popen([sys.executable, "-m", "tests.bench.sending", *words], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            if not process.stdout.readline():
                raise RuntimeError("the sender of events does not run")
            yield process.pid
        finally:
            process.terminate()


def _asking(port: int, key: str, rate: int, seconds: float, stage: str) -> subprocess.Popen[bytes]:
    words = [str(port), key, str(rate), str(seconds), stage]
    return subprocess.Popen([sys.executable, "-m", "tests.bench.asking", *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _answered(asking: subprocess.Popen[bytes]) -> tuple[Spread, float]:
    """(how long answers took, how many a second there were). Raises RuntimeError with the asker's last words."""
    told, fault = asking.communicate()
    if asking.returncode:
        raise RuntimeError(f"checks were not answered: {fault.decode(errors='replace')[-2000:]}")
    found = json.loads(told)
    return Spread(*found["spread"]), found["rate"]


def _done(stack: Stack) -> int:
    with stack.redis.client() as client:
        return processed(client)


async def _list(port: int, key: str) -> float:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    began = time.perf_counter()
    for start in range(0, LIST, 1000):
        checks = [json.loads(check(number, "import")) for number in range(start, start + 1000)]
        writer.write(request(key, orjson.dumps(checks)))
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        found = orjson.loads(await reader.readexactly(length))
        if any(one["status"] != 200 for one in found["results"]):
            raise RuntimeError("a check of the list was refused")
    took = time.perf_counter() - began
    writer.close()
    return took
