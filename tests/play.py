"""Play events into the engine over the memory tables, as tests of rules do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.decisions import decision
from schemas.policy import Policy
from schemas.times import micros
from streams import state
from streams.outbox import Outgoing
from streams.path import Processed
from streams.simulation import Simulation
from streams.state import Company, ContactRecord

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(**delta: float) -> datetime:
    """09:00 UTC of a Monday, and some time after it."""
    return START + timedelta(**delta)


def email(rep: str, contact: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """An `email-sent`."""
    return "email-sent", {"message_id": "m", "contact": contact, "rep": rep, **more}


class Published(Simulation):
    """A simulation that keeps all that it publishes, of every topic."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self.published: list[Outgoing] = []

    def _said(self, done: Processed) -> Iterator[bytes]:
        self.published += done.outgoing
        return super()._said(done)


class Played:
    """A simulation that one sends events to, one at a time. `lines`: decisions as bytes; `decisions`: parsed."""

    def __init__(
        self, reps: dict[str, dict[str, Any]] | None = None, accounts: list[dict[str, Any]] | None = None, policy: str = ""
    ) -> None:
        self.simulation = Published(Policy.parse(policy))
        self.lines: list[bytes] = []
        self._number = 0
        for rep, facts in (reps or {}).items():
            self.send("rep-updated", {"rep": rep, **facts}, START - timedelta(hours=1))
        for account in accounts or []:
            self.send("account-updated", account, START - timedelta(hours=1))

    def send(
        self, topic: str, value: dict[str, Any], when: datetime, occurred: datetime | None = None, event_id: str = ""
    ) -> list[dict[str, Any]]:
        """Send one event arriving at `when`; the decisions that it was answered with."""
        self._number += 1
        facts = {name: one for name, one in value.items() if one is not None}
        full = {"event_id": event_id or f"n{self._number}", "occurred_at": (occurred or when).isoformat(), **facts}
        line = json.dumps({"topic": topic, "at": when.isoformat(), "value": full}).encode()
        new = list(self.simulation.play([line]))
        assert not self.simulation.dead, self.simulation.dead
        return self._held(new)

    def delete(self, topic: str, key: str, when: datetime) -> list[dict[str, Any]]:
        """Send a record without a value, which deletes an account or a rep; the decisions that it was answered with."""
        new = list(self.simulation.play([json.dumps({"topic": topic, "at": when.isoformat(), "key": key, "value": None}).encode()]))
        assert not self.simulation.dead, self.simulation.dead
        return self._held(new)

    def until(self, when: datetime) -> list[dict[str, Any]]:
        """Let time pass; the decisions that came due."""
        new = list(self.simulation.until(micros(when)))
        return self._held(new)

    def _held(self, new: list[bytes]) -> list[dict[str, Any]]:
        """Keep decisions, each held against the contract's model of its kind."""
        for line in new:
            decision(line)
        self.lines += new
        return [json.loads(one) for one in new]

    @property
    def decisions(self) -> list[dict[str, Any]]:
        return [json.loads(one) for one in self.lines]

    def last(self, kind: str) -> dict[str, Any]:
        """The newest decision of a kind."""
        return [one for one in self.decisions if one["kind"] == kind][-1]

    def contact(self, address: str) -> ContactRecord:
        """The contact's record as it is stored."""
        (document,) = self.simulation.tables.load([f"contact:{address}"])
        record = state.decode(f"contact:{address}", document.body)
        assert isinstance(record, ContactRecord)
        return record

    def company(self, key: str) -> Company:
        """A company's record as it is stored."""
        (document,) = self.simulation.tables.load([key])
        record = state.decode(key, document.body)
        assert isinstance(record, Company)
        return record

    def owner(self, address: str) -> str | None:
        """Who holds the contact."""
        lock = self.contact(address).state.lock
        return lock.owner if lock else None

    def standing(self) -> dict[str, Any]:
        """Locks and suppressions of every target, without what counts arrivals: tokens and what was last published."""
        found: dict[str, Any] = {}
        for key, document in self.simulation.tables.scan(""):
            record = state.decode(key, document.body)
            if isinstance(record, ContactRecord):
                now = record.state
                flags = {name: (flag.since, flag.until) for name, flag in now.flags.items()}
                conversation = (now.positive, now.talker, now.talking_since)
                found[key] = (
                    _lock(now.lock),
                    flags,
                    now.paused_until,
                    now.sequence,
                    now.mailbox,
                    now.soft_bounces,
                    conversation,
                    now.thread,
                )
            elif isinstance(record, Company):
                locks = {name: _lock(one) for name, one in record.domains.items()}
                found[key] = (_lock(record.lock), locks, record.flags, record.holders, record.conversations, record.touched)
        return found


def _lock(lock: state.Lock | None) -> tuple[Any, ...] | None:
    if lock is None:
        return None
    times = (lock.claimed_at, lock.phase, lock.ends, lock.last, lock.heard, lock.hold)
    return lock.owner, lock.is_team, lock.reason, lock.rule, *times, lock.note
