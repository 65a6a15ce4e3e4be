"""What a decided review brings with it: the lock goes to who sends, others pause, and what is to come on a date comes (rule 18)."""

from __future__ import annotations

from collections.abc import Sequence

from streams.matching.domains import domain_of
from streams.rules.company import at_work, standings
from streams.rules.contact import contacts, fold, locks
from streams.rules.hand_off import handing, reps
from streams.rules.review import disputes
from streams.rules.review.disputes import ACCOUNT, Subject
from streams.rules.said import Said
from streams.rules.world import World
from streams.state import PENDING, ContactRecord, Lock, Ruling


def others(world: World, subject: Subject, requester: str, sender: str, at: int) -> list[str]:
    """Who pauses while one sends: whoever asked, and whoever else was at work there in the last 30 days or holds a contact there."""
    record = subject.record
    if isinstance(record, ContactRecord):
        found = {rep for rep, sent in record.state.sent.items() if sent.at > at - at_work.LATELY}
        if record.state.sequence is not None:
            found.add(record.state.sequence.rep)
    else:
        found = {rep for rep, one in record.touched.items() if one.at > at - at_work.LATELY and _there(subject, one.contact)}
        found |= set(record.holders) if subject.scope == ACCOUNT else set()
    found = {*found, requester} - {sender}
    lock = subject.lock
    if lock is not None and lock.is_team and lock.owner == sender:
        found = {rep for rep in found if world.directory.team(rep) != sender}  # of a team that sends each may
    return sorted(found)


def _there(subject: Subject, address: str) -> bool:
    return subject.scope == ACCOUNT or (bool(address) and domain_of(address) == subject.scope)


def carry_out(world: World, subject: Subject, ruling: Ruling, rule: str, cause: str) -> None:
    """Move the lock to who sends, stop who pauses, note who works along."""
    record, at = subject.record, ruling.at
    if isinstance(record, ContactRecord):
        before = standings.standing(record.state, world.policy.windows)
        stop_sequence(world, record, ruling.sender, ruling.collaborators, rule, at, cause, by=ruling.by, note=ruling.note)
        if record.state.lock is None:
            _grant(world, record, subject.key, ruling, rule, cause)
        elif record.state.lock.owner != ruling.sender:
            handing.contact(world, record, subject.key, ruling.sender, rule, at, cause, ruling.note, ruling.by)
        contacts.settle(world, subject.key, record, before, at, cause)
    else:
        lock = subject.lock
        if lock is not None and lock.owner != ruling.sender:
            handing.company(world, record, subject.key, subject.scope, ruling.sender, rule, at, cause, ruling.note, ruling.by)
        if subject.scope == ACCOUNT and ruling.by:
            record.collaborators = list(ruling.collaborators)


def _grant(world: World, record: ContactRecord, target: str, ruling: Ruling, rule: str, cause: str) -> None:
    """Who is to send to somebody whom nobody holds any more claims them by the decision (rule 1), unless they have left."""
    if not reps.takes(ruling.sender, world.directory, ruling.at):
        return
    if record.state.flags or (world.company_key and contacts.barred(world.company(), domain_of(world.address))[0]):
        return
    at, windows = ruling.at, world.policy.windows
    lock = Lock(ruling.sender, "prospecting", rule, at, at, cause, PENDING, at + windows.activation, at, at, note=ruling.note)
    locks.grant(record.state, lock, target, at, cause, windows, world.out)
    world.out[-1].fields.update(by=ruling.by, note=ruling.note)
    fold.checkpoint(record)


def stop_sequence(
    world: World, record: ContactRecord, sender: str, along: list[str], rule: str, at: int, cause: str, **told: str | int
) -> None:
    """Rule 5: a running sequence of somebody who pauses ends. `told`: what the rule's sentence says besides."""
    running = record.state.sequence
    if running is None or running.rep == sender or running.rep in along or world.directory.team(running.rep) == sender:
        return
    record.state.sequence = None
    fold.checkpoint(record)
    fields = {"owner": sender, "pause": [(running.rep, running.id)], "resume_at": 0, "rep": running.rep, "notify": [(running.rep, rule)]}
    world.out.append(Said("outreach_paused", rule, at, cause, f"contact:{world.address}", fields | told))


def unlocked(world: World, subject: Subject, reps: set[str]) -> list[str]:
    """The contacts that these reps hold at an account or domain without a lock of its own: what they have of it, and what a transfer of
    it is of. Of those that the company keeps by name. Raises Missing, before anything is changed."""
    record = subject.record
    if isinstance(record, ContactRecord) or subject.lock is not None:
        return []
    locked = ((address, world.contact(address).state.lock) for address in disputes.known(record, subject.scope))
    found = [address for address, lock in locked if lock is not None and not lock.is_team and lock.owner in reps]
    world.join_all(f"contact:{address}" for address in found)
    return found


def hand_each(world: World, addresses: Sequence[str], ruling: Ruling, to: str, rule: str, cause: str, at: int = 0) -> None:
    """Hand these contacts on, at the decision's time or at `at`."""
    at = at or ruling.at
    for address in addresses:
        there, key = world.of(f"contact:{address}"), f"contact:{address}"
        _hand_contact(there, there.contact(address), key, ruling, to, rule, at, cause)


def _hand_contact(world: World, record: ContactRecord, key: str, ruling: Ruling, to: str, rule: str, at: int, cause: str) -> None:
    before = standings.standing(record.state, world.policy.windows)
    handing.contact(world, record, key, to, rule, at, cause, ruling.note, ruling.by)
    contacts.settle(world, key, record, before, at, cause)


def tick(world: World, subject: Subject, ruling: Ruling, now: int) -> None:
    """What was set for a date that has come by `now`. Raises Missing, before it changes anything."""
    if 0 < ruling.hand_at <= now:
        along = unlocked(world, subject, {ruling.owner, ruling.sender} - {ruling.hand_to})
        at, to, ruling.hand_at = ruling.hand_at, ruling.hand_to, 0
        _hand(world, subject, ruling, to, at, along)
    if 0 < ruling.alarm <= now:
        at, ruling.alarm = ruling.alarm, 0
        _resume(world, subject, ruling, at)


def _hand(world: World, subject: Subject, ruling: Ruling, to: str, at: int, along: list[str]) -> None:
    """The transfer that was decided, unless the sender has lost it meanwhile or the new owner has left."""
    lock, record, known = subject.lock, subject.record, world.directory.reps.get(to)
    lost = lock.owner != ruling.sender if lock is not None else not along
    if lost or known is None or not known.active:
        return
    ruling.paused = [rep for rep in ruling.paused if rep != to]  # whose it is now is not kept from it
    cause = f"deadline:transfer_by:{subject.key}"
    if along:
        hand_each(world, along, ruling, to, "transfer", cause, at)
        return
    if isinstance(record, ContactRecord):
        _hand_contact(world, record, subject.key, ruling, to, "transfer", at, cause)
    else:
        handing.company(world, record, subject.key, subject.scope, to, "transfer", at, cause, ruling.note, ruling.by)


def _resume(world: World, subject: Subject, ruling: Ruling, at: int) -> None:
    """The pause is over; on a date to look again both are reminded."""
    rule = "recheck" if ruling.recheck else "review_pause_over"
    held = [rep for rep in ruling.paused if rep not in ruling.collaborators]
    both = (rep for rep in (ruling.sender, ruling.owner, ruling.requester) if rep in world.directory.reps)
    told = dict.fromkeys((*both, *held) if ruling.recheck else held)
    lock = subject.lock
    owner = lock.owner if lock is not None else ruling.sender
    fields = {
        "owner": owner,
        "owner_is_team": lock is not None and lock.is_team,
        "resume": [(rep, "") for rep in held],
        "note": ruling.note,
        "notify": [(rep, rule) for rep in told],
    }
    world.out.append(Said("outreach_resumed", rule, at, f"deadline:{rule}:{subject.key}", subject.key, fields))
