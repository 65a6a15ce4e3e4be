"""Rule 8: after a hand-off nothing in scope is left, each lock moved once, and a kill at any step ends in the same state."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any
from unittest.mock import patch

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.policy import Policy
from schemas.reading import read
from schemas.times import micros, rfc3339
from streams import outbox, state
from streams.decisions import DECISIONS
from streams.engine import Engine
from streams.engine.held import locks_in
from streams.errors import StoreUnavailable
from streams.path import Arrived, Record
from streams.rules.hand_off import hand_offs
from streams.state import Lead
from streams.tables.memory import MemoryTables
from tests.play import Played, at
from tests.property.test_fold import CONTACTS, REPS, anything
from tests.property.test_holdings import accounts, commands, leads
from tests.simulation.faulty import FaultyTables

PEOPLE = {**{rep: {"team": team, "role": "ae"} for rep, team in REPS.items()}, "rita": {"role": "revops"}}
days = st.lists(st.tuples(st.integers(0, 60), st.one_of(anything, anything, commands, leads, accounts)), min_size=3, max_size=20)
handed = st.sampled_from(
    [
        ("ownership-commands", {"command": "hand_off", "by": "rita", "from": "ana", "to": "bob", "note": "n", "scope": scope})
        for scope in ("all", None, {"account_id": "c"}, {"contact": CONTACTS[0]})
    ]
    + [("rep-updated", {"rep": "ana", "active": False, **more}) for more in ({"successor": "bob"}, {"manager": "bob"}, {})]
)
END = at(hours=30)


def before(day: list[tuple[int, Any]]) -> Played:
    """The day up to the hand-off."""
    account = {"account_id": "c", "name": "Contoso", "domains": ["contoso.com"]}
    played = Played(PEOPLE, [account])
    minute = 0
    for wait, (topic, value) in day:
        minute += wait
        played.send(topic, value, at(minutes=minute))
    played.until(END)
    return played


def owners(tables: MemoryTables) -> dict[str, str]:
    """Lock key -> its holder, of every record."""
    found = {}
    for key, document in tables.scan(""):
        for target, lock in locks_in(key, state.decode(key, document.body)).items():
            found[target] = lock.owner
    return found


def in_scope(target: str, value: dict[str, Any], played: Played) -> bool:
    """An independent reading of the scope."""
    scope = value.get("scope")
    if not isinstance(scope, dict):
        return True
    if "contact" in scope:
        return target == f"contact:{scope['contact']}"
    domains = played.simulation.engine.directory.accounts["c"].domains
    kind, _, name = target.partition(":")
    if kind == "lead":
        record = state.decode(target, played.simulation.tables.load([target])[0].body)
        return isinstance(record, Lead) and record.account == "c"
    return target == "account:c" or (kind in ("contact", "domain") and name.rpartition("@")[2] in domains)


def decisions(tables: MemoryTables | FaultyTables) -> dict[str, Any]:
    """What the outbox holds, by id."""
    model = tables.model if isinstance(tables, FaultyTables) else tables
    found: dict[str, Any] = {}
    for _, blob in model.outbox(10_000):
        for one in outbox.unpack(blob):
            if one.topic == DECISIONS and one.value is not None:
                said = json.loads(one.value)
                assert said["decision_id"] not in found, "said twice"
                found[said["decision_id"]] = said
    return found


@settings(max_examples=250, deadline=None)
@given(days, handed, st.integers(1, 3))
def test_nothing_in_scope_is_left_and_each_lock_moves_once(day: list[tuple[int, Any]], event: tuple[str, Any], page: int) -> None:
    played = before(day)
    held = owners(played.simulation.tables)
    due = {target for target, owner in held.items() if owner == "ana" and in_scope(target, event[1], played)}
    with patch.object(hand_offs, "PAGE", page):
        said = played.send(*event, END) + played.until(END)
    now = owners(played.simulation.tables)
    heir = None if event[1].get("active") is False and not event[1].keys() & {"successor", "manager"} else "bob"
    moved = [_target(one) for one in said if one["rule"] in ("hand_off", "successor", "manager", "left")]
    assert sorted(moved) == sorted("domain" if one.startswith("domain:") else one for one in due)
    for target in held.keys() | now.keys():
        if target in due:
            assert now.get(target) == heir or (target == "account:c" and now.get(target) != "ana")
        elif target != "account:c":  # a captain follows the conversation that began first
            assert now.get(target) == held.get(target)
    assert {rep: set(played.simulation.tables.held(rep, "", 100)) for rep in REPS} == {
        rep: {target for target, owner in now.items() if owner == rep} for rep in REPS
    }


@settings(max_examples=150, deadline=None)
@given(days, handed, st.integers(1, 3), st.integers(0, 2**32))
def test_a_kill_at_any_step_ends_in_the_same_state(day: list[tuple[int, Any]], event: tuple[str, Any], page: int, seed: int) -> None:
    tables = before(day).simulation.tables
    body = orjson.dumps({"event_id": "h", "occurred_at": rfc3339(micros(END)), **{k: v for k, v in event[1].items() if v is not None}})
    record = Record(event[0], 0, 0, micros(END), None, body)
    arrived = [Arrived(record, read(event[0], body), None)]
    with patch.object(hand_offs, "PAGE", page):
        undisturbed = _copy(tables)
        engine = Engine(undisturbed, Policy())
        engine.process(arrived)
        while undisturbed.due(micros(END), 1):
            engine.fire(micros(END))
        faulty, rng = FaultyTables(Random(seed), 0.15), Random(seed)
        faulty.model = _copy(tables)
        engine = Engine(faulty, Policy())
        begun = False
        while not begun or faulty.model.due(micros(END), 1):
            if rng.random() < 0.4:
                engine = Engine(faulty, Policy())
            if rng.random() < 0.3:  # a worker that everybody believes dead
                faulty.meanwhile = lambda: Engine(faulty.model, Policy()).fire(micros(END))
            try:
                engine.fire(micros(END)) if begun else engine.process(arrived)
                begun = True
            except StoreUnavailable:
                continue
    assert {k: d.body for k, d in faulty.model.scan("")} == {k: d.body for k, d in undisturbed.scan("")}
    assert decisions(faulty) == decisions(undisturbed)
    assert faulty.model._holdings == undisturbed._holdings


def _target(said: dict[str, Any]) -> str:
    kind = said["lock"]["kind"]
    if kind == "contact":
        return f"contact:{said['contact']}" if said["contact"] else f"lead:{said['lead_id']}"
    if kind == "account":
        return f"account:{said['account']['id']}"
    return str(said["lock"]["kind"])


def _copy(tables: MemoryTables) -> MemoryTables:
    found = MemoryTables()
    for name, value in vars(tables).items():
        if name not in ("_committing", "_outbox_ids", "_outbox"):
            setattr(found, name, copy.deepcopy(value))
    return found
