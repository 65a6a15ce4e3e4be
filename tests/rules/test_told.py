"""The compacted table of locks ends as the locks are, whichever of two workers publishes last."""

from __future__ import annotations

import json
from typing import Any

from schemas.policy import Policy
from schemas.reading import read
from schemas.times import micros
from streams.decisions import LOCKS
from streams.engine import Engine
from streams.path import Arrived, Processed, Record
from streams.tables.memory import MemoryTables
from tests.play import at

PAT = "pat@fabrikam.com"


def send(engine: Engine, topic: str, minutes: int, **value: Any) -> Processed:
    when = at(minutes=minutes)
    body = json.dumps({"event_id": f"{topic}-{minutes}", "occurred_at": when.isoformat(), **value}).encode()
    return engine.process([Arrived(Record(topic, 0, minutes, micros(when), None, body), read(topic, body), None)])


def compacted(*published: Processed) -> dict[bytes | None, Any]:
    table: dict[bytes | None, Any] = {}
    for done in published:
        for one in done.outgoing:
            if one.topic == LOCKS:
                table[one.key] = json.loads(one.value) if one.value else None
    return table


def test_a_worker_that_publishes_late_tells_the_lock_again_as_it_now_is() -> None:
    tables = MemoryTables()
    stopped, other = Engine(tables, Policy()), Engine(tables, Policy())
    first = send(stopped, "email-sent", 0, message_id="m", contact=PAT, rep="ana")
    second = send(other, "reply-classified", 1, contact=PAT, **{"class": "unsubscribe"})
    assert other.published(second.outbox_ids).outgoing == []
    late = stopped.published(first.outbox_ids)
    assert compacted(second, first, late) == {f"contact:{PAT}".encode(): None}
    assert stopped.published(late.outbox_ids).outgoing == []


def test_ones_own_later_change_is_not_told_twice() -> None:
    engine = Engine(MemoryTables(), Policy())
    first = send(engine, "email-sent", 0, message_id="m", contact=PAT, rep="ana")
    second = send(engine, "reply-classified", 1, contact=PAT, **{"class": "unsubscribe"})
    assert engine.published(first.outbox_ids).outgoing == []
    assert engine.published(second.outbox_ids).outgoing == []
    assert engine.tables.outbox(10) == []


def test_an_event_that_comes_late_and_changes_nothing_of_the_lock_does_not_tell_it() -> None:
    engine, day, step = Engine(MemoryTables(), Policy()), 24 * 60, {"message_id": "m", "contact": PAT, "sequence_id": "one"}
    first = send(engine, "email-sent", 0, rep="ana", **step)
    second = send(engine, "email-sent", day, rep="ana", **step)
    assert [len(compacted(done)) for done in (first, second)] == [1, 1], "granted, and then a day longer"
    value = {"event_id": "late", "occurred_at": at(minutes=day - 5).isoformat(), "message_id": "n", "contact": PAT, "rep": "bob"}
    body = json.dumps(value).encode()
    arrival = Record("email-sent", 0, day + 1, micros(at(minutes=day + 1)), None, body)
    late = engine.process([Arrived(arrival, read("email-sent", body), None)])
    assert [json.loads(one.value or b"")["kind"] for one in late.outgoing if one.topic != LOCKS] == ["overlap_detected"]
    assert compacted(late) == {}
