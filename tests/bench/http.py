"""The pre-send check over HTTP: how long an answer takes at a rate while the stream works, and how long a list takes."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import orjson
import uvloop
from confluent_kafka import Producer

from streams.embedded import free_port
from streams.web.keys import hashed, new_key
from tests.bench.latency import WARM_S, Spread, spread
from tests.bench.stack import PREFIX, Stack
from tests.bench.workload import Scale, address, mails
from tests.servers import ROOT

CONNECTIONS = 32
"""An outreach platform's pool: far more than are busy at once at the rates measured."""
LIST = 10_000
EVENTS_S = 5_000
START_S = 30.0


class Answers(NamedTuple):
    """`asked`: checks that only ask; `claimed`: launches that claim, of contacts that nobody holds. `stream`: events a second that the
    worker processed meanwhile. `listed`: seconds that a list of `LIST` addresses took, in requests of 1,000."""

    asked: Spread
    claimed: Spread
    stream: float
    listed: float


def answers(stack: Stack, run: int, rate: int, claims: int, seconds: float) -> Answers:
    """Checks at `rate` a second, then claims at `claims` a second, while `EVENTS_S` events a second are sent to the worker. Raises
    RuntimeError when a server ends, or answers with anything but 200."""
    prefix = f"http{run}"
    given = stack.given(prefix)
    stack.make_topics(given)
    stack.empty_redis()
    key = new_key()
    with stack.running("worker", given) as worker, _serving(stack, given, key) as port:
        stop = threading.Event()
        sending = threading.Thread(target=_send, args=(stack, f"{prefix}.email-sent", stop))
        sending.start()
        try:
            time.sleep(WARM_S)
            before, began = _done(stack), time.perf_counter()
            asked = uvloop.run(_at_rate(port, key, rate, seconds, "import"))
            stream = (_done(stack) - before) / (time.perf_counter() - began)
            claimed = uvloop.run(_at_rate(port, key, claims, seconds, "launch"))
            listed = uvloop.run(_list(port, key))
            worker.check("while checks were asked")
        finally:
            stop.set()
            sending.join()
    return Answers(asked, claimed, stream, listed)


@contextmanager
def _serving(stack: Stack, given: dict[str, dict[str, object]], key: str) -> Iterator[int]:
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
            yield port
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


def _send(stack: Stack, topic: str, stop: threading.Event) -> None:
    producer = Producer({"bootstrap.servers": stack.kafka.bootstrap, "linger.ms": 5})
    scale = Scale().shrunk(100_000)
    began = time.perf_counter()
    endless = mails(Scale(10_000_000, scale.contacts, scale.domains), time.time_ns() // 1000, spacing=1_000_000 // EVENTS_S)
    for number, one in enumerate(endless):
        if stop.is_set():
            break
        while (ahead := number / EVENTS_S - (time.perf_counter() - began)) > 0:
            producer.poll(0)
            time.sleep(min(ahead, 0.01))
        producer.produce(topic, one.value, one.key)
    producer.flush(10)


def _done(stack: Stack) -> int:
    with stack.redis.client() as client:
        stored: dict[bytes, bytes] = client.hgetall(f"{{{PREFIX}}}offsets")  # type: ignore[assignment]
        return sum(map(int, stored.values()))


class _Connection:
    """One kept-alive connection; a request at a time."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        lines = ("POST /v1/send-checks HTTP/1.1", "host: 127.0.0.1", f"authorization: Bearer {key}", "content-type: application/json", "")
        self._head = "\r\n".join(lines)

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 24)

    async def ask(self, body: bytes) -> bytes:
        """The answer's body. Raises RuntimeError for anything but 200."""
        self._writer.write(f"{self._head}content-length: {len(body)}\r\n\r\n".encode() + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        found = await self._reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{head.splitlines()[0]!r}: {found[:300]!r}")
        return found

    def close(self) -> None:
        self._writer.close()


async def _at_rate(port: int, key: str, rate: int, seconds: float, stage: str) -> Spread:
    """Requests sent on time whether or not the ones before are answered; each counts from when it was to be sent."""
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        connection = _Connection(port, key)
        await connection.open()
        free.put_nowait(connection)
    took: list[float] = []
    began = time.perf_counter()

    async def one(number: int, due: float) -> None:
        connection = await free.get()
        try:
            await connection.ask(_check(number, stage))
        finally:
            free.put_nowait(connection)
        if due - began >= WARM_S / 2:
            took.append(time.perf_counter() - due)

    tasks = []
    for number in range(int(rate * (seconds + WARM_S / 2))):
        due = began + number / rate
        if (ahead := due - time.perf_counter()) > 0:
            await asyncio.sleep(ahead)
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    while not free.empty():
        free.get_nowait().close()
    return spread(took)


async def _list(port: int, key: str) -> float:
    connection = _Connection(port, key)
    await connection.open()
    began = time.perf_counter()
    for start in range(0, LIST, 1000):
        checks = [json.loads(_check(number, "import")) for number in range(start, start + 1000)]
        answered = orjson.loads(await connection.ask(orjson.dumps(checks)))
        if any(one["status"] != 200 for one in answered["results"]):
            raise RuntimeError("a check of the list was refused")
    connection.close()
    return time.perf_counter() - began


def _check(number: int, stage: str) -> bytes:
    """Every second import is about somebody who is held, or will be; a launch is about somebody whom nobody holds."""
    scale = Scale().shrunk(100_000)
    known = stage == "import" and number % 2
    contact = address(number % scale.contacts, scale.domains) if known else f"new{number}@elsewhere-{number % 5000}.com"
    facts = {"contact": contact, "rep": f"rep-{number % 200:03}", "stage": stage, "sequence_id": "seq-1"}
    return orjson.dumps(facts | {"mailbox": "rep@ours.example.com"})
