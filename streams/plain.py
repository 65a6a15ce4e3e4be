"""The usual `email-sent`, read without its model: the busiest topic's records are nearly all alike, and this takes a third of the time.

What is unusual in any way (an escape, a letter outside of ASCII, an offset other than `Z`, a CloudEvent, anything that is wrong) is left to
`schemas.reading.read`, whose word counts: tests/path/test_plain.py holds one against the other.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Final

import msgspec

from schemas.addresses import normalise
from schemas.events.email_sent import EmailSent
from schemas.times import EARLIEST, LATEST, micros
from streams.known import Known

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Text = Annotated[str, msgspec.Meta(min_length=1)]


class PlainEmailSent(msgspec.Struct, gc=False):
    """As `EmailSent`. `occurred`: `occurred_at` in microseconds since the epoch."""

    event_id: _Id
    occurred_at: str
    message_id: _Text
    contact: str
    rep: _Text
    source: str | None = None
    mailbox: str | None = None
    tool: str | None = None
    sequence_id: str | None = None
    campaign: str | None = None
    step: Annotated[int, msgspec.Meta(ge=1, lt=2**31)] | None = None
    final_step: bool | None = None
    thread_id: str | None = None
    fencing_token: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] | None = None
    occurred: int = 0


Mail = EmailSent | PlainEmailSent
"""An `email-sent`, however it was read."""

MAX_BYTES: Final = 4_000
"""Larger ones are not usual."""

_decode: Final = msgspec.json.Decoder(PlainEmailSent).decode
_SECOND: Final = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]").fullmatch


def _second(text: str) -> int:
    if not _SECOND(text):
        raise ValueError("not a plain time")
    when = datetime.fromisoformat(f"{text}+00:00")
    if not EARLIEST <= when < LATEST:
        raise ValueError("not a time that an event can have")
    return micros(when)


_addresses = Known(normalise, 500_000)
"""Some 100 MB, and more people than are written to in a quarter of an hour."""

_seconds = Known(_second, 10_000)


def email_sent(value: bytes) -> PlainEmailSent | None:
    """The event in a record's value; None when it is for the model to read, or to refuse."""
    if len(value) > MAX_BYTES or b"\\" in value or not value.isascii():
        return None
    try:
        event = _decode(value)
        event.occurred = _occurred(event.occurred_at)
        event.contact = _addresses[event.contact]
        if event.mailbox is not None:
            event.mailbox = _addresses[event.mailbox]
    except ValueError:  # msgspec's errors are such, too
        return None
    return event


def _occurred(text: str) -> int:
    """Raises ValueError for what is not a plain time in UTC, to the microsecond at the finest."""
    rest = text[19:]
    if rest == "Z":
        return _seconds[text[:19]]
    fraction = rest[1:-1]
    if rest[:1] != "." or rest[-1:] != "Z" or len(fraction) > 6 or not fraction.isdigit():
        raise ValueError("not a plain time")
    return _seconds[text[:19]] + int(fraction) * _UNITS[len(fraction)]


_UNITS: Final = (0, 100_000, 10_000, 1_000, 100, 10, 1)
