"""The owner's next e-mail in the sequence that runs: most of all events, of which nothing comes but that a few times move on.

A shorter way to what `contacts.email_sent` and the fold do with it (docs/performance.md says what it saves), for the case in which none
of their questions can have another answer. tests/bench/test_steady.py holds both ways against each other; whoever changes what a touch
does changes both.
"""

from __future__ import annotations

from typing import Final

from schemas.policy import Windows
from streams.plain import Mail
from streams.rules.company import at_work
from streams.rules.contact import fold, locks, steps, touches
from streams.state import Company, ContactRecord, Outbound, brief

NOT, MOVED, TOLD = 0, 1, 2
"""What `email_sent` answers: it is no such e-mail and nothing was changed; it was taken in; it was, and the lock is to be told again."""

MOST: Final = fold.LONGEST // 4
"""A window of so many entries is for the fold to prune."""


def email_sent(
    record: ContactRecord, company: Company | None, event: Mail, cause: str, at: int, when: int, team: str, windows: Windows
) -> int:
    """Take the e-mail in, if it is such a one. `at`, `when`, `cause`: as a World has them. `team`: the rep's."""
    state = record.state
    lock, running, rep = state.lock, state.sequence, event.rep
    # The holder's step of the running sequence from the known mailbox, in time, the newest that is known of the contact, which no
    # review moves and no lead awaits ...
    if (
        lock is None
        or running is None
        or lock.owner != rep
        or running.id != event.sequence_id
        or lock.phase
        or lock.is_team
        or state.flags
        or event.final_step
        or lock.reason == "prospecting"
        or event.fencing_token is not None
        or not (state.stamp < when >= lock.first)
        or at >= state.due
        or at - when > windows.late_touch
        or not 0 < record.armed <= state.due
        or not lock.token
        or record.dispute is not None
        or record.awaited
    ):
        return NOT
    mailbox = event.mailbox or ""
    if mailbox and (not state.mailbox or (event.step in touches.FIRST and not brief.is_opener(record, mailbox))):
        return NOT
    # ... at a company at which a touch can change nothing and run into nothing.
    if company is not None and (company.lock is not None or company.domains or company.flags or company.disputes):
        return NOT
    thread, sent = event.thread_id or "", brief.last_sent(record, lock)
    if state.stamp < at - windows.late_touch - fold.SLACK:
        record.window, record.steps, record.base = [], [], b""
        record.undo = steps.undo(state, lock, running, sent, thread)
    elif not 0 < len(record.window) + len(record.steps) < MOST or (sent is not None and sent.thread != thread and record.steps):
        return NOT  # for the fold to prune; or the steps before it are in another thread, which only the state has
    elif record.steps and not record.steps[-1].when:
        record.steps[-1].when = state.stamp
    if record.left & brief.SENT and mailbox != state.mailbox:
        brief.fill_in(record)
    left = record.left
    if lock.last < when:
        lock.last = when
    if left & brief.SENT:
        record.thread = thread
    else:
        state.sent[rep] = Outbound(when, brief.MAIL, thread, mailbox)
    if not left & brief.RUNNING and running.stepped < when:
        running.stepped = when
    state.stamp = when
    if not left:
        brief.leave_out(record)
    end = locks.expiry(lock, windows)[0]
    state.due = locks.next_due(state, windows) if state.paused_until or state.positive else end
    steps.take(record, running, event, cause, team)
    if company is not None:
        at_work.touched(company, rep, event.contact, "", when)
    return TOLD if locks.to_be_told(lock, end) else MOVED
