"""The target of an ownership review, a contact, an account or a domain: where its lock and its review lie, who alone may send (rule 17)."""

from __future__ import annotations

from typing import NamedTuple

from streams.business_time import NEVER
from streams.matching.domains import domain_of
from streams.rules.world import World
from streams.state import Company, ContactRecord, Dispute, Lock, Record

ACCOUNT = "account"


class Subject(NamedTuple):
    """`key`: of the target, as decisions name it. `scope`: in a company's record `account` or a domain, empty for a contact."""

    key: str
    record: ContactRecord | Company
    scope: str = ""

    @property
    def lock(self) -> Lock | None:
        """The target's own lock."""
        if isinstance(self.record, ContactRecord):
            return self.record.state.lock
        return self.record.lock if self.scope == ACCOUNT else self.record.domains.get(self.scope)

    @property
    def dispute(self) -> Dispute | None:
        """What there is or was a dispute about."""
        return self.record.dispute if isinstance(self.record, ContactRecord) else self.record.disputes.get(self.scope)

    def keep(self, dispute: Dispute) -> None:
        """Put it on record."""
        if isinstance(self.record, ContactRecord):
            self.record.dispute = dispute
        else:
            self.record.disputes[self.scope] = dispute


def subjects(key: str, record: Record) -> list[Subject]:
    """Every target in a record that there is or was a review of."""
    if isinstance(record, ContactRecord):
        return [Subject(key, record)] if record.dispute is not None else []
    if isinstance(record, Company) and record.disputes:
        return [Subject(key if scope == ACCOUNT else f"domain:{scope}", record, scope) for scope in sorted(record.disputes)]
    return []


NOBODY: dict[str, str] = {}


def senders(key: str, record: Record) -> dict[str, str]:
    """Of each target in a record that is under review, who alone may send."""
    if isinstance(record, ContactRecord):
        if record.dispute is None:
            return NOBODY
    elif not isinstance(record, Company) or not record.disputes:
        return NOBODY
    reviewed = (one for one in subjects(key, record) if one.dispute is not None and one.dispute.review is not None)
    return {one.key: active_sender(one) for one in reviewed}


def active_sender(subject: Subject) -> str:
    """Who alone may send while the review is open, a rep or a team: the holder as it is, else the last one (rule 17)."""
    dispute, lock = subject.dispute, subject.lock
    assert dispute is not None and dispute.review is not None, "only a review has an active sender"
    if lock is not None:
        return lock.owner
    if isinstance(subject.record, ContactRecord):
        released = subject.record.state.released
        if released is not None and released.at >= dispute.review.opened:
            return released.owner
    return dispute.review.sender


def holder(world: World, subject: Subject, cover: Company) -> str:
    """The target's owner: of a contact or a lock its holder, of an account without one the holder of the contact there with the newest
    touch by its holder or reply, else the newest claim. Empty for nobody. `cover`: the company whose lock covers the target's. Raises
    Missing."""
    lock, record = subject.lock, subject.record
    if lock is not None:
        return lock.owner
    if isinstance(record, ContactRecord):
        return ""
    for whole in (record, cover):
        if whole.lock is not None:
            return whole.lock.owner
    newest = max((_work(world, address) for address in known(record, subject.scope)), default=(False, 0, "", ""))
    return newest[3]


def known(company: Company, scope: str) -> list[str]:
    """The contacts that may be held there: those that the company keeps, those in conversation, and those touched last."""
    found = {*company.held, *company.conversations}
    for one in company.touched.values():
        found |= {one.contact, one.other}
    return sorted(address for address in found if address and scope in (ACCOUNT, domain_of(address)))


def _work(world: World, address: str) -> tuple[bool, int, str, str]:
    """(whether there is a touch by its holder or a reply, when the newest or else the claim was, the address, its holder)."""
    state = world.contact(address).state
    lock = state.lock
    if lock is None or lock.is_team:
        return False, 0, "", ""
    sent = state.sent.get(lock.owner)
    active = max(sent.at if sent else 0, state.heard.replied if state.heard else 0)
    return bool(active), active or lock.claimed_at, address, lock.owner


def next_due(record: Record) -> int:
    """When time alone next moves a review on, or ends what one came to; 0 for never."""
    due = NEVER
    for subject in subjects("", record):
        dispute = subject.dispute
        if dispute is not None and dispute.review is not None:
            due = min(due, dispute.review.due)
        if dispute is not None and dispute.ruling is not None:
            for at in (dispute.ruling.alarm, dispute.ruling.hand_at):
                due = min(due, at or NEVER)
    return 0 if due == NEVER else due
