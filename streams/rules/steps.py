"""The owner's steps in a running sequence, kept in a few bytes until anything else comes after them.

Most documents end with such steps. What the rules need of them (rule 26: the checkpoint before the window, and the window's entries) can
be told from the present state and a handful of times, so those are kept instead; `streams.rules.fold.restore` writes it all out before
any other rule sees the record.
"""

from __future__ import annotations

from schemas.policy import Windows
from streams.plain import Mail
from streams.rules import locks
from streams.state import Contact, Entry, Lock, Outbound, Sequence, Step, Undo

MAIL = "email"


def step(state: Contact, running: Sequence, event: Mail, cause: str, when: int, team: str) -> Step:
    """The e-mail as it is kept."""
    kept = Step(when, cause, team)
    if (event.tool or "") != running.tool:
        kept.tool = event.tool or ""
    if (event.campaign or "") != running.campaign:
        kept.campaign = event.campaign or ""
    if (event.mailbox or "") != state.mailbox:
        kept.mailbox = event.mailbox or ""
    return kept


def entry(step: Step, state: Contact) -> Entry:
    """The window's entry that the step stands for: nothing came after it but steps in the same thread."""
    lock, running = _owned(state)
    rep = lock.owner
    return Entry(
        step.when,
        step.id,
        "touch",
        MAIL,
        rep,
        step.when,
        team=step.team,
        sequence=running.id,
        tool=_or(step.tool, running.tool),
        campaign=_or(step.campaign, running.campaign),
        mailbox=_or(step.mailbox, state.mailbox),
        thread=state.sent[rep].thread,
    )


def undo(state: Contact, lock: Lock, running: Sequence) -> Undo:
    """How to come back to `state`, once its lock's owner has taken steps."""
    last, sent = lock.last, state.sent.get(lock.owner)
    known = Undo(last, lock.told, stamp=_unlike(state.stamp, last), stepped=_unlike(running.stepped, last))
    if sent is None:
        known.none = True
        return known
    known.sent, known.thread = _unlike(sent.at, last), sent.thread
    if sent.kind != MAIL:
        known.kind = sent.kind
    if sent.mailbox != state.mailbox:
        known.mailbox = sent.mailbox
    return known


def undone(state: Contact, undo: Undo, windows: Windows) -> Contact:
    """The state before the steps; `state` itself is changed."""
    lock, running = _owned(state)
    lock.last, lock.told = undo.last, undo.told
    state.stamp, running.stepped = undo.stamp or undo.last, undo.stepped or undo.last
    if undo.none:
        state.sent.pop(lock.owner, None)
    else:
        thread = _or(undo.thread, state.sent[lock.owner].thread)
        mailbox = _or(undo.mailbox, state.mailbox)
        state.sent[lock.owner] = Outbound(undo.sent or undo.last, _or(undo.kind, MAIL), thread, mailbox)
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
