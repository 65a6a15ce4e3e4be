"""Rule 20: turns are kept in the tables, survive a restart, and two workers never take the same one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from schemas.policy import Policy
from schemas.reading import read
from streams.engine import Engine
from streams.path import Arrived, Record
from streams.tables.contract import Committed, Group, Moved
from streams.tables.memory import MemoryTables

START = 1_772_442_000_000_000
REPS = ("ann", "ben", "cat")


class Raced(MemoryTables):
    """Tables that another worker writes to just before the next commit."""

    def __init__(self) -> None:
        super().__init__()
        self.first: Callable[[], object] | None = None

    def commit(self, groups: Sequence[Group], offsets: Mapping[str, Moved] | None = None) -> Committed:
        first, self.first = self.first, None
        if first is not None:
            first()
        return super().commit(groups, offsets)


def tell(engine: Engine, topic: str, number: int, value: dict[str, Any]) -> list[dict[str, Any]]:
    full = orjson.dumps({"event_id": f"{topic}-{number}", "occurred_at": "2026-03-02T09:00:00Z", **value})
    done = engine.process([Arrived(Record(topic, 0, number, START + number, None, full), read(topic, full), None)])
    engine.published(done.outbox_ids)
    return [orjson.loads(one.value) for one in done.outgoing if one.topic == "routing-decisions" and one.value]


def lead(engine: Engine, number: int) -> str:
    (routed,) = tell(engine, "lead-created", number, {"lead_id": f"l{number}", "email": f"p{number}@gmail.com"})
    return str(routed["owner"]["rep"])


def known(tables: MemoryTables) -> Engine:
    engine = Engine(tables, Policy())
    for number, rep in enumerate(REPS):
        tell(engine, "rep-updated", number, {"rep": rep, "role": "sdr"})
    return engine


def test_a_restart_goes_on_with_the_next_turn() -> None:
    tables = MemoryTables()
    assert [lead(known(tables), 0), lead(Engine(tables, Policy()), 1), lead(Engine(tables, Policy()), 2)] == list(REPS)


def test_two_workers_at_the_same_instant_never_take_the_same_turn() -> None:
    tables = Raced()
    one, other = known(tables), Engine(tables, Policy())
    taken: list[str] = []
    for number in range(0, 12, 2):
        tables.first = lambda number=number: taken.append(lead(other, number + 1))  # type: ignore[misc]
        taken.append(lead(one, number))
    assert sorted(taken) == sorted(REPS * 4)


def test_leads_of_one_batch_take_turns() -> None:
    engine = known(MemoryTables())
    records = []
    for number in range(6):
        value = orjson.dumps(
            {"event_id": f"e{number}", "occurred_at": "2026-03-02T09:00:00Z", "lead_id": f"l{number}", "email": f"p{number}@gmail.com"}
        )
        records.append(Arrived(Record("lead-created", 0, number, START, None, value), read("lead-created", value), None))
    done = engine.process(records)
    routed = [orjson.loads(one.value) for one in done.outgoing if one.topic == "routing-decisions" and one.value]
    assert [one["owner"]["rep"] for one in routed] == list(REPS * 2)
