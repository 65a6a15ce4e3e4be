"""Which locks a hand-off is about, and moving one of them (rule 8)."""

from __future__ import annotations

from copy import copy

from streams.rules.command import contact_commands
from streams.rules.company import accounts, standings
from streams.rules.contact import fold, locks
from streams.rules.hand_off import handing
from streams.rules.said import LockView
from streams.rules.world import World
from streams.state import ORDINARY, Company, HandOff, Lead, Lock, Place


def records(world: World, key: str) -> list[str]:
    """The keys of the records that a lock's move changes, its own first."""
    kind, _, name = key.partition(":")
    if kind == "contact":
        company = world.directory.company(name)[0]
        return [key, company] if company else [key]
    if kind == "domain":
        return [world.directory.company_of_domain(name)[0] or key]
    return [key]


def may_concern(world: World, key: str, order: HandOff) -> bool:
    """Whether the lock may be in scope, by what the directory alone tells: so that little is loaded for one account of many."""
    return not order.account or key.startswith("lead:") or records(world, key)[-1] == f"account:{order.account}"


def has_territory(order: HandOff) -> bool:
    """Whether the hand-off is of a territory."""
    return bool(order.countries or order.regions or order.segments or order.named)


def move(world: World, key: str, rep: str, to: str, rule: str, note: str, order: HandOff) -> bool:
    """Move one lock from `rep` to `to` (empty: to nobody), in a world that is about it. False: it is not the rep's, or not in scope. What
    a rep who hands off took after saying so is not part of it."""
    kind, _, name = key.partition(":")
    company = world.company() if world.company_key else Company()
    if kind == "contact":
        return _contact(world, company, name, rep, to, rule, note, order)
    if kind == "lead":
        return _lead(world, world.lead(name), rep, to, rule, note, order)
    lock = company.lock if kind == "account" else company.domains.get(name)
    if not _theirs(lock, rep, order) or lock is None or not _in_scope(world, company.place, None, order):
        return False
    at, cause = order.at, order.event
    if to:
        handing.company(world, company, key, name if kind == "domain" else "account", to, rule, at, cause, note, order.by)
        return True
    accounts.end(company, world.company_key, kind, lock, "ownership_released", rule, at, cause, world.policy.windows, world.out)
    # Their conversations end with their locks, of which some are still to come.
    company.conversations = {contact: one for contact, one in company.conversations.items() if one.holder != rep}
    if world.account is not None and rep in world.account.dealing()[:1]:
        company.gone = rep
    accounts.settle(company, world.company_key, world.account, at, cause, world.policy, world.out)
    return True


def _contact(world: World, company: Company, address: str, rep: str, to: str, rule: str, note: str, order: HandOff) -> bool:
    record, target, windows = world.contact(address), f"contact:{address}", world.policy.windows
    if not _theirs(record.state.lock, rep, order) or not _in_scope(world, company.place, record.place, order):
        return False
    before = standings.standing(record.state, windows)
    if to:
        handing.contact(world, record, target, to, rule, order.at, order.event, note, order.by)
    else:
        locks.release(record.state, "ownership_released", rule, target, order.at, order.at, order.event, windows, world.out)
        fold.checkpoint(record)
    contact_commands.settled(world, address, before)
    return True


def _lead(world: World, lead: Lead, rep: str, to: str, rule: str, note: str, order: HandOff) -> bool:
    old = lead.lock
    if old is None or not _theirs(old, rep, order):
        return False
    world.account = world.directory.accounts.get(lead.account)
    if not _in_scope(world, None, Place(lead.enquiry.country, lead.enquiry.region, lead.enquiry.segment), order):
        return False
    target = f"lead:{lead.lead_id}"
    if not to:
        lead.lock, lead.owner = None, ""
        shown = LockView("lead", old, old.ends)
        fields = {"previous": rep, "lock": shown, "notify": [(rep, rule)]}
        world.say("ownership_released", rule, target, **fields)
        return True
    new: Lock = copy(old)
    new.owner, new.rule, new.note, new.token, new.former = to, "transfer", note, 0, [*old.former, rep]
    if old.phase != ORDINARY:
        new.ends = order.at + world.policy.windows.activation
    lead.lock, lead.owner = new, to
    world.out.append(locks.moved(old, LockView("lead", new, new.ends), rule, target, order.at, order.event, None, note, order.by))
    return True


def _theirs(lock: Lock | None, rep: str, order: HandOff) -> bool:
    """Whether the rep has the lock, and had it when the hand-off was said; whoever has left hands off all."""
    return lock is not None and lock.owner == rep and not lock.is_team and (not order.to or lock.claimed_at <= order.at)


def _in_scope(world: World, company: Place | None, own: Place | None, order: HandOff) -> bool:
    """By the account, else by what the company's leads say, else by the lead of this very contact: so that a company stays together."""
    account = world.account
    if order.account:
        return account is not None and account.account_id == order.account
    if not has_territory(order):
        return True
    place = company or own or Place()
    segment = (account.segment if account is not None else "") or place.segment
    if order.named:
        return order.named.casefold() in (place.country.casefold(), place.region.casefold(), segment.casefold())
    asked = ((order.countries, place.country), (order.regions, place.region), (order.segments, segment))
    return all(not wanted or value.casefold() in {one.casefold() for one in wanted} for wanted, value in asked)
