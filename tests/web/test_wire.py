"""An answer's head goes out with its body, in one write, and never later than the loop's present turn."""

from __future__ import annotations

import asyncio
import socket
from typing import Any
from urllib.parse import urlsplit

from streams.web.wire import Joined
from tests.web.served import KEYS, Served

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"


class Transport:
    def __init__(self) -> None:
        self.did: list[bytes | str] = []

    def write(self, data: bytes) -> None:
        self.did.append(data)

    def close(self) -> None:
        self.did.append("close")

    def is_closing(self) -> bool:
        return "close" in self.did

    def get_extra_info(self, name: str) -> str:
        return name


def done(*steps: Any) -> list[bytes | str]:
    """What reaches the transport: bytes are written, "close" closes, None lets the loop turn once."""
    transport = Transport()

    async def run() -> None:
        joined = Joined(transport, asyncio.get_running_loop())  # type: ignore[arg-type]
        for step in steps:
            if step is None:
                await asyncio.sleep(0)
            elif step == "close":
                joined.close()
            else:
                joined.write(step)
        await asyncio.sleep(0)

    asyncio.run(run())
    return transport.did


def test_head_and_body_are_one_write() -> None:
    assert done(HEAD, b"body") == [HEAD + b"body"]
    assert done(HEAD, b"body", HEAD, b"more") == [HEAD + b"body", HEAD + b"more"], "the next answer's too"
    assert done(HEAD, b"bo", b"dy") == [HEAD + b"bo", b"dy"]


def test_a_head_alone_goes_out_by_itself() -> None:
    assert done(HEAD) == [HEAD]
    assert done(HEAD, None, b"event") == [HEAD, b"event"]


def test_nothing_is_kept_back_at_the_end() -> None:
    assert done(HEAD, "close") == [HEAD, "close"]
    assert done("close", HEAD) == ["close"], "nobody is there any more"


def test_what_is_no_head_goes_out_at_once() -> None:
    assert done(b"data: \r\n\r\n") == [b"data: \r\n\r\n"]


def test_the_rest_is_the_transports() -> None:
    assert Joined(Transport(), None).get_extra_info("peername") == "peername"  # type: ignore[arg-type]


def test_requests_sent_ahead_are_answered_in_their_order(served: Served) -> None:
    address = urlsplit(served.url)
    lines = ("HTTP/1.1", f"host: {address.netloc}", f"authorization: Bearer {KEYS['check']}", "content-type: application/json")
    wanted = [f'{{"contact": "wire{number}@fabrikam.com", "rep": "sam", "stage": "import"}}' for number in range(3)]
    with socket.create_connection((address.hostname or "", address.port or 0), 20) as connection:
        for body in wanted:
            connection.sendall(b"POST /v1/send-checks " + "\r\n".join(lines).encode())
            connection.sendall(f"\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode())
        found = b""
        while found.count(b'"claim":null') < len(wanted):
            chunk = connection.recv(65536)
            assert chunk, found
            found += chunk
    assert [found.index(f"wire{number}@".encode()) for number in range(3)] == sorted(found.index(f"wire{n}@".encode()) for n in range(3))
    assert found.count(b"HTTP/1.1 200 OK") == len(wanted)
