"""A contact's events folded in time order, whatever the order of their arrival (rule 26).

A contact keeps the events younger than `late_touch` in a window beside a checkpoint. An event that comes after all that is known is
applied to the present state. One that comes late within `late_touch` is put in its place, the window is folded again, and what
differs from before is said. An event later than that takes the place of its arrival and is marked late.
"""

from __future__ import annotations

from schemas.policy import Policy, Windows
from streams.rules import suppression
from streams.rules.contact import claims, locks, replies, steps, touches
from streams.rules.said import Out, Said
from streams.state import Contact, ContactRecord, Entry, Release, brief, freeze, kept, thaw
from streams.state import entry as held

SLACK = 300_000_000
"""The window outlives `late_touch` by five minutes, so that a worker which reads one partition a little behind another still finds
the place of an event that was in time when it arrived. Longer only costs memory."""

LONGEST = 64
"""Entries a window holds at most; far above what one person gets in a quarter of an hour. Beyond it the oldest join the checkpoint."""

MOVES = frozenset({"claim_granted", "ownership_transferred", "ownership_released", "ownership_expired"})
"""Kinds that a fold said anew tells by comparing the lock before and after, not by repeating each step between."""


SUPPRESSIONS = frozenset({"contact_suppressed", "suppression_lifted"})


def arrive(record: ContactRecord, entry: Entry, target: str, policy: Policy, at: int, passing: bool = True) -> Out:
    """Take in one entry that arrived at `at`; what it makes to be said. `passing`: let the time up to `at` pass after one in order."""
    prune(record, at - policy.windows.late_touch - SLACK, target, policy)
    state = record.state
    in_order = entry.when > state.stamp or (entry.when == state.stamp and _is_next(record, entry))
    if not record.window and not record.base and (record.seen or state.stamp):
        # A contact that nothing is known of needs no checkpoint: blank is empty bytes.
        record.base = freeze(state)
    if in_order or not state.stamp:
        out: Out = []
        if 0 < state.due <= entry.when:
            advance(state, entry.when, target, policy, out)
        apply(state, entry, target, policy, at, out)
        record.window.append(kept(entry))
        if passing and 0 < state.due <= at:
            advance(state, at, target, policy, out)
        return out
    return _refold(record, entry, target, policy, at)


def tick(record: ContactRecord, target: str, policy: Policy, now: int) -> Out:
    """Let time pass until `now`: deadlines that have come are said, each at its own time."""
    out: Out = []
    if not record.window and not record.base:
        # What time changes now, an event that is still on its way may have prevented: the state before stays at hand.
        record.base = freeze(record.state)
    advance(record.state, now, target, policy, out)
    return out


def checkpoint(record: ContactRecord) -> None:
    """What is now is settled: a command was judged as it arrived, later folds begin here (rule 26)."""
    record.window, record.steps = [], []
    record.base, record.undo = b"", None


def restore(record: ContactRecord, windows: Windows) -> None:
    """Write out what is told by the owner's steps (see `steps.py`): the checkpoint and the end of the window; and what was left out."""
    if record.left:
        brief.fill_in(record)
    undo = record.undo
    if record.steps:
        record.window += [kept(steps.entry(step, record.state)) for step in record.steps]
        record.steps = []
    if undo is not None:
        record.base, record.undo = freeze(steps.undone(thaw(freeze(record.state)), undo, windows)), None


def advance(state: Contact, until: int, target: str, policy: Policy, out: Out) -> None:
    """Apply every change that time alone brings up to and including `until`, earliest first."""
    while 0 < state.due <= until:
        due, windows = state.due, policy.windows
        # The lock of somebody out of office lives at least until they are back (rule 11): it is still there to go on with.
        if state.paused_until == due:
            state.paused_until = 0
            _returned(state, target, due, out)
        lock = state.lock
        if lock is not None:
            end, rule = locks.expiry(lock, windows)
            if end == due:
                cause = f"deadline:{rule}:{target}"
                locks.release(state, "ownership_expired", rule, target, due, due, cause, windows, out)
        for name in [name for name, flag in state.flags.items() if flag.until == due]:
            del state.flags[name]
            fields = {"flag": name, "scope": "contact", "what": name}
            out.append(Said("suppression_lifted", "not_interested_over", due, f"deadline:not_interested_over:{target}", target, fields))
        if state.positive and state.positive + windows.replied_recently == due:
            state.positive, state.talker, state.talking_since = 0, "", 0
        state.stamp = max(state.stamp, due)
        state.due = locks.next_due(state, windows)


def _returned(state: Contact, target: str, due: int, out: Out) -> None:
    """Rule 11: outreach goes on, unless the contact must not be written to any more."""
    if state.flags:
        return
    holder = state.lock
    fields = {"owner": holder.owner if holder else "", "owner_is_team": holder is not None and holder.is_team, "resume": []}
    if state.sequence is not None:
        fields["resume"] = [(state.sequence.rep, state.sequence.id)]
    if holder is not None:
        fields["notify"] = [(holder.owner, "returned", holder.is_team)]
    out.append(Said("outreach_resumed", "returned", due, f"deadline:returned:{target}", target, fields))


def apply(state: Contact, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """Apply one entry to the state that it meets, up to whose time deadlines have been fired."""
    if entry.kind == "touch":
        touches.touch(state, entry, target, policy, decided, out)
    elif entry.kind == "reply":
        replies.reply(state, entry, target, policy, decided, out)
    elif entry.kind == "claim":
        claims.claim(state, entry, target, policy, decided, out)
    elif entry.kind == "launch":
        claims.launch(state, entry, target, policy, decided, out)
    else:
        touches.signal(state, entry)
    if entry.when > state.stamp:
        state.stamp = entry.when
    state.due = locks.next_due(state, policy.windows)


def _is_next(record: ContactRecord, entry: Entry) -> bool:
    """Whether an entry of the newest known time comes after the last one of that time."""
    last = held(record.window[-1]) if record.window else None
    return last is not None and (entry.when, entry.id) > (last.when, last.id)


def folded(base: bytes, window: list[Entry], target: str, policy: Policy, at: int, until: int = -1) -> tuple[Contact, Out]:
    """The state that a window leaves of its checkpoint, as of `until` (0: of its last entry; else of `at`), and what is said on the way."""
    state, out = thaw(base), Out()
    for entry in window:
        advance(state, entry.when, target, policy, out)
        apply(state, entry, target, policy, at, out)
    if until:
        advance(state, at, target, policy, out)
    return state, out


def prune(record: ContactRecord, horizon: int, target: str, policy: Policy) -> None:
    """Let entries from before `horizon`, before which nothing can come any more, join the checkpoint."""
    window = record.window
    if record.state.stamp < horizon:
        record.window, record.base = [], b""
    elif len(window) >= LONGEST or (len(window) >= LONGEST // 4 and held(window[LONGEST // 8]).when < horizon):
        entries = [held(one) for one in window]
        cut = max(1, sum(entry.when < horizon for entry in entries))
        state, _ = folded(record.base, entries[:cut], target, policy, 0)
        record.base, record.window = freeze(state), window[cut:]


def _refold(record: ContactRecord, entry: Entry, target: str, policy: Policy, at: int) -> Out:
    before = record.state
    entries = [held(one) for one in record.window]
    known = {identity(said) for said in folded(record.base, entries, target, policy, at)[1]}
    entries = sorted([*entries, entry], key=lambda item: (item.when, item.id))
    after, said = folded(record.base, entries, target, policy, at)
    record.window, record.state = [kept(one) for one in entries], after
    return told_anew(before, after, entry.id, entry, said, known, target, policy, at)


def told_anew(
    before: Contact,
    after: Contact,
    cause: str,
    entry: Entry | None,
    said: Out,
    known: set[tuple[object, ...]],
    target: str,
    policy: Policy,
    at: int,
) -> Out:
    """What is to be said of a contact that was folded again because of the event `cause`. `entry`: its own entry, where it is about this
    contact. `said`: by the new fold; `known`: what was said by the old one, by `identity`."""
    if before.lock is not None and after.lock is not None and before.lock.owner == after.lock.owner:
        after.lock.token, after.lock.told = before.lock.token, before.lock.told
    elif after.lock is not None:
        after.lock.token = after.lock.told = 0  # whoever has it back has it by a grant of its own: a token only rises
    out = _lock_moved(before, after, cause, target, policy, at)
    out += [item for item in said if item.kind not in MOVES and item.cause != cause and identity(item) not in known]
    out += _own_answer(after, entry, said, out, target, policy, at) if entry is not None else []
    lifted = {one.fields["flag"] for one in out if one.kind == "suppression_lifted"}
    for flag in sorted(before.flags.keys() - after.flags.keys() - lifted):
        fields = {"flag": flag, "scope": "contact", "what": flag}
        out.insert(0, Said("suppression_lifted", "suppressed_too_soon", at, cause, target, fields))
    # A suppression that came and went between was none for anybody.
    return [one for one in out if one.kind not in SUPPRESSIONS or one.fields["flag"] in before.flags or one.fields["flag"] in after.flags]


def identity(said: Said) -> tuple[object, ...]:
    """What makes two decisions of two folds the same."""
    return said.kind, said.rule, said.cause, said.fields.get("flag"), said.fields.get("rep")


def _lock_moved(before: Contact, after: Contact, cause: str, target: str, policy: Policy, at: int) -> Out:
    old, new, windows, out = before.lock, after.lock, policy.windows, Out()
    if new is not None and old is None:
        shown = locks.view(after, new, windows)
        fields = {"owner": new.owner, "owner_is_team": new.is_team, "until": shown.until, "lock": shown}
        out.append(Said("claim_granted", new.rule, at, cause, target, fields))
    elif new is not None and old is not None and (new.owner, new.is_team) != (old.owner, old.is_team):
        shown = locks.view(after, new, windows)
        # Rule 4: a claim that was earlier takes the lock as an earlier touch does. Rule 6: who is found to have had the live thread all
        # along gets the contact back for that.
        rule = "first_touch" if new.rule in ("claim", "short_lock") else new.rule
        if old.rule == "live_thread" and after.talker == new.owner:
            rule = "live_thread"
        out.append(locks.moved(old, shown, rule, target, at, cause, locks.last_outbound(after)))
    elif new is None and old is not None:
        # Without a release of its own it was never theirs, as is known now: because of a suppression, or of what another did.
        released = after.released if after.released not in (None, before.released) else None
        if released is None:
            named = suppression.strongest(after.flags)
            released = Release(at, suppression.RELEASES.get(named[0], "known_late") if named else "known_late", old.owner)
        shown = locks.view(before, old, windows)
        kind = (
            "ownership_expired" if released.rule in ("activation_window", "short_lock", "no_activity", "no_reply") else "ownership_released"
        )
        fields = {"previous": old.owner, "previous_is_team": old.is_team, "lock": shown, "last_outbound": locks.last_outbound(after)}
        fields["notify"] = [(old.owner, released.rule, old.is_team)]
        out.append(Said(kind, released.rule, at, cause, target, fields))
    return out


def _own_answer(after: Contact, entry: Entry, said: Out, already: Out, target: str, policy: Policy, at: int) -> Out:
    """What the late entry itself is answered with: its own part of the fold, held against how things stand now."""
    own = [item for item in said if item.cause == entry.id and item.kind not in MOVES]
    if entry.kind != "claim" or any(item.kind == "claim_denied" for item in own):
        return own
    lock = after.lock
    if lock is not None and touches.holds(lock, entry):
        told = any(item.kind in MOVES and item.fields.get("owner") == entry.rep for item in already)
        return own if told else [*own, claims.own(lock.owner, locks.view(after, lock, policy.windows), target, at, entry.id)]
    named = suppression.strongest(after.flags)
    if named is not None:
        return [*own, claims.denied("suppressed", target, at, entry, {"what": named[0], "until": named[1].until})]
    if lock is None:
        return [*own, claims.denied("free", target, at, entry, {})]
    return [*own, claims.denied("contact_locked", target, at, entry, claims.held(lock, locks.view(after, lock, policy.windows)))]
