"""A contact's lock: how it is granted, how long it lives, how it ends (rules 1-3, 5)."""

from __future__ import annotations

from schemas.policy import Windows
from streams.business_time import HOUR, NEVER, SECOND
from streams.rules.reasons import ROUTES
from streams.rules.said import LockView, Out, Said
from streams.state import PENDING, Contact, Lock, Release

TOLD_AGAIN = HOUR
"""A lock that only lives longer is told again when its end has moved by so much: windows are days, mail comes in minutes. Microseconds."""

DERIVED = frozenset({"open_opportunity", "live_conversation"})
"""Reasons of an account lock that last as long as what they derive from; any other is a claim or a hand-on with a time of its own."""


def expiry(lock: Lock, windows: Windows) -> tuple[int, str]:
    """When the lock ends if nothing more happens, and the rule that ends it (rules 1, 3 and 11)."""
    if lock.phase:
        end, rule = lock.ends, "activation_window" if lock.phase == PENDING else "short_lock"
    else:
        end, rule = lock.last + windows.review, "no_activity"
        unheard = lock.heard + windows.without_reply
        if unheard < end:
            end, rule = unheard, "no_reply"
    return (lock.hold if lock.hold > end else end), rule


def is_routings(lock: Lock) -> bool:
    """Whether routing a lead gave it and nobody has worked for it since: then routing may move it (rule 20)."""
    return lock.phase == PENDING and lock.rule in ROUTES


def to_be_told(lock: Lock, end: int) -> bool:
    """Whether a lock that now ends at `end`, microseconds, is told again for that alone."""
    return abs(end - lock.told * SECOND) >= TOLD_AGAIN


def tell(lock: Lock, end: int) -> None:
    """Note that `end`, microseconds, is what is published of the lock."""
    lock.told = end // SECOND


def view(state: Contact, lock: Lock, windows: Windows) -> LockView:
    """What a decision about a contact's lock shows of it. The lock is copied by rendering, which follows within the same event."""
    return LockView("contact", lock, expiry(lock, windows)[0], state.sequence, state.mailbox)


def last_outbound(state: Contact) -> tuple[int, str, str] | None:
    """(when, rep, kind) of the newest outbound to this contact."""
    if not state.sent:
        return None
    rep, sent = max(state.sent.items(), key=lambda item: (item[1].at, item[0]))
    return sent.at, rep, sent.kind


def grant(state: Contact, lock: Lock, target: str, at: int, cause: str, windows: Windows, out: Out) -> None:
    """Give a free contact its lock and say so. Who was told to stop was told so of another owner (rule 16)."""
    state.lock, state.overlaps = lock, []
    shown = view(state, lock, windows)
    fields = {"owner": lock.owner, "owner_is_team": lock.is_team, "until": shown.until, "lock": shown}
    out.append(Said("claim_granted", lock.rule, at, cause, target, fields))


def release(state: Contact, kind: str, rule: str, target: str, at: int, decided: int, cause: str, windows: Windows, out: Out) -> None:
    """End ownership at `at` (said at `decided`); the sequence, the mailbox and the holder's conversation end with it."""
    lock = state.lock
    if lock is None:
        return
    shown = view(state, lock, windows)
    fields = {"previous": lock.owner, "previous_is_team": lock.is_team, "lock": shown, "last_outbound": last_outbound(state)}
    fields["notify"] = [(lock.owner, rule, lock.is_team)]
    out.append(Said(kind, rule, decided, cause, target, fields))
    state.released = Release(at, rule, lock.owner)
    state.lock = None
    state.sequence = None
    state.mailbox = ""
    state.talker = ""
    state.talking_since = 0


def transfer(
    state: Contact, lock: Lock, target: str, at: int, cause: str, windows: Windows, out: Out, note: str = "", by: str = ""
) -> None:
    """Move ownership to `lock`'s owner, who need not stop any more (rule 16); sequence and mailbox do not move with it (rule 5)."""
    previous = state.lock
    assert previous is not None, "only a held contact can be transferred"
    if state.overlaps:
        state.overlaps = [mark for mark in state.overlaps if not mark.startswith(f"{lock.owner}|")]
    state.sequence = None
    state.mailbox = ""
    state.lock = lock
    shown = view(state, lock, windows)
    out.append(moved(previous, shown, lock.rule, target, at, cause, last_outbound(state), note, by))


def moved(
    previous: Lock,
    shown: LockView,
    rule: str,
    target: str,
    at: int,
    cause: str,
    outbound: tuple[int, str, str] | None,
    note: str = "",
    by: str = "",
) -> Said:
    """The `ownership_transferred` that tells both reps."""
    lock = shown.lock
    fields = {
        "owner": lock.owner,
        "owner_is_team": lock.is_team,
        "previous": previous.owner,
        "previous_is_team": previous.is_team,
        "until": shown.until,
        "lock": shown,
        "last_outbound": outbound,
        "note": note,
        "by": by,
        "notify": [(one.owner, rule, one.is_team) for one in (previous, lock)],
    }
    return Said("ownership_transferred", rule, at, cause, target, fields)


def next_due(state: Contact, windows: Windows) -> int:
    """When time alone changes this contact next; 0 for never."""
    due = NEVER
    if state.lock is not None:
        due = expiry(state.lock, windows)[0]
    if 0 < state.paused_until < due:
        due = state.paused_until
    if state.positive and state.positive + windows.replied_recently < due:
        due = state.positive + windows.replied_recently
    for flag in state.flags.values():
        if 0 < flag.until < due:
            due = flag.until
    return 0 if due == NEVER else due
