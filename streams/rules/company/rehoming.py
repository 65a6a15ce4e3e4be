"""What is recorded of a company goes where its domain, its account or a person goes (rule 19)."""

from __future__ import annotations

from streams.directory.directory import Account
from streams.matching.domains import domain_of
from streams.rules import remembered
from streams.rules.company import accounts, at_work, standings
from streams.rules.contact import locks
from streams.rules.said import About, Said
from streams.rules.world import World
from streams.state import Company, Contact, Touched


def move_domain(source: Company, target: Company | None, domain: str) -> None:
    """Take what an account's record has of one domain over to another record (None: it now tells of no company). How many contacts each rep
    holds is not kept by domain, so that those numbers stay behind."""
    for contact in [one for one in source.conversations if domain_of(one) == domain]:
        conversation = source.conversations.pop(contact)
        if target is not None:
            target.conversations[contact] = conversation
    for rep, one in list(source.touched.items()):
        acts = at_work.acts(one)
        moving = [act for act in acts if act[1] and domain_of(act[1]) == domain]
        if not moving:
            continue
        staying = [act for act in acts if act not in moving]
        if target is not None:
            for at, contact, kind in moving:
                at_work.touched(target, rep, contact, domain, at, kind)
        if staying:
            at, contact, kind = staying[-1]
            source.touched[rep] = Touched(at, contact, kind=kind)
        else:
            del source.touched[rep]
    for contact in [one for one in source.held if domain_of(one) == domain]:
        since = source.held.pop(contact)
        if target is not None:
            target.held[contact] = since
    lock, flags, dispute = source.domains.pop(domain, None), source.flags.pop(domain, None), source.disputes.pop(domain, None)
    permits = [one for one in source.permits if one.domain == domain]
    source.permits = [one for one in source.permits if one.domain != domain]
    if target is not None:
        if lock is not None:
            target.domains.setdefault(domain, lock)
        if flags is not None:
            target.flags.setdefault(domain, {}).update(flags)
        if dispute is not None:
            target.disputes.setdefault(domain, dispute)
        target.permits += permits
        target.tokens = max(target.tokens, source.tokens)
        target.seen = remembered.both(target.seen, source.seen)  # a command about the domain that comes again is known there too (rule 25)


def domains_in(source: Company) -> list[str]:
    """The domains of which something is kept in an account's record: its own, those that were linked to it, those of its contacts."""
    scopes = {*source.domains, *source.flags, *source.disputes, *(one.domain for one in source.permits)} - {"account", ""}
    contacts = {*source.conversations, *source.held, *(act[1] for one in source.touched.values() for act in at_work.acts(one))}
    return sorted(scopes | {domain_of(one) for one in contacts if one})


def merge(world: World, account: Account, source: Company, target: Company) -> None:
    """Everything of one account becomes another's, its lock too where the other has none. Whoever loses a lock by it is told."""
    lock, key = source.lock, f"account:{account.account_id}"
    if lock is not None and target.lock is None and lock.reason not in locks.DERIVED:
        lock.token = 0  # a lock of another target: its token counts there
        target.lock, target.via, source.lock = lock, source.via, None
    elif lock is not None:
        shown = accounts.view(source, "account", lock, world.policy.windows)
        fields = {
            "previous": lock.owner,
            "previous_is_team": lock.is_team,
            "lock": shown,
            "last_outbound": at_work.latest(source),
            "notify": [(lock.owner, "account_merged", lock.is_team)],
            "about": About(account, "", "", key),
        }
        world.out.append(Said("ownership_released", "account_merged", world.at, world.cause, key, fields))
    if "account" in source.disputes:
        world.closes.append(f"review:{key}")  # its next step opens it anew under the other's name
    accounts.absorb(target, source, "")
    world.clear(key)


def move_contact(source: Company | None, target: Company | None, address: str, state: Contact, world: World) -> None:
    """One person's company is another one now: the summaries of both follow."""
    windows = world.policy.windows
    now = standings.standing(state, windows)
    if source is not None:
        standings.follow(source, address, now, standings.NOBODY)
    if target is not None:
        standings.follow(target, address, standings.NOBODY, now)
        for rep, sent in state.sent.items():
            at_work.touched(target, rep, address, domain_of(address), sent.at, at_work.kind_of(sent.kind))
