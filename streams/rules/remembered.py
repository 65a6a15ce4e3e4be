"""Which events a target has seen, so that a redelivery changes nothing (rule 25): ten bytes an event."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

UNIT: Final = 240_000_000
"""Times are kept in four minutes (microseconds): three bytes of them last until the year 2097, and an event is remembered that much longer
at most."""

MARK: Final = 7
SIZE: Final = MARK + 3
"""Seven bytes of the event's hash and three of the time it arrived. A new event is taken for one of n that its target remembers with a
chance of n / 2^56. A busy contact remembers fifty in a week: at 40,000 events a second around the clock that is one event in a thousand
years. A target that remembers 100,000 has a chance of one in 10^11 with each."""


def mark(topic: str, event_id: str) -> bytes:
    """The event's mark. The topic is part of it: publishers number their topics independently."""
    return blake2b(f"{topic}\0{event_id}".encode(), digest_size=MARK).digest()


def knows(seen: bytes, event: bytes) -> bool:
    """Whether `seen` has the mark."""
    at = seen.find(event)
    while at != -1 and at % SIZE:
        at = seen.find(event, at + 1)
    return at != -1


def remember(seen: bytes, event: bytes, at: int, keep: int) -> bytes:
    """`seen` with the mark, without those older than `keep` microseconds (oldest first, so a look at the front is enough)."""
    entry = event + max(0, at // UNIT).to_bytes(3, "big")
    if not seen:
        return entry
    oldest = (at - keep) // UNIT
    start = 0
    while start < len(seen) and int.from_bytes(seen[start + MARK : start + SIZE], "big") < oldest:
        start += SIZE
    return seen[start:] + entry


def both(one: bytes, other: bytes) -> bytes:
    """What either of two records remembers, oldest first."""
    whole = one + other
    entries = {whole[at : at + SIZE] for at in range(0, len(whole), SIZE)}
    ordered: list[bytes] = sorted(entries, key=lambda entry: (entry[MARK:], entry))
    return b"".join(ordered)
