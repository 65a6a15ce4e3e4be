"""How answers go over the wire: the head of one together with its body.

uvicorn writes them one after the other, and uvloop sends at once what is written: two system calls an answer, which were a quarter of the
server's time, and two wakings of whoever asked.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_BEGINS: Final = b"HTTP/1.1 "
_ENDS: Final = b"\r\n\r\n"


class Joined:
    """`transport`, but the head of an answer waits for what is written next; no longer than the loop's present turn, so that a stream of
    events is there before its first event."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """As the transport's."""
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(_BEGINS) and data.endswith(_ENDS):
            self._head = data
            self._loop.call_soon(self._flush)
            return
        self._transport.write(data)

    def close(self) -> None:
        """As the transport's."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        head, self._head = self._head, b""
        if head and not self._transport.is_closing():
            self._transport.write(head)


class Protocol(HttpToolsProtocol):
    """uvicorn's, over a joined transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(Joined(transport, self.loop))  # type: ignore[arg-type]
