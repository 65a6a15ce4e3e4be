"""The owner's next e-mail in the sequence that runs: most of all events, of which nothing comes but that a few times move on.

A shorter way to what `contacts.email_sent` and the fold do with it (docs/performance.md says what it saves), for the case in which none
of their questions can have another answer. tests/bench/test_steady.py holds both ways against each other; whoever changes what a touch
does changes both.
"""

from __future__ import annotations

from schemas.events import EmailSent
from schemas.policy import Windows
from streams.matching.domains import domain_of
from streams.rules import accounts, fold, levels, locks, touches
from streams.rules.world import World
from streams.state import Company, Contact, ContactRecord, Entry, Outbound

TOLD_AGAIN = 3_600_000_000
"""A lock is published again when its end has moved by an hour: then the long way is taken, which does so. Microseconds."""


def email_sent(world: World, event: EmailSent) -> bool:
    """Take the e-mail in, if it is such a one. False: it is not, and nothing was changed. Raises Missing, before any change."""
    record = world.contact(event.contact)
    company = world.company() if world.company_key else None
    windows = world.policy.windows
    if levels.cover_key(world) != world.company_key:
        return False
    if not (_runs_on(record.state, event, world) and _is_young(record, world) and (company is None or _is_quiet(company))):
        return False
    if not _lives_on(record, world.when, windows):
        return False
    _move_on(record, event, world)
    if company is not None:
        accounts.touched(company, event.rep, event.contact, domain_of(event.contact), world.when, windows)
    return True


def _runs_on(state: Contact, event: EmailSent, world: World) -> bool:
    """Whether it is the holder's step of the running sequence from the known mailbox, and the newest that is known of the contact."""
    lock, running = state.lock, state.sequence
    return (
        lock is not None
        and running is not None
        and running.id == event.sequence_id
        and lock.owner == event.rep
        and not (lock.is_team or lock.phase or state.flags or event.final_step)
        and lock.reason != "prospecting"
        and event.fencing_token is None
        and (state.mailbox != "" or not event.mailbox)
        and state.stamp < world.when >= lock.first
        and world.at < state.due
    )


def _is_young(record: ContactRecord, world: World) -> bool:
    """Whether the window takes it as its next entry, with nothing to be pruned, no review that time could
    move on, and no lead that waits for a touch."""
    window, late = record.window, world.policy.windows.late_touch
    if record.dispute is not None or record.awaited or not 0 < len(window) < fold.LONGEST // 4:
        return False
    return world.at - world.when <= late and window[-1].when >= world.at - late - fold.SLACK


def _is_quiet(company: Company) -> bool:
    """Whether there is nothing at the company that a touch could change or run into."""
    return company.lock is None and not company.domains and not company.flags and not company.disputes


def _lives_on(record: ContactRecord, when: int, windows: Windows) -> bool:
    """Move the lock's end on, unless that is to be published or a deadline to be armed."""
    lock = record.state.lock
    if lock is None or not lock.token or not record.armed or record.armed > record.state.due:
        return False
    last, lock.last = lock.last, max(lock.last, when)
    if abs(locks.expiry(lock, windows)[0] - lock.told) < TOLD_AGAIN:
        return True
    lock.last = last
    return False


def _move_on(record: ContactRecord, event: EmailSent, world: World) -> None:
    state, when, rep = record.state, world.when, event.rep
    mailbox, thread, sequence = event.mailbox or "", event.thread_id or "", state.sequence
    sent = state.sent.get(rep)
    if sent is None or sent.at <= when:
        state.sent[rep] = Outbound(when, touches.MAIL, thread, mailbox)
    if sequence is not None and sequence.stepped < when:
        sequence.stepped = when
    state.stamp = when
    state.due = locks.next_due(state, world.policy.windows)
    team, tool, campaign = world.directory.team(rep), event.tool or "", event.campaign or ""
    step = Entry(when, world.cause, "touch", touches.MAIL, rep, when, False, team, event.sequence_id or "", tool, campaign, mailbox, thread)
    record.window.append(step)
