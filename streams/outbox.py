"""Records on their way to Kafka, as the bytes that wait in the outbox.

Packed lists are concatenated as they are (`unpack(pack(a) + pack(b)) == a + b`), so the store joins them without reading them.
A frame is four bytes of length, big-endian, and a msgpack array of records; no records are no bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec


class Outgoing(NamedTuple):
    """One Kafka record: `key` None leaves the partition to the producer, `value` None is a tombstone."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


_LENGTH: Final = 4
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[Outgoing]).decode


def pack(items: Sequence[Outgoing]) -> bytes:
    """The records as one frame. Raises OverflowError when they take 4 GiB or more."""
    if not items:
        return b""
    body = _encode(items)
    return len(body).to_bytes(_LENGTH, "big") + body


def unpack(blob: bytes) -> list[Outgoing]:
    """The records of all frames, in order. Raises ValueError for a frame that is cut short or is not a list of records."""
    items: list[Outgoing] = []
    view = memoryview(blob)
    at = 0
    while at < len(view):
        start = at + _LENGTH
        end = start + int.from_bytes(view[at:start], "big")
        if start > len(view) or end > len(view):
            raise ValueError(f"outbox frame at byte {at} ends at byte {end}, but there are only {len(view)}")
        try:
            items += _decode(view[start:end])
        except msgspec.MsgspecError as error:
            raise ValueError(f"outbox frame at byte {at} is not a list of records: {error}") from error
        at = end
    return items
