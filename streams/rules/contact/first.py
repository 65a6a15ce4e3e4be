"""The first e-mail to somebody of whom nothing is known, at a company where nothing is in its way: it takes the contact (rule 2).

A shorter way to what `contacts.email_sent` and the fold do with it (docs/performance.md says what it saves), for the case in which none
of their questions can have another answer. tests/bench/test_steady.py holds both ways against each other; whoever changes what a touch
does changes both.
"""

from __future__ import annotations

from schemas.policy import Policy
from streams.directory.directory import Account, Directory
from streams.plain import Mail
from streams.rules.company import at_work, levels, standings
from streams.rules.contact import locks, touches
from streams.rules.hand_off import reps
from streams.state import Company, Contact, ContactRecord, Entry, Lock, Outbound, Sequence, kept


def email_sent(
    company: Company | None, account: Account | None, event: Mail, cause: str, at: int, when: int, directory: Directory, policy: Policy
) -> ContactRecord | None:
    """The contact's record with its lock, whose token and end are still to be told; the company has followed. None: it is no such e-mail,
    and nothing was changed. `at`, `when`, `cause`: as a World has them."""
    windows, rep = policy.windows, event.rep
    if event.final_step or at - when > windows.late_touch or not reps.takes(rep, directory, at):
        return None
    if company is not None and not levels.is_open(company, account, policy):
        return None
    sequence, mailbox = event.sequence_id or "", event.mailbox or ""
    lock = Lock(rep, "active_sequence" if sequence else "prospecting", "first_touch", when, when, cause, last=when, heard=when)
    end = locks.expiry(lock, windows)[0]
    if end <= at:
        return None
    entry = Entry(when, cause, "touch", touches.MAIL, rep, when, False, directory.team(rep), sequence, event.tool or "")
    entry.campaign, entry.mailbox, entry.thread = event.campaign or "", mailbox, event.thread_id or ""
    state = Contact(lock, None, mailbox, end, stamp=when)
    state.sent[rep] = Outbound(when, touches.MAIL, entry.thread, mailbox)
    if sequence:
        state.sequence = Sequence(sequence, rep, when, entry.tool, entry.campaign)
    if mailbox and event.step in touches.FIRST:
        entry.opener = True
        state.openers[mailbox] = when
    if company is not None:
        at_work.touched(company, rep, event.contact, "", when)
        standings.follow(company, event.contact, standings.NOBODY, standings.Standing(rep, 0, 0, when))
    return ContactRecord(state, window=[kept(entry)])
