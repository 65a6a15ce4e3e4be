"""What must come out: the same events through the same engine over the memory tables, undisturbed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from schemas.policy import Policy
from streams import state
from streams.day.planned import Planned
from streams.simulation import Simulation
from streams.state import Company, ContactRecord, Lead
from streams.tables.contract import Tables
from tests.integration.mix import lines
from tests.integration.stack import QUIET


class Expected(NamedTuple):
    """Decisions by id, documents by key, and locks and suppressions by key."""

    decisions: dict[str, dict[str, Any]]
    documents: dict[str, bytes]
    standing: dict[str, Any]


def expected(events: Iterable[Planned], policy: str = QUIET) -> Expected:
    """Play the events, in the order of their arrival, and what is due by the last of them."""
    simulation = Simulation(Policy.parse(policy))
    decisions = [json.loads(line) for line in simulation.play(lines(events))]
    decisions += [json.loads(line) for line in simulation.until(0)]
    assert not simulation.dead
    found = {one["decision_id"]: one for one in decisions}
    assert len(found) == len(decisions), "one id, two decisions"
    documents = {key: document.body for key, document in simulation.tables.scan("")}
    return Expected(found, documents, standing(simulation.tables))


def standing(tables: Tables) -> dict[str, Any]:
    """Locks and suppressions of every target, without what counts arrivals (tokens, sequence numbers), what deadline is armed, what was
    last published, and the history."""
    found: dict[str, Any] = {}
    for key, document in tables.scan(""):
        record = state.decode(key, document.body)
        if isinstance(record, ContactRecord):
            now = record.state
            flags = {name: (flag.since, flag.until) for name, flag in now.flags.items()}
            conversation = (now.positive, now.talker, now.talking_since)
            found[key] = (_lock(now.lock), flags, now.paused_until, now.sequence, now.mailbox, now.soft_bounces, conversation)
        elif isinstance(record, Company):
            locks = {name: _lock(one) for name, one in sorted(record.domains.items())}
            found[key] = (_lock(record.lock), locks, record.flags, record.holders, record.conversations)
        elif isinstance(record, Lead):
            found[key] = (record.owner, record.rule, _lock(record.lock))
    return found


def differing(left: dict[str, Any], right: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What two mappings do not agree in: small where the whole would fill the screen."""
    keys = left.keys() | right.keys()
    return {key: (left.get(key), right.get(key)) for key in sorted(keys) if left.get(key) != right.get(key)}


def decoded(documents: dict[str, bytes]) -> dict[str, Any]:
    """Documents as records, for comparing and for messages."""
    return {key: state.decode(key, body) for key, body in documents.items()}


def _lock(lock: state.Lock | None) -> tuple[Any, ...] | None:
    if lock is None:
        return None
    times = (lock.claimed_at, lock.phase, lock.ends, lock.last, lock.heard, lock.hold)
    return lock.owner, lock.is_team, lock.reason, lock.rule, *times, lock.note
