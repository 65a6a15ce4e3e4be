"""Claiming a contact before touching it, by command or by a launch's pre-send check (rules 1, 4, 15)."""

from __future__ import annotations

from schemas.policy import Policy, Windows
from streams.rules import suppression
from streams.rules.contact import locks, touches
from streams.rules.said import LockView, Out, Said
from streams.state import PENDING, SHORT, Contact, Entry, Lock, Sequence


def claim(state: Contact, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """Fold a `claim` command into a contact: granted, its own already, earlier than the present lock, or denied."""
    at = entry.when
    named = suppression.strongest(state.flags)
    if named is not None or entry.barred:
        flag, until = (named[0], named[1].until) if named else (entry.barred, 0)
        out.append(denied("suppressed", target, decided, entry, {"what": flag, "until": until}))
        return
    lock = state.lock
    if entry.captain and (lock is None or touches.takes(lock, entry)):
        out.append(denied("account_owned", target, decided, entry, {"held_by": entry.captain, "owner": entry.captain, "what": "account"}))
    elif lock is None or (touches.holds(lock, entry) and lock.is_team):
        state.lock = None
        locks.grant(state, _pending(entry, at, policy), target, decided, entry.id, policy.windows, out)
    elif lock.owner == entry.rep:
        lock.note = entry.note or lock.note
        if at < lock.first:
            lock.first, lock.first_id, lock.claimed_at = at, entry.id, min(lock.claimed_at, at)
        out.append(own(lock.owner, locks.view(state, lock, policy.windows), target, decided, entry.id))
    elif touches.takes(lock, entry):
        new = _pending(entry, at, policy)
        new.rule = "first_touch"
        locks.transfer(state, new, target, decided, entry.id, policy.windows, out)
    else:
        out.append(denied("contact_locked", target, decided, entry, held(lock, locks.view(state, lock, policy.windows))))


def launch(state: Contact, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """The grant of a launch that was allowed: it counts from its arrival (rule 26). What folded in before it may have taken the contact."""
    if state.flags or entry.barred or entry.captain:
        return
    lock = state.lock
    if lock is not None and not touches.holds(lock, entry):
        return
    running, idle = state.sequence, policy.windows.sequence_idle
    if entry.sequence and (running is None or running.id == entry.sequence or entry.when >= running.stepped + idle):
        state.sequence = Sequence(entry.sequence, entry.rep, entry.when, entry.tool, entry.campaign)
    if entry.mailbox and not state.mailbox:
        state.mailbox = entry.mailbox
    if lock is None or lock.is_team:
        state.lock = None
        locks.grant(state, _pending(entry, entry.when, policy), target, decided, entry.id, policy.windows, out)


def pending(rep: str, reason: str, at: int, cause: str, span: int, note: str, windows: Windows) -> Lock:
    """The lock that a claim gives, counted from `at`: until it is activated, or a short lock where a `span` is asked for, both in
    microseconds, or for research."""
    lock = Lock(rep, reason, "claim", at, at, cause, PENDING, at + windows.activation, last=at, heard=at, note=note)
    if span or reason == "research":
        lock.phase, lock.rule, lock.ends = SHORT, "short_lock", at + (span or windows.research)
    return lock


def _pending(entry: Entry, at: int, policy: Policy) -> Lock:
    return pending(entry.rep, entry.what, at, entry.id, entry.number, entry.note, policy.windows)


def own(owner: str, shown: LockView, target: str, decided: int, cause: str) -> Said:
    """A claim on what is the claimer's own already: said again, nothing moves."""
    return Said("claim_granted", "own_lock", decided, cause, target, {"owner": owner, "until": shown.until, "lock": shown})


def held(lock: Lock, shown: LockView) -> dict[str, object]:
    """Who holds it, why and until when, as a denial says it."""
    return {
        "held_by": lock.owner,
        "held_by_is_team": lock.is_team,
        "owner": lock.owner,
        "owner_is_team": lock.is_team,
        "until": shown.until,
        "what": lock.reason,
        "lock": shown,
    }


def denied(rule: str, target: str, decided: int, entry: Entry, fields: dict[str, object]) -> Said:
    """The `claim_denied` for an entry."""
    return Said(
        "claim_denied", rule, decided, entry.id, target, {"held_by": None, "rep": entry.rep, "notify": [(entry.rep, rule)], **fields}
    )
