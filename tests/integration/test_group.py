"""Guarantee 4: several workers in one group, one of them taken for dead and back, one killed, one new; still one owner a contact."""

from __future__ import annotations

import signal
from collections import defaultdict
from typing import Any

import pytest

from streams.day.planned import MILLISECOND
from streams.topics import DEAD_LETTERS
from tests.integration.conftest import Make
from tests.integration.mix import TEAMS, in_any_order, mix
from tests.integration.model import expected, standing
from tests.integration.processes import Worker, wait_until
from tests.integration.same import alike
from tests.integration.stack import Installation

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

SESSION = "6s"
COMPANIES = 30


def test_a_group_that_changes_ends_as_one_worker_does(installation: Make, lately: int) -> None:
    # All of it within minutes: how far apart the workers read must stay within what a contact's window holds.
    everything = mix(31, 3000, lately, companies=COMPANIES, people=8, apart=100 * MILLISECOND)
    known, events = everything[: len(TEAMS) + 2 + COMPANIES // 2], in_any_order(everything)
    assert {one.topic for one in known} == {"rep-updated", "account-updated"}
    third = len(events) // 3
    subject = installation(partitions=6, batch_size=10, session_timeout=SESSION)
    subject.publish(known)
    first, second, _ = (subject.worker() for _ in range(3))
    subject.settle()

    subject.publish(events[:third])
    _at_work(subject, first)
    first.signal(signal.SIGSTOP)
    subject.publish(events[third : 2 * third])
    # Only once its session is over do the others get its partitions; then it wakes up and believes that it still has them.
    subject.settle()
    subject.publish(events[2 * third :])
    first.signal(signal.SIGCONT)
    second.kill()
    subject.worker()
    subject.settle()

    alike(standing(subject.tables), expected(known + events).standing, "targets")
    assert subject.read(DEAD_LETTERS) == []
    consistent(subject.decisions().values())


def consistent(decisions: Any) -> None:
    """For each contact, grants, transfers and ends of its lock follow one another without a second owner, and a token has one owner."""
    chains: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in decisions:
        if one["kind"] in LOCKING and one["lock"]["kind"] == "contact":
            chains[one["contact"]].append(one)
    assert chains
    for contact, chain in chains.items():
        chain.sort(key=lambda one: one["sequence"])
        owners: dict[int, str] = {}
        holder, newest = None, 0
        for one in chain:
            token, owner = one["fencing_token"], one["owner"] and one["owner"]["rep"]
            if one["kind"] == "claim_granted":
                assert holder in (None, owner), f"{contact}: granted to {owner} while {holder} has it: {one}"
            else:
                assert one["previous_owner"]["rep"] == holder, f"{contact}: taken from {one['previous_owner']}, but {holder} has it: {one}"
            if owner is not None:
                assert owners.setdefault(token, owner) == owner, f"{contact}: token {token} for {owners[token]} and {owner}"
                assert token >= newest, f"{contact}: token {token} after {newest}"
                newest = token
            holder = owner


LOCKING = ("claim_granted", "ownership_transferred", "ownership_released", "ownership_expired")


def _at_work(subject: Installation, worker: Worker) -> None:
    """Wait until this worker has partitions, and the group is in the middle of what there is."""
    wait_until(lambda: "assigned" in worker.log.read_text() and not subject.done(), subject.situation)
