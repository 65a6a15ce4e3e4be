"""Times between the contract, where they are RFC 3339 text, and the core, where they are integer microseconds since the epoch, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

EARLIEST = EPOCH
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""What the contract accepts as a time, the latter excluded: any sum of such a time and a policy's windows (ten years at most each)
is still a time that can be written down; the year 9999 with an offset, or plus a window, is not."""

_A_TIME = "a time in RFC 3339 with an offset, such as 2026-03-02T10:05:00+00:00"


def micros(when: datetime) -> int:
    """An aware time as microseconds since the epoch."""
    since = when - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant(said: object) -> int:
    """A time in RFC 3339 with an offset as microseconds since the epoch. Raises ValueError, in words for people, for what is none, and for
    what the contract does not accept."""
    if not isinstance(said, str):
        raise ValueError(f"must be {_A_TIME}")
    try:
        when = datetime.fromisoformat(said.strip())
    except ValueError as error:
        raise ValueError(f"must be {_A_TIME}") from error
    if when.tzinfo is None:
        raise ValueError(f"must have an offset from UTC, such as {when.isoformat()}Z")
    if not EARLIEST <= when < LATEST:
        raise ValueError(f"must be from {EARLIEST.year} on and before {LATEST.year}")
    return micros(when)


def moment(at: int) -> datetime:
    """Microseconds since the epoch as a time in UTC."""
    return EPOCH + timedelta(microseconds=at)


def rfc3339(at: int) -> str:
    """Microseconds since the epoch as text, in UTC with `Z`; fractions only when there are some."""
    return moment(at).isoformat().replace("+00:00", "Z")
