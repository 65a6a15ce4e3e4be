"""A process that asks checks over HTTP at a pace: `python -m tests.bench.asking PORT KEY RATE SECONDS STAGE`.

Requests are made before the first is sent, and go out on time whether or not the ones before are answered: each counts from when it was
to be sent, so that a server that stands still for a moment is charged with everybody who would have asked meanwhile."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import deque
from typing import NamedTuple, cast

import orjson
import uvloop

from streams.collector import spare
from tests.bench.latency import WARM_S, spread
from tests.bench.workload import Scale, address

CONNECTIONS = 32
"""An outreach platform's pool: far more than are busy at once at the rates measured."""
PATIENCE_S = 30.0


class Wanted(NamedTuple):
    """A request, and when it is to be sent: seconds of the performance counter."""

    due: float
    request: bytes


class Asking:
    """The connections that are free, the requests that wait for one, and how long answers took, in seconds, with when each was due."""

    def __init__(self, connections: int) -> None:
        self.free: list[Connection] = []
        self.waiting: deque[Wanted] = deque()
        self.took: list[tuple[float, float]] = []
        self.fault = ""
        self._connections = connections

    async def run(self, port: int, requests: list[bytes], rate: int) -> float:
        """Ask all of them; the requests a second that were answered. Raises RuntimeError for an answer that is not 200."""
        loop = asyncio.get_running_loop()
        for _ in range(self._connections):
            _, connection = await loop.create_connection(lambda: Connection(self), "127.0.0.1", port)
            self.free.append(connection)
        everybody = list(self.free)
        began, sent, count = time.perf_counter(), 0, len(requests)
        while sent < count:
            until = min(count, int((time.perf_counter() - began) * rate) + 1)
            for number in range(sent, until):
                self.send(Wanted(began + number / rate, requests[number]))
            sent = until
            await asyncio.sleep(max(0.0, began + sent / rate - time.perf_counter()))
        while len(self.took) < count and not self.fault and time.perf_counter() < began + count / rate + PATIENCE_S:
            await asyncio.sleep(0.01)
        ended = time.perf_counter()
        for connection in everybody:
            connection.transport.close()
        if self.fault or len(self.took) < count:
            raise RuntimeError(self.fault or f"{count - len(self.took)} of {count} requests were not answered")
        return count / (ended - began)

    def send(self, wanted: Wanted) -> None:
        """Send it on a free connection, or as soon as one is free."""
        if self.free:
            self.free.pop().ask(wanted)
        else:
            self.waiting.append(wanted)


class Connection(asyncio.Protocol):
    """One kept-alive connection; a request at a time."""

    transport: asyncio.Transport

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._answer = b""
        self._due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's are none of its subclasses

    def connection_lost(self, error: Exception | None) -> None:
        if self._due:
            self._asking.fault = f"a connection was lost: {error}"

    def ask(self, wanted: Wanted) -> None:
        self._due = wanted.due
        self.transport.write(wanted.request)

    def data_received(self, data: bytes) -> None:
        answer = self._answer = self._answer + data if self._answer else data
        head, mark, body = answer.partition(b"\r\n\r\n")
        if not mark or len(body) < _length(head):
            return
        self._answer = b""
        asking = self._asking
        if not head.startswith(b"HTTP/1.1 200"):
            asking.fault = f"{head.splitlines()[0]!r}: {body[:300]!r}"
        asking.took.append((self._due, time.perf_counter() - self._due))
        self._due = 0.0
        if asking.waiting:
            self.ask(asking.waiting.popleft())
        else:
            asking.free.append(self)


def _length(head: bytes) -> int:
    lower = head.lower()
    start = lower.index(b"content-length:") + 15
    return int(lower[start : end if (end := lower.find(b"\r", start)) >= 0 else None])


def check(number: int, stage: str) -> bytes:
    """Every second import is about somebody who is held, or will be; a launch is about somebody whom nobody holds."""
    scale = Scale().shrunk(100_000)
    known = stage == "import" and number % 2
    contact = address(number % scale.contacts, scale.domains) if known else f"new{number}@elsewhere-{number % 5000}.com"
    facts = {"contact": contact, "rep": f"rep-{number % 200:03}", "stage": stage, "sequence_id": "seq-1"}
    return orjson.dumps(facts | {"mailbox": "rep@ours.example.com"})


def request(key: str, body: bytes) -> bytes:
    """The whole of a request, as it goes over the wire."""
    lines = ("POST /v1/send-checks HTTP/1.1", "host: 127.0.0.1", f"authorization: Bearer {key}", "content-type: application/json")
    return "\r\n".join((*lines, f"content-length: {len(body)}", "", "")).encode() + body


def main(port: int, key: str, rate: int, seconds: float, stage: str) -> None:
    """Prints `{"spread": [p50, p99, longest], "rate": …}`; what was due in the first second warms up and is not counted."""
    requests = [request(key, check(number, stage)) for number in range(int(rate * (seconds + WARM_S / 2)))]
    spare()
    asking = Asking(CONNECTIONS)
    reached = uvloop.run(asking.run(port, requests, rate))
    first = min(due for due, _ in asking.took)
    print(json.dumps({"spread": spread([took for due, took in asking.took if due - first >= WARM_S / 2]), "rate": reached}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5])
