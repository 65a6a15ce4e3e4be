"""The traffic that is measured: `email-sent` of two hundred reps to people of some thousand companies, the same for every contender."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import orjson

from schemas.times import rfc3339
from streams.path import Record

REPS, TEAMS = 200, 10
OVERLAPS = 0.02
"""How many of the events come from a rep who is not the contact's first: in ordinary work a few."""
SPACING = 25
"""Microseconds between two events: the peak of 40,000 events/s that the design names."""
TOPIC = "email-sent"


class Scale(NamedTuple):
    """How much traffic. The default is four e-mails each to 50,000 contacts at 12,000 companies."""

    events: int = 200_000
    contacts: int = 50_000
    domains: int = 12_000

    def shrunk(self, events: int) -> Scale:
        """The same mix with so many events."""
        return Scale(events, max(1, self.contacts * events // self.events), max(1, self.domains * events // self.events))


class Mail(NamedTuple):
    """One event as its publisher sends it: the record's key and value, and when it happened (microseconds since the epoch)."""

    key: bytes
    value: bytes
    at: int


def address(contact: int, domains: int) -> str:
    """The contact's address; every fifth is at a subdomain of the company's own domain."""
    return f"person{contact}@{'mail.' if contact % 5 == 0 else ''}company-{contact % domains}.com"


def mails(scale: Scale, begin: int, seed: int = 1, spacing: int = SPACING) -> Iterator[Mail]:
    """First touches, refreshes and a few overlaps in random order, `spacing` microseconds apart from `begin` on. The same arguments give
    the same events."""
    rng = Random(seed)
    steps = [0] * scale.contacts
    for number in range(scale.events):
        contact = rng.randrange(scale.contacts)
        owner = contact * 7 % REPS
        strange = steps[contact] > 0 and rng.random() < OVERLAPS
        rep = (owner + 1 + rng.randrange(REPS - 1)) % REPS if strange else owner
        steps[contact] += not strange
        at = begin + number * spacing
        yield Mail(address(contact, scale.domains).encode(), _value(number, contact, rep, steps[contact], scale.domains, at), at)


def _value(number: int, contact: int, rep: int, step: int, domains: int, at: int) -> bytes:
    return orjson.dumps(
        {
            "event_id": f"outreach:{number:012x}",
            "occurred_at": rfc3339(at),
            "source": "outreach",
            "message_id": f"<{number:x}.{contact:x}@mail.example.com>",
            "contact": address(contact, domains),
            "rep": f"rep-{rep:03}",
            "mailbox": f"rep-{rep:03}@ours.example.com",
            "tool": "outreach",
            "sequence_id": f"seq-{rep % 17}",
            "campaign": f"spring-{rep % 5}",
            "step": max(step, 1),
            "thread_id": f"thread-{contact:x}-{rep:x}",
        }
    )


def rep_updates(begin: int) -> list[tuple[bytes, bytes]]:
    """(key, value) of the `rep-updated` events that make the reps and their teams known."""
    return [
        (
            f"rep-{rep:03}".encode(),
            orjson.dumps(
                {
                    "event_id": f"rep-{rep}",
                    "occurred_at": rfc3339(begin),
                    "rep": f"rep-{rep:03}",
                    "name": f"Rep {rep}",
                    "team": f"team-{rep % TEAMS}",
                    "role": "sdr",
                }
            ),
        )
        for rep in range(REPS)
    ]


def records(mails: list[Mail], topic: str = TOPIC, delay: int = 50_000) -> list[Record]:
    """The events as records that arrived `delay` microseconds after they happened."""
    return [Record(topic, 0, offset, mail.at + delay, mail.key, mail.value) for offset, mail in enumerate(mails)]
