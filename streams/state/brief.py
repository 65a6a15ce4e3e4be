"""What a contact's document leaves out while its owner's steps are the newest of it, because the rest says the same.

Most contacts that are held were taken by an e-mail and have got nothing but their owner's steps since. Then the history's last line is the
lock's own grant, the one mailbox that ever wrote first did so with the lock's first touch, and the last outbound and the sequence's last
step are the newest event. `left` of the record says which of these are left out; `fill_in` writes them out again before anything but
`streams.rules.contact.steady` sees the record.
"""

from __future__ import annotations

from typing import Final

from streams.state.contacts import ContactRecord
from streams.state.locks import Change, Lock, Outbound

MAIL: Final = "email"
"""The kind of an e-mail among touches."""

LOOKED_AT, GRANT, OPENER, SENT, RUNNING = 1, 2, 4, 8, 16
"""Bits of `ContactRecord.left`. `LOOKED_AT`: it was found out what can be left out."""


def leave_out(record: ContactRecord) -> None:
    """Leave out what the rest says, after a step of the owner in the running sequence that is the newest event of the contact."""
    state, left = record.state, LOOKED_AT
    lock, running, mailbox, history = state.lock, state.sequence, state.mailbox, record.history
    assert lock is not None and running is not None, "steps are taken by an owner in a sequence"
    if history and history[-1] == _granted(lock):
        history.pop()
        left |= GRANT
    if len(state.openers) == 1 and state.openers.get(mailbox) == lock.first:
        state.openers.clear()
        left |= OPENER
    sent = state.sent.get(lock.owner)
    if len(state.sent) == 1 and sent is not None and sent.at == state.stamp and sent.kind == MAIL and sent.mailbox == mailbox:
        state.sent.clear()
        record.thread = sent.thread
        left |= SENT
    if running.rep == lock.owner and running.stepped == state.stamp:
        running.rep, running.stepped = "", 0
        left |= RUNNING
    record.left = left


def fill_in(record: ContactRecord) -> None:
    """Write out what was left out."""
    state, left = record.state, record.left
    lock, running = state.lock, state.sequence
    assert lock is not None and running is not None, "steps are taken by an owner in a sequence"
    if left & GRANT:
        record.history.append(_granted(lock))
    if left & OPENER:
        state.openers[state.mailbox] = lock.first
    if left & SENT:
        state.sent[lock.owner] = Outbound(state.stamp, MAIL, record.thread, state.mailbox)
        record.thread = ""
    if left & RUNNING:
        running.rep, running.stepped = lock.owner, state.stamp
    record.left = 0


def last_sent(record: ContactRecord, lock: Lock) -> Outbound | None:
    """The owner's last outbound, left out or not."""
    state = record.state
    if record.left & SENT:
        return Outbound(state.stamp, MAIL, record.thread, state.mailbox)
    return state.sent.get(lock.owner)


def is_opener(record: ContactRecord, mailbox: str) -> bool:
    """Whether the mailbox is known as having written first, left out or not."""
    return mailbox in record.state.openers or (bool(record.left & OPENER) and mailbox == record.state.mailbox)


def _granted(lock: Lock) -> Change:
    """The line that a lock's grant leaves in the history."""
    return Change(lock.claimed_at, "claim_granted", lock.rule, lock.first_id, lock.owner)
