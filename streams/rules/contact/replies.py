"""What an answer does, at once and across all teams (rules 6, 9-13)."""

from __future__ import annotations

from schemas.policy import Policy, Windows
from streams.rules import suppression
from streams.rules.contact import heard, locks
from streams.rules.said import Out, Said
from streams.state import ORDINARY, Contact, Entry, Lock, Sequence

REASONS = {"interested": "replied", "replied": "replied", "meeting_booked": "meeting_booked"}
FLAGS = {"unsubscribe": "unsubscribed", "complaint": "complaint"}


def reply(state: Contact, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """Fold one classified reply into a contact."""
    outdated = entry.occurred < state.answered - policy.windows.late_touch
    state.answered = max(state.answered, entry.occurred)
    if entry.what in FLAGS:
        _forbids(state, entry, target, policy, decided, out)
        return
    if entry.what == "bounce":
        if not outdated:
            _bounce(state, entry, target, policy, decided, out)
        return
    state.replies += 1
    heard.answered(heard.of(state), entry.occurred, _answered(state, entry), entry.what)
    if entry.occurred >= state.inbound and entry.what != "out_of_office":
        state.inbound, state.thread = entry.occurred, entry.thread or state.thread
    if state.lock is not None:
        state.lock.last = max(state.lock.last, entry.occurred)
        state.lock.heard = max(state.lock.heard, entry.occurred)
    if outdated:
        if entry.what == "not_interested":
            _declined(state, entry, target, policy, decided, out)
        elif entry.what in REASONS:
            _accepted(state, entry, target, policy, decided, out)
        elif entry.what == "out_of_office" and entry.occurred > state.inbound and not state.paused_until:
            _away(state, entry, target, policy, decided, out)  # only what nobody wrote is newer
        return
    state.soft_bounces = 0
    if entry.what == "not_interested":
        suppression.suppress(state, "not_interested", "not_interested", entry.occurred, target, decided, entry.id, policy, out)
    elif entry.what == "out_of_office":
        _away(state, entry, target, policy, decided, out)
    else:
        _positive(state, entry, target, policy, decided, out)


def _declined(state: Contact, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """A refusal older than the newest known reply changes no owner, but is a refusal all the same, unless they have said yes since."""
    if state.positive < entry.occurred and entry.occurred + policy.windows.not_interested > entry.when:
        suppression.declined(state, entry.occurred, target, decided, entry.id, policy, out)


def _accepted(state: Contact, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """A yes older than the newest known reply changes no owner, but is a live conversation all the same, which no sequence talks over,
    unless they have said something since that tells more."""
    at, windows = entry.occurred, policy.windows
    if at + windows.replied_recently <= entry.when or at <= state.positive:
        return
    _lift(state, entry, target, decided, out)
    if state.flags:
        return
    state.positive = at
    _stop(state, state.sequence, entry, target, windows, decided, out)


def _lift(state: Contact, entry: Entry, target: str, decided: int, out: Out) -> None:
    """Rule 10: a later positive reply lifts `not_interested`."""
    flag = state.flags.get("not_interested")
    if flag is not None and flag.since < entry.occurred:
        suppression.lift(state, "not_interested", "positive_reply", target, decided, entry.id, out)


def _stop(state: Contact, running: Sequence | None, entry: Entry, target: str, windows: Windows, decided: int, out: Out) -> None:
    """Rule 9: the running sequence stops."""
    state.sequence = None
    if running is None or entry.occurred >= running.stepped + windows.sequence_idle:
        return
    holder = state.lock
    fields = {
        "owner": holder.owner if holder else "",
        "owner_is_team": holder is not None and holder.is_team,
        "pause": [(running.rep, running.id)],
        "resume_at": None,
        "notify": [(running.rep, "manual_reply_replaces_sequence")],
    }
    out.append(Said("outreach_paused", "manual_reply_replaces_sequence", decided, entry.id, target, fields))


def _forbids(state: Contact, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """Rule 13. An unsubscribe from before a person said to lift that very flag is what they lifted."""
    flag = FLAGS[entry.what]
    if entry.occurred <= state.lifted.get(flag, -1):
        return
    suppression.suppress(state, flag, entry.what, entry.occurred, target, decided, entry.id, policy, out)


def _bounce(state: Contact, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """Rule 12."""
    if entry.soft:
        state.soft_bounces += 1
        if state.soft_bounces < policy.windows.soft_bounces:
            return
    state.soft_bounces = 0
    suppression.suppress(state, "bounced", "bounce", entry.occurred, target, decided, entry.id, policy, out)


def _away(state: Contact, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """Rule 11. Of two dates the newer answer's counts; one without a date shortens none."""
    back = entry.number or entry.occurred + policy.windows.out_of_office
    if back <= entry.when:
        return
    if state.lock is not None:
        state.lock.hold = max(state.lock.hold, back)
    if back == state.paused_until or (back < state.paused_until and not entry.number):
        return
    state.paused_until = back
    running = state.sequence
    fields = {
        "owner": state.lock.owner if state.lock else "",
        "owner_is_team": state.lock is not None and state.lock.is_team,
        "pause": [(running.rep, running.id)] if running else [],
        "resume_at": back,
        "until": back,
        "notify": _waiting(state),
    }
    out.append(Said("outreach_paused", "out_of_office", decided, entry.id, target, fields))


def _waiting(state: Contact) -> list[tuple[str, str, bool]]:
    """Whose outreach waits for somebody who is away: the holder's, and a running sequence's."""
    lock, running = state.lock, state.sequence
    told = [(lock.owner, "out_of_office", lock.is_team)] if lock is not None else []
    if running is not None and (lock is None or running.rep != lock.owner):
        told.append((running.rep, "out_of_office", False))
    return told


def _positive(state: Contact, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """Rules 6, 9 and 10: the conversation decides whose contact it is."""
    at, windows = entry.occurred, policy.windows
    if at + min(windows.review, windows.replied_recently) <= entry.when:
        return  # told so late that neither lock nor conversation would still live
    _lift(state, entry, target, decided, out)
    if state.flags:
        return
    state.paused_until = 0
    was_live = state.positive > 0 and at < state.positive + windows.replied_recently
    state.positive = max(state.positive, at)
    lock, who = state.lock, _answered(state, entry)
    running = state.sequence
    if lock is not None and not _goes_to_another(state, lock, who, was_live):
        if state.talker != lock.owner or not was_live:
            state.talker, state.talking_since = lock.owner, at
        lock.phase, lock.ends, lock.reason = ORDINARY, 0, REASONS[entry.what]
    elif who and not entry.barred:  # nobody gets somebody whose whole company must not be written to
        new = Lock(who, REASONS[entry.what], "live_thread", at, at, entry.id, last=at, heard=at)
        if lock is None:
            locks.grant(state, new, target, decided, entry.id, windows, out)
        else:
            new.first, new.first_id = lock.first, lock.first_id
            new.hold = lock.hold
            locks.transfer(state, new, target, decided, entry.id, windows, out)
        state.talker, state.talking_since = who, at
    _stop(state, running, entry, target, windows, decided, out)


def _goes_to_another(state: Contact, lock: Lock, who: str, was_live: bool) -> bool:
    """Rule 6: an answer to another rep's message, while the holder has no live conversation with this contact. An answer to the
    message of an owner it was handed on from belongs to the present one (rule 8)."""
    if not who or who in lock.former or (who == lock.owner and not lock.is_team):
        return False
    return not (was_live and state.talker == lock.owner)


def _answered(state: Contact, entry: Entry) -> str:
    """Whose message was answered: as said, else by thread or mailbox, else the holder's, else of who touched last."""
    if entry.rep:
        return entry.rep
    for rep, sent in sorted(state.sent.items(), key=lambda item: (-item[1].at, item[0])):
        if (entry.thread and sent.thread == entry.thread) or (entry.mailbox and sent.mailbox == entry.mailbox):
            return rep
    if state.lock is not None:
        return "" if state.lock.is_team else state.lock.owner
    latest = locks.last_outbound(state)
    return latest[1] if latest else ""
