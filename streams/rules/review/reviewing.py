"""What a review means for whoever wants to send or to claim meanwhile and afterwards (rules 15, 17, 18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streams.matching.domains import domain_of
from streams.rules.review.disputes import ACCOUNT, Subject, active_sender
from streams.rules.world import World
from streams.state import Company, ContactRecord, Dispute, Lock, Ruling

TAKEN = frozenset({"claim", "short_lock", "first_touch"})
"""Rules by which somebody takes a contact of their own accord."""


class InTheWay(NamedTuple):
    """The open review that lets another one alone send. `due`: when its present level's time is over, `opened`: since when it is,
    microseconds."""

    sender: str
    is_team: bool
    due: int
    opened: int


def in_the_way(
    world: World, record: ContactRecord, company: Company, cover: Company, address: str, rep: str, holds: bool
) -> InTheWay | None:
    """The review that stops `rep` at a contact. Of several the narrowest says who sends, the contact's own before the domain's before the
    account's, so that there always is one who may. An account's or a domain's leaves a holder his contacts. `cover`: the company whose lock
    covers this one, itself or a parent."""
    own = Subject("", record)
    if is_open(own):
        return stops(world, own, rep)
    if holds or not (company.disputes or cover.disputes):
        return None
    narrowest = next(
        (one for one in (Subject("", whole, scope) for whole, scope in _scopes(company, cover, address)) if is_open(one)), None
    )
    return stops(world, narrowest, rep) if narrowest is not None else None


def is_open(subject: Subject) -> bool:
    """Whether the target is under review."""
    return subject.dispute is not None and subject.dispute.review is not None


def stops(world: World, subject: Subject, rep: str) -> InTheWay | None:
    """The target's own review, where somebody else alone may send."""
    dispute, lock = subject.dispute, subject.lock
    if dispute is None or dispute.review is None:
        return None
    sender, is_team = active_sender(subject), lock is not None and lock.is_team
    if sender == (world.directory.team(rep) if is_team else rep):
        return None
    return InTheWay(sender, is_team, dispute.review.due, dispute.review.opened)


def stops_whole(world: World, company: Company, cover: Company, scope: str, rep: str) -> InTheWay | None:
    """The review that stops `rep` at an account or a domain as such: its own, else that of the account it is of. `scope`: as a `Subject`
    has it."""
    if not (company.disputes or cover.disputes):
        return None
    scopes = (company, scope), (company, ACCOUNT), (cover, ACCOUNT)
    found = next((one for one in (Subject("", whole, part) for whole, part in scopes) if is_open(one)), None)
    return stops(world, found, rep) if found is not None else None


def shuts_out(world: World, record: ContactRecord, company: Company, cover: Company, address: str, rep: str) -> str:
    """Who alone may send where `rep`, who holds nothing here, has written since the review opened: nobody starts anything new meanwhile
    (rule 17). Empty for nobody."""
    if record.dispute is None and not company.disputes and not cover.disputes:
        return ""
    found = in_the_way(world, record, company, cover, address, rep, False)
    return found.sender if found is not None and found.opened <= world.when else ""


def deny(world: World, target: str, found: InTheWay, rep: str) -> None:
    """Answer a claim that a review stops: until it is decided nobody but the active sender starts anything new."""
    fields = {"held_by": found.sender, "held_by_is_team": found.is_team, "owner": found.sender, "owner_is_team": found.is_team}
    world.say("claim_denied", "under_review", target, until=found.due, rep=rep, notify=[(rep, "under_review")], **fields)


def pause(world: World, record: ContactRecord, company: Company, cover: Company, address: str, rep: str, holds: bool) -> Ruling | None:
    """The decision by which `rep` pauses at this contact now; of several the one that lasts longest. A collaborator is not held by it, nor
    does it hold anybody while a new review says who sends."""
    if record.dispute is None and not company.disputes and not cover.disputes:
        return None
    lock = record.state.lock if holds else None
    wide = _rulings(whole.disputes.get(scope) for whole, scope in _scopes(company, cover, address))
    found = [*_rulings([record.dispute]), *(one for one in wide if lock is None or _reaches(one, lock, rep))]
    holding = [one for one in found if one.until > world.at and rep in one.paused and rep not in one.collaborators]
    return max(holding, key=lambda one: one.until, default=None)


def _reaches(ruling: Ruling, lock: Lock, rep: str) -> bool:
    """Whether a pause at an account or a domain is one at a contact there that `rep` holds. It is where somebody has said who pauses, and
    for those who quarrelled; others whom the default keeps still go on with whom they had, but one taken since is no way around it."""
    if ruling.by or rep in (ruling.requester, ruling.owner):
        return True
    return lock.claimed_at > ruling.at and lock.rule in TAKEN


def let_in(company: Company, domain: str, at: int) -> Iterator[str]:
    """Whom the last review of the account or the domain let work there: its sender while the decision's pause lasts, and a domain's
    collaborators (an account's are on the account)."""
    for scope in (ACCOUNT, domain):
        dispute = company.disputes.get(scope)
        if dispute is None or dispute.ruling is None:
            continue
        if dispute.ruling.until > at:
            yield dispute.ruling.sender
        if scope != ACCOUNT:
            yield from dispute.ruling.collaborators


def _rulings(disputes: Iterable[Dispute | None]) -> Iterator[Ruling]:
    for dispute in disputes:
        if dispute is not None and dispute.ruling is not None and dispute.review is None:
            yield dispute.ruling


def _scopes(company: Company, cover: Company, address: str) -> list[tuple[Company, str]]:
    own = [(company, domain_of(address)), (company, ACCOUNT)]
    return own if cover is company else [*own, (cover, ACCOUNT)]
