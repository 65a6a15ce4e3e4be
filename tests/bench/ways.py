"""A day of events played through the engine in batches, and everything that it leaves: by this the ways through the rules are held against
each other."""

from __future__ import annotations

import json
from itertools import cycle
from typing import Any

from hypothesis import strategies as st

from schemas.policy import Policy
from schemas.times import micros
from streams import state
from streams.agents.reading import arrived
from streams.engine import Engine
from streams.path import Record
from streams.rules.contact import fold
from streams.tables.memory import MemoryTables
from tests.play import at

Event = tuple[str, dict[str, Any]]
Day = list[tuple[int, int, Event]]
"""Of each event the seconds since the arrival before, how long before its arrival it happened, topic and value."""

# From together to beyond a window.
waits = st.sampled_from([0, 1, 60, 500, 4000, 90_000])
delays = st.sampled_from([0, 0, 0, 5, 400, 2000])


def days(events: st.SearchStrategy[Event]) -> st.SearchStrategy[Day]:
    """Days of such events."""
    return st.lists(st.tuples(waits, delays, events), min_size=2, max_size=14)


def play(day: Day, batches: list[int], policy: str, begin: list[Event], reps: list[str]) -> list[Any]:
    """Everything that the day leaves, batch by batch: what was published, then the documents, the directory, deadlines, and who holds what.
    `begin`: what is known before it."""
    tables = MemoryTables()
    engine = Engine(tables, Policy.parse(policy))
    engine.process(arrived([_record(topic, value, f"b{number}", 0, 0) for number, (topic, value) in enumerate(begin)]))
    left: list[Any] = []
    records, now, size = [], 1, cycle(batches)
    for number, (wait, delay, (topic, value)) in enumerate(day):
        now += wait
        records.append(_record(topic, value, f"e{number}", now, max(now - delay, 0)))
    while records:
        count = next(size)
        batch, records = records[:count], records[count:]
        left.append(engine.fire(batch[0].timestamp).outgoing)
        left.append(engine.process(arrived(batch)).outgoing)
    documents = sorted((key, _written_out(key, document.body)) for key, document in tables.scan(""))
    return [left, documents, tables.directory(), tables.due(1 << 62, 1000), [tables.held(rep, "", 100) for rep in reps]]


def _record(topic: str, value: dict[str, Any], event_id: str, arrival: int, occurred: int) -> Record:
    facts = {"event_id": event_id, "occurred_at": at(seconds=occurred).isoformat().replace("+00:00", "Z")}
    known = {name: one for name, one in value.items() if one is not None}
    return Record(topic, 0, 0, micros(at(seconds=arrival)), None, json.dumps({**facts, **known}).encode())


def _written_out(key: str, body: bytes) -> bytes:
    """The document as the rules see it: what the short way keeps in a few bytes is written out."""
    record = state.decode(key, body)
    if isinstance(record, state.ContactRecord):
        fold.restore(record, Policy().windows)
    return state.encode(record)
