"""What a locked contact takes in Redis."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import orjson

from schemas.policy import Policy
from schemas.times import rfc3339
from streams.agents.reading import arrived
from streams.engine import Engine
from streams.path import Record
from streams.tables.connect import connect
from streams.tables.redis import RedisTables
from tests.bench.engine_alone import BATCH, BEGIN
from tests.bench.stack import PREFIX, Stack
from tests.bench.workload import REPS, rep_updates

REMEMBERED = 5
DAY = 86_400_000_000
PEOPLE = 12
"""Contacts of one company, each a domain of its own: companies are paid for by their contacts here."""


class Held(NamedTuple):
    """`bytes_each`: of everything in Redis (documents, deadlines, companies), a contact's share."""

    contacts: int
    bytes_each: float


def held(stack: Stack, contacts: int) -> Held:
    """Lock so many contacts by the first of five e-mails, a day between two of them, all of which are remembered. Raises RuntimeError
    when fewer are locked."""
    stack.empty_redis()
    with stack.redis.client() as client:
        engine = Engine(RedisTables(connect(stack.redis.url), PREFIX), Policy())
        engine.process(arrived(Record("rep-updated", 0, n, BEGIN, key, value) for n, (key, value) in enumerate(rep_updates(BEGIN))))
        before = _used(client)
        for day in range(REMEMBERED):
            traffic = _day(day, contacts)
            while part := list(islice(traffic, BATCH)):
                engine.published(engine.process(arrived(part)).outbox_ids)
        locked = int(client.zcard(f"{{{PREFIX}}}due"))
        if locked < contacts:
            raise RuntimeError(f"{contacts} contacts were to be locked, {locked} have a deadline")
        return Held(contacts, (_used(client) - before) / contacts)


def _day(day: int, contacts: int) -> Iterator[Record]:
    for contact in range(contacts):
        at = BEGIN + day * DAY + contact * 20_000
        rep = contact % REPS
        value = {
            "event_id": f"outreach:{day}:{contact:010}",
            "occurred_at": rfc3339(at),
            "message_id": f"<{day}.{contact}@mail.example.com>",
            "contact": f"firstname.lastname{contact}@company-{contact // PEOPLE}.com",
            "rep": f"rep-{rep:03}",
            "mailbox": f"rep-{rep:03}@ours.example.com",
            "tool": "outreach",
            "sequence_id": f"seq-{rep % 17}",
            "campaign": f"spring-{rep % 5}",
            "step": day + 1,
            "thread_id": f"thread-{contact:x}",
        }
        yield Record("email-sent", 0, contact, at, None, orjson.dumps(value))


def _used(client: object) -> int:
    info: dict[str, int] = client.info("memory")  # type: ignore[attr-defined]  # redis-py types it for both kinds of clients
    return info["used_memory"]
