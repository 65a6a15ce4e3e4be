"""Which events a target has seen, so that a redelivery changes nothing (rule 25): twelve bytes an event."""

from __future__ import annotations

from hashlib import blake2b

MINUTE = 60_000_000
SIZE = 12
"""Eight bytes of the event's hash and four of the minute it arrived. With 100,000 events remembered of one target the chance that a new one
is taken for one of them is 100,000 / 2^64, less than one in 10^14."""


def mark(topic: str, event_id: str) -> bytes:
    """The event's eight-byte mark. The topic is part of it: publishers number their topics independently."""
    return blake2b(f"{topic}\0{event_id}".encode(), digest_size=8).digest()


def knows(seen: bytes, event: bytes) -> bool:
    """Whether `seen` has the mark."""
    at = seen.find(event)
    while at != -1 and at % SIZE:
        at = seen.find(event, at + 1)
    return at != -1


def remember(seen: bytes, event: bytes, at: int, keep: int) -> bytes:
    """`seen` with the mark, without those older than `keep` microseconds (oldest first, so a look at the front is enough)."""
    if not seen:
        return event + max(0, at // MINUTE).to_bytes(4, "big")
    oldest = (at - keep) // MINUTE
    start = 0
    while start < len(seen) and int.from_bytes(seen[start + 8 : start + SIZE], "big") < oldest:
        start += SIZE
    return seen[start:] + event + max(0, at // MINUTE).to_bytes(4, "big")


def both(one: bytes, other: bytes) -> bytes:
    """What either of two records remembers, oldest first."""
    whole = one + other
    entries = {whole[at : at + SIZE] for at in range(0, len(whole), SIZE)}
    ordered: list[bytes] = sorted(entries, key=lambda entry: (entry[8:], entry))
    return b"".join(ordered)
