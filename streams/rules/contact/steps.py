"""The owner's steps in a running sequence, kept in a few bytes until anything else comes after them.

Most documents end with such steps. What the rules need of them (rule 26: the checkpoint before the window, and the window's entries) can
be told from the present state and a handful of times, so those are kept instead; `fold.restore` writes it all out before any other rule
sees the record.
"""

from __future__ import annotations

from schemas.policy import Windows
from streams.plain import Mail
from streams.rules.contact import locks
from streams.state import Contact, ContactRecord, Entry, Lock, Odd, Outbound, Sequence, Step, Undo, Unlike
from streams.state.brief import MAIL


def take(record: ContactRecord, running: Sequence, event: Mail, cause: str, team: str) -> None:
    """Keep the e-mail, which is the newest event of the contact."""
    tool, campaign, mailbox = event.tool or "", event.campaign or "", event.mailbox or ""
    kept = Step(0, cause, team)
    if tool != running.tool or campaign != running.campaign or mailbox != record.state.mailbox:
        kept.unlike = Unlike(
            tool if tool != running.tool else None,
            campaign if campaign != running.campaign else None,
            mailbox if mailbox != record.state.mailbox else None,
        )
    record.steps.append(kept)


def entry(step: Step, state: Contact) -> Entry:
    """The window's entry that the step stands for: nothing came after it but steps in the same thread."""
    lock, running = _owned(state)
    rep, when, unlike = lock.owner, step.when or state.stamp, step.unlike or _USUAL
    return Entry(
        when,
        step.id,
        "touch",
        MAIL,
        rep,
        when,
        team=step.team,
        sequence=running.id,
        tool=_or(unlike.tool, running.tool),
        campaign=_or(unlike.campaign, running.campaign),
        mailbox=_or(unlike.mailbox, state.mailbox),
        thread=state.sent[rep].thread,
    )


def undo(state: Contact, lock: Lock, running: Sequence, sent: Outbound | None, thread: str) -> Undo:
    """How to come back to `state` once its lock's owner has taken steps in a `thread`. `sent`: the owner's last outbound before them. The
    sequence's last step is left out where it is the newest event (`streams.state.brief`)."""
    last = lock.last
    odd = Odd(_unlike(state.stamp, last), _unlike(running.stepped or state.stamp, last))
    if sent is None:
        odd.none = True
    else:
        odd.sent = _unlike(sent.at, last)
        if sent.thread != thread:
            odd.thread = sent.thread
        if sent.kind != MAIL:
            odd.kind = sent.kind
        if sent.mailbox != state.mailbox:
            odd.mailbox = sent.mailbox
    return Undo(last, None if odd == _EVEN else odd)


def undone(state: Contact, undo: Undo, windows: Windows) -> Contact:
    """The state before the steps; `state` itself is changed."""
    lock, running = _owned(state)
    odd = undo.odd or _EVEN
    lock.last = undo.last
    state.stamp, running.stepped = odd.stamp or undo.last, odd.stepped or undo.last
    if odd.none:
        state.sent.pop(lock.owner, None)
    else:
        thread = _or(odd.thread, state.sent[lock.owner].thread)
        mailbox = _or(odd.mailbox, state.mailbox)
        state.sent[lock.owner] = Outbound(odd.sent or undo.last, _or(odd.kind, MAIL), thread, mailbox)
    state.due = locks.next_due(state, windows)
    return state


def _owned(state: Contact) -> tuple[Lock, Sequence]:
    lock, running = state.lock, state.sequence
    assert lock is not None and running is not None, "steps are taken by an owner in a sequence"
    return lock, running


def _or(given: str | None, usual: str) -> str:
    return usual if given is None else given


def _unlike(at: int, last: int) -> int:
    return 0 if at == last else at


_USUAL, _EVEN = Unlike(), Odd()
