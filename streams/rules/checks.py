"""What may stand in the way of a send, one question each, in the order of rule 15."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from schemas.events import SendRequested
from streams.directory.directory import Account
from streams.matching.domains import domain_of
from streams.rules import suppression
from streams.rules.company import accounts, at_work, levels
from streams.rules.contact import locks
from streams.rules.review import reviewing
from streams.rules.world import World
from streams.state import Company, Contact, ContactRecord


class Finding(NamedTuple):
    """Why a send is not simply allowed. `holder`: the rep (or team) in the way; `until` in microseconds, 0 when no time ends it."""

    rule: str
    holder: str = ""
    because: str = ""
    until: int = 0
    similar: tuple[Account, ...] = ()
    is_team: bool = False


class Case(NamedTuple):
    """One question: who wants to write to whom, and what is known of both at one company."""

    world: World
    ask: SendRequested
    state: Contact
    company: Company
    account: Account | None
    team: frozenset[str]
    holds: bool
    record: ContactRecord
    cover: Company


def suppressed(case: Case) -> Finding | None:
    """The address, its domain or its account must not be written to."""
    for flags in (case.state.flags, case.company.flags.get(domain_of(case.ask.contact), {}), case.company.flags.get("account", {})):
        named = suppression.strongest(flags)
        if named is not None:
            return Finding("suppressed", because=named[0], until=named[1].until)
    return None


def existing_customer(case: Case) -> Finding | None:
    """Customers hear from the account's team."""
    account = case.account
    if account is None or account.status != "customer" or _belongs(case):
        return None
    return Finding("existing_customer", account.owner or account.account_manager, "existing_customer")


def open_deal(case: Case) -> Finding | None:
    """An open deal is its owner's and the team's."""
    if case.account is None or not case.account.open_opportunities or _belongs(case):
        return None
    return Finding("open_deal", next(iter(case.account.dealing()), ""), "open_opportunity")


def under_review(case: Case) -> Finding | None:
    """Only the active sender sends while a review is open; of an account's or domain's a holder keeps his own contacts (rule 17)."""
    found = reviewing.in_the_way(case.world, case.record, case.company, case.cover, case.ask.contact, case.ask.rep, case.holds)
    return Finding("under_review", found.sender, "under_review", found.due, (), found.is_team) if found is not None else None


def contact_locked(case: Case) -> Finding | None:
    """Another rep holds this very contact."""
    lock = case.state.lock
    if lock is None or case.holds:
        return None
    return Finding("contact_locked", lock.owner, lock.reason, locks.expiry(lock, case.world.policy.windows)[0], (), lock.is_team)


def domain_locked(case: Case) -> Finding | None:
    """Another rep holds the whole domain (rule 5). Like an account's lock it leaves the account's team be, and whoever had this very
    contact before or has the live thread with them (rule 6); one claimed after it is no way around it."""
    lock = case.company.domains.get(domain_of(case.ask.contact))
    if lock is None or lock.owner == case.ask.rep or case.ask.rep in case.team:
        return None
    held = case.state.lock
    if case.holds and held is not None and (held.claimed_at < lock.claimed_at or case.state.talker == held.owner):
        return None
    return Finding("domain_locked", lock.owner, lock.reason, accounts.until(case.company, lock, case.world.policy.windows))


def active_sequence(case: Case) -> Finding | None:
    """A contact is in one sequence at a time, the same rep's too (rule 5)."""
    running, idle = case.state.sequence, case.world.policy.windows.sequence_idle
    if running is None or not case.ask.sequence_id or running.id == case.ask.sequence_id or case.world.at >= running.stepped + idle:
        return None
    return Finding("active_sequence", running.rep, "active_sequence", running.stepped + idle)


def replied_recently(case: Case) -> Finding | None:
    """A sequence would talk over a live conversation."""
    until = case.state.positive + case.world.policy.windows.replied_recently
    if not case.ask.sequence_id or not case.state.positive or case.world.at >= until:
        return None
    return Finding("replied_recently", case.state.talker, "live_conversation", until)


def other_mailbox(case: Case) -> Finding | None:
    """A contact hears from one mailbox (rule 5)."""
    if not case.ask.mailbox or not case.state.mailbox or case.ask.mailbox == case.state.mailbox:
        return None
    lock = case.state.lock
    if lock is None:
        return Finding("other_mailbox", because="other_mailbox")
    until = locks.expiry(lock, case.world.policy.windows)[0]  # the mailbox goes with whoever has the contact
    return Finding("other_mailbox", lock.owner, "other_mailbox", until, (), lock.is_team)


def account_owned(case: Case) -> Finding | None:
    """The account is another's as a whole (rule 7); who holds this very contact goes on."""
    company = levels.owned(case.world)
    lock = company.lock
    if lock is None or _belongs(case) or not levels.is_whole(case.world.policy, case.account):
        return None
    return Finding("account_owned", lock.owner, lock.reason, accounts.until(company, lock, case.world.policy.windows))


def paused(case: Case) -> Finding | None:
    """Outreach waits, as for somebody out of office; or the rep pauses by a review's decision (rule 18)."""
    ruling = reviewing.pause(case.world, case.record, case.company, case.cover, case.ask.contact, case.ask.rep, case.holds)
    if ruling is not None and ruling.until > case.state.paused_until:
        return Finding("paused", ruling.sender, "review", ruling.until)
    lock = case.state.lock
    if case.state.paused_until <= case.world.at:
        return None
    return Finding("paused", lock.owner if lock else "", "out_of_office", case.state.paused_until, (), lock is not None and lock.is_team)


def no_owner(case: Case) -> Finding | None:
    """A launch that claims nothing on a contact that nobody owns."""
    return Finding("no_owner") if case.ask.stage == "launch" and case.ask.claim is False and case.state.lock is None else None


def account_overlap(case: Case) -> Finding | None:
    """Another rep holds the account, or touched another contact there in 30 days."""
    rep, company = case.ask.rep, case.company
    if rep in case.team or rep in company.holders:
        return None
    windows = case.world.policy.windows
    for whole in (company, case.cover):
        lock = whole.lock
        if lock is not None and lock.owner != rep:
            return Finding("account_overlap", lock.owner, lock.reason, accounts.until(whole, lock, windows))
    busy = at_work.another(company, rep, case.world.at, case.ask.contact)
    return Finding("account_overlap", busy[1], "recent_touch", busy[0] + at_work.LATELY) if busy else None


def near_duplicate(case: Case) -> Finding | None:
    """Another rep is active at an account of the same parent, or of a similar name."""
    if case.account is None:
        return None
    similar: list[Account] = []
    holder = ""
    directory = case.world.directory
    cleared = levels.top(directory, case.account) if case.world.policy.ownership.family == "parent" and _belongs(case) else None
    for other in directory.alike(case.account):
        if cleared is not None and levels.top(directory, other) is cleared:
            continue  # what clears the family's lock clears the family (rule 7)
        company = case.world.company(f"account:{other.account_id}")
        lock = company.lock
        busy = lock.owner if lock is not None and lock.owner != case.ask.rep else ""
        if not busy:
            newest = at_work.another(company, case.ask.rep, case.world.at, "")
            busy = newest[1] if newest else ""
        if busy:
            holder = holder or busy
            similar.append(other)
    return Finding("near_duplicate", holder, "near_duplicate", 0, tuple(similar)) if similar else None


def _always(severity: str) -> Callable[[Case], str]:
    return lambda case: severity


Check = Callable[[Case], Finding | None]
CHECKS: tuple[tuple[Check, Callable[[Case], str]], ...] = (
    (suppressed, _always("block")),
    (existing_customer, _always("block")),
    (open_deal, _always("block")),
    (under_review, _always("block")),
    (contact_locked, _always("block")),
    (domain_locked, _always("block")),
    (active_sequence, _always("block")),
    (replied_recently, _always("block")),
    (other_mailbox, lambda case: case.world.policy.sends.other_mailbox),
    (account_owned, _always("block")),
    (paused, _always("block")),
    (no_owner, lambda case: case.world.policy.sends.missing_owner),
    (account_overlap, lambda case: case.world.policy.sends.account_overlap),
    (near_duplicate, _always("warn")),
)
"""The checks in the order of rule 15, each with what it does to the send."""


def _belongs(case: Case) -> bool:
    """On the account's team, or the holder of this very contact, who counts for it."""
    return case.ask.rep in case.team or case.holds
