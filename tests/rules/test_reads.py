"""How often a batch of leads reads from the tables: each reading is a round trip, in which nothing else is decided."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from schemas.policy import Policy
from streams.agents.reading import arrived
from streams.engine import Engine
from streams.path import Record
from streams.tables.contract import Document
from streams.tables.memory import MemoryTables

NINE = 1_772_442_000_000_000
REPS = [("rep-updated", {"rep": "sal", "team": "sales", "role": "ae"})]
KNOWN = ["Zorvex Industries", "Quanterra Foundry", "Bluemoss Analytics", "Hartwell Kesselbau"]
OWNED = {"status": "customer", "owner": "sal"}
ACCOUNTS = [("account-updated", {"account_id": f"a{number}", "name": name, **OWNED}) for number, name in enumerate(KNOWN)]


class Counting(MemoryTables):
    """Counts the times that it is read."""

    times = 0

    def load(self, keys: list[str]) -> list[Document]:  # type: ignore[override]
        self.times += 1
        return super().load(keys)


def records(values: list[tuple[str, dict[str, Any]]], named: str) -> list[Record]:
    facts = {"occurred_at": "2026-03-02T09:00:00Z"}
    return [
        Record(topic, 0, number, NINE, None, orjson.dumps({"event_id": f"{named}{number}", **facts, **value}))
        for number, (topic, value) in enumerate(values)
    ]


def lead(name: str, email: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "lead-created", {"lead_id": name, "email": email, **more}


@pytest.fixture
def tables() -> Counting:
    found = Counting()
    Engine(found, Policy()).process(arrived(records([*REPS, *ACCOUNTS], "f")))
    return found


def decided(tables: Counting, leads: list[tuple[str, dict[str, Any]]], named: str) -> tuple[int, list[dict[str, Any]]]:
    """How often a worker that has just started reads for a batch, and what it decides."""
    engine = Engine(tables, Policy())
    engine.process([])
    tables.times = 0
    done = engine.process(arrived(records(leads, named)))
    return tables.times, [orjson.loads(one.value or b"") for one in done.outgoing if one.topic == "routing-decisions"]


def test_what_a_name_leads_to_is_read_with_the_batch(tables: Counting) -> None:
    names = [*KNOWN, "Nobody Knows Whom", *KNOWN[:2]]
    batch = [lead(f"l{number}", f"p{number}@gmail.com", company=name) for number, name in enumerate(names)]
    times, said = decided(tables, batch, "e")
    assert times == 1
    found = {one["lead_id"]: (one["account"] or {}).get("id") for one in said if one["kind"] == "lead_routed"}
    assert found == {"l0": "a0", "l1": "a1", "l2": "a2", "l3": "a3", "l4": None, "l5": "a0", "l6": "a1"}


def test_no_name_is_looked_up_ahead_where_accounts_change_with_every_batch(tables: Counting) -> None:
    engine = Engine(tables, Policy())
    read = []
    for number in range(4):
        told = [("account-updated", {"account_id": f"b{number}", "name": f"Other {number}"})] if number < 2 else []
        tables.times = 0
        engine.process(arrived(records([lead(f"l{number}", f"p{number}@gmail.com", company=KNOWN[number]), *told], f"e{number}")))
        read.append(tables.times)
    assert read == [3, 3, 3, 1], "read with the batch only after one in which no account changed"


def test_what_makes_an_account_is_read_at_once(tables: Counting) -> None:
    earlier = [lead(f"l{number}", f"p{number}@smallco.example") for number in range(2)]
    decided(tables, earlier, "e")
    times, said = decided(tables, [lead("l2", "p2@smallco.example")], "m")
    assert "account_created" in [one["kind"] for one in said]
    assert times <= 3, "the batch, the leads, and what changes with them"


def test_what_gathers_the_leads_of_a_day_is_read_at_once(tables: Counting) -> None:
    earlier = [lead(f"l{number}", f"p{number}@gmail.com", company=KNOWN[0]) for number in range(2)]
    decided(tables, earlier, "e")
    times, said = decided(tables, [lead("l2", "p2@gmail.com", company=KNOWN[0])], "m")
    assert "high_activity" in [one["kind"] for one in said]
    assert times <= 3, "the batch, the leads of the day, and their contacts"
