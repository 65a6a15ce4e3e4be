"""What a touch does to a contact: the first one takes it, the owner's keep it, anyone else's is an overlap (rules 2-5)."""

from __future__ import annotations

from schemas.policy import Policy, Windows
from streams.rules import suppression
from streams.rules.contact import heard, locks, overlaps
from streams.rules.said import Out
from streams.state import ORDINARY, Contact, Entry, Lock, Outbound, Sequence, brief

MAIL = brief.MAIL
MEETINGS = heard.MEETINGS
TOUCHES = frozenset({"call", MAIL}) | MEETINGS
HEARD = frozenset({"call"}) | MEETINGS
"""Touches that count as hearing from the prospect, or as more than mail, for `without_reply` (rule 3)."""
FIRST = (1, None)
"""Steps of which the first e-mail from a mailbox may be; None: the tool does not count."""

OPENERS = 8
"""Mailboxes that a contact remembers as having written first: one too many is two. Bounds the document."""

SIGNALS = heard.INTENTS


def touch(state: Contact, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """Fold one touch into a contact."""
    at, rep, windows = entry.occurred, entry.rep, policy.windows
    sent = state.sent.get(rep)
    if sent is None or sent.at <= at:
        state.sent[rep] = Outbound(at, entry.what, entry.thread, entry.mailbox)
    if entry.opener:
        _opened(state, entry.mailbox, at)
    if entry.what in MEETINGS:
        heard.met(heard.of(state), at, rep, entry.what)
    if state.flags or entry.barred:
        suppression.report_violation(state, entry, target, decided, out)
        return
    lock = state.lock
    keeper = entry.captain or entry.sender
    if keeper and not (lock is not None and holds(lock, entry)):
        # The account is another's as a whole (rule 7), or under review (rule 17): a stray voice, whoever may hold this very contact.
        _stray(state, lock or captains(keeper), entry, target, policy, decided, out)
        return
    if lock is None:
        if not _is_history(entry, windows) and _may_take(state, entry, windows.activation):
            new = Lock(rep, "active_sequence" if entry.sequence else "prospecting", "first_touch", at, at, entry.id, last=at, heard=at)
            _register(state, entry)
            locks.grant(state, new, target, decided, entry.id, windows, out)
            _conversation(state, entry)
        return
    if holds(lock, entry):
        if lock.phase == ORDINARY or not _is_history(entry, windows):
            _by_owner(state, lock, entry, target, policy, decided, out)
    elif takes(lock, entry):
        new = Lock(rep, "active_sequence" if entry.sequence else "prospecting", "first_touch", at, at, entry.id, last=at, heard=at)
        locks.transfer(state, new, target, decided, entry.id, windows, out)
        _register(state, entry)
        _conversation(state, entry)
    else:
        _stray(state, lock, entry, target, policy, decided, out)


def _stray(state: Contact, lock: Lock, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """Another voice than the owner's (rule 16). Whoever has met them, a live conversation it is."""
    overlaps.overlap(state, lock, entry, target, policy, decided, out)
    if entry.what in MEETINGS and entry.occurred > state.positive:
        state.positive = entry.occurred


def _opened(state: Contact, mailbox: str, at: int) -> None:
    """Keep when each mailbox wrote first, as far as that was known when it came, for the audit: the earliest `OPENERS` of them."""
    state.openers[mailbox] = min(state.openers.get(mailbox, at), at)
    if len(state.openers) > OPENERS:
        del state.openers[max(state.openers, key=lambda box: (state.openers[box], box))]


def signal(state: Contact, entry: Entry) -> None:
    """An intent signal is positive: whoever holds the contact has been heard (rule 3)."""
    noted(state, entry.what, entry.occurred)


def noted(state: Contact, kind: str, at: int) -> None:
    """As `signal`, of what the contact did at `at`, microseconds."""
    if kind in SIGNALS:
        heard.intent(heard.of(state), at, kind)
    if state.lock is not None and at > state.lock.heard:
        state.lock.heard = at


def captains(owner: str) -> Lock:
    """The account's captain as the holder of a contact that nobody holds."""
    return Lock(owner, "account_owned", "account_owned", 0, 0, "")


def holds(lock: Lock, entry: Entry) -> bool:
    """Whether the entry's rep is the lock's owner, or of the team that owns it."""
    return lock.owner == (entry.team if lock.is_team else entry.rep)


def takes(lock: Lock, entry: Entry) -> bool:
    """Rule 4: earlier than the lock's first touch or claim and not late. Equal times: the smaller event id."""
    return not entry.late and (entry.occurred, entry.id) < (lock.first, lock.first_id)


def _is_history(entry: Entry, windows: Windows) -> bool:
    """Whether a touch is told so late that its lock would have ended by now: it neither takes a contact nor activates a claim."""
    return entry.occurred + min(windows.review, windows.without_reply) <= entry.when


def _may_take(state: Contact, entry: Entry, activation: int) -> bool:
    """Rule 2, 3 and 4: what a free contact refuses. A touch from before the release is not new work of the rep who gave it up."""
    released = state.released
    if released is None:
        return True
    if entry.occurred < released.at and (entry.late or entry.rep == released.owner):
        return False
    dripped = released.rule == "no_reply" and released.owner == entry.rep and entry.what == MAIL
    return not (dripped and entry.occurred < released.at + activation)


def _by_owner(state: Contact, lock: Lock, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """The owner's work goes on; of what a team holds the member who touches becomes the owner."""
    at = entry.occurred
    if entry.stale or overlaps.is_second_sequence(state, entry, policy.windows.sequence_idle):
        overlaps.overlap(state, lock, entry, target, policy, decided, out)
    else:
        _register(state, entry)
    taken = lock.is_team
    if taken:
        lock.owner, lock.is_team, lock.rule = entry.rep, False, "first_touch"
    if lock.phase != ORDINARY:
        lock.phase, lock.ends, lock.last, lock.heard = ORDINARY, 0, at, at
        if lock.reason == "research":
            lock.reason = "prospecting"
    if at > lock.last:
        lock.last = at
    if at < lock.first:
        if lock.heard == lock.first and state.sent[entry.rep].kind == MAIL:
            lock.heard = at  # nothing but the first touch is what `without_reply` counts from
        lock.first, lock.first_id = at, entry.id
        lock.claimed_at = min(lock.claimed_at, at)
    if entry.what in HEARD and at > lock.heard:
        lock.heard = at
    if entry.sequence and lock.reason == "prospecting":
        lock.reason = "active_sequence"
    _conversation(state, entry)
    if taken:
        locks.grant(state, lock, target, decided, entry.id, policy.windows, out)


def _register(state: Contact, entry: Entry) -> None:
    """The contact's one sequence and one mailbox (rule 5)."""
    if entry.what != MAIL:
        return
    if entry.mailbox and not state.mailbox:
        state.mailbox = entry.mailbox
    if not entry.sequence:
        return
    if entry.final:
        state.sequence = None
    elif state.sequence is None or state.sequence.id != entry.sequence:
        state.sequence = Sequence(entry.sequence, entry.rep, entry.occurred, entry.tool, entry.campaign)
    else:
        state.sequence.stepped = max(state.sequence.stepped, entry.occurred)


def _conversation(state: Contact, entry: Entry) -> None:
    """A meeting with the holder begins or carries on the live conversation."""
    if entry.what not in MEETINGS:
        return
    if state.talker != entry.rep:
        state.talker, state.talking_since = entry.rep, entry.occurred
    state.positive = max(state.positive, entry.occurred)
