"""What comes next on record: the next date at which somebody is asked something, or something ends. Pure; times in microseconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from schemas.policy import Windows
from streams import state
from streams.rules.company import accounts
from streams.rules.contact import locks
from streams.rules.review import disputes
from streams.state import Company, Contact, ContactRecord, Dispute, Lead, Lock, Record

LEVELS = {1: "the two reps", 2: "the team lead", 3: "RevOps"}


class Step(NamedTuple):
    """`at`: when, 0 for now. `what`: what is to be done by then, or what happens then, in a few words."""

    at: int
    what: str


def next_step(key: str, target: str, record: Record, windows: Windows, waiting: int = 0) -> Step | None:
    """The next step for a target that lies in the record under `key`; None where nothing is awaited. `waiting`: by when a lead's owner is
    to answer it, 0 where none waits."""
    steps = [Step(waiting, "answer the lead")] if waiting else []
    subject = next((one for one in disputes.subjects(key, record) if one.key == target), None)
    if subject is not None and subject.dispute is not None:
        steps += _disputed(subject.dispute)
    if isinstance(record, ContactRecord):
        steps += _contact(record.state, windows)
    elif isinstance(record, Lead):
        steps += _lock(record.lock, record.lock.ends) if record.lock else []
    elif isinstance(record, Company):
        lock = record.lock if target == key else record.domains.get(target.partition(":")[2])
        steps += _lock(lock, accounts.until(record, lock, windows)) if lock else []
    return min(steps, default=None, key=lambda step: step.at)


def unanswered(now: Contact) -> int:
    """When the prospect wrote what nobody has answered yet; 0 where there is no such message, or nobody whose it would be."""
    sent = locks.last_outbound(now)
    return now.inbound if now.lock is not None and now.positive and now.inbound > (sent[0] if sent else 0) else 0


def _contact(now: Contact, windows: Windows) -> Iterator[Step]:
    if unanswered(now):
        yield Step(0, "answer what they wrote")
    if now.paused_until:
        yield Step(now.paused_until, "outreach may go on")
    for name, flag in now.flags.items():
        if flag.until:
            yield Step(flag.until, f"it is no longer {name.replace('_', ' ')}")
    if now.lock is not None:
        yield from _lock(now.lock, locks.expiry(now.lock, windows)[0])


def _lock(lock: Lock, until: int) -> Iterator[Step]:
    if not until:
        return
    if lock.phase == state.PENDING:
        yield Step(until, f"{lock.owner} writes or calls, or it is free again")
    elif lock.phase == state.SHORT:
        yield Step(until, "the short lock ends")
    elif lock.reason == "live_conversation":
        yield Step(until, "the conversation goes on, or the account is free again")
    else:
        yield Step(until, "somebody writes, calls or answers, or it is free again")


def _disputed(dispute: Dispute) -> Iterator[Step]:
    if dispute.review is not None:
        yield Step(dispute.review.due, f"the review is decided, by {LEVELS.get(dispute.review.level, 'RevOps')}")
    ruling = dispute.ruling
    if ruling is not None and ruling.alarm:
        yield Step(ruling.alarm, "what the review decided is looked at again")
    if ruling is not None and ruling.hand_at:
        yield Step(ruling.hand_at, f"it goes to {ruling.hand_to}")
